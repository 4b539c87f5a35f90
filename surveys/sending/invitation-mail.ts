import { html, type Locale, type Spoken, say } from "../../src/i18n/index.ts";
import type { PublishedSurvey } from "../port.ts";
import { MAIL_WORDS } from "./words.ts";

/** The links of one invitation; all lead to this installation. */
export interface InvitationLinks {
  readonly survey: string;
  readonly preferences: string | null;
  readonly unsubscribe: string | null;
}

export interface InvitationMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface InvitationMailInput {
  readonly survey: Pick<PublishedSurvey, "name" | "anonymous" | "firstQuestion">;
  readonly locale: Locale;
  readonly company: string;
  readonly links: InvitationLinks;
  readonly kind: "invitation" | "reminder";
  readonly expiresAt: Date;
  /** Own words of the campaign. */
  readonly subject?: Spoken | undefined;
  readonly intro?: Spoken | undefined;
}

const FONT =
  "font-family:system-ui,-apple-system,'Segoe UI','Noto Sans CJK SC','PingFang SC','Microsoft JhengHei',sans-serif";

/** The link of one answer: it opens the page with that answer chosen, and records nothing until the page is sent. */
export function answerLink(surveyLink: string, value: string | number): string {
  return `${surveyLink}${surveyLink.includes("?") ? "&" : "?"}a=${encodeURIComponent(String(value))}`;
}

/**
 * An invitation in the member's language, as text and as HTML: the first question with a link for each answer where it
 * has few, a button otherwise; no picture, no script, nothing from elsewhere that would tell that it was opened.
 */
export function renderInvitation(input: InvitationMailInput): InvitationMail {
  const { survey, locale, company, links } = input;
  const words = MAIL_WORDS[locale];
  const reminder = input.kind === "reminder";
  const params = { company, survey: survey.name[locale] };
  const own = input.subject?.[locale];
  const subject = say(
    own !== undefined && !reminder ? own : reminder ? words.reminderSubject : words.subject,
    params,
  )
    // A header is one line.
    .replace(/[\r\n]+/g, " ");
  const intro = say(input.intro?.[locale] ?? words.intro, params);
  const day = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }).format(input.expiresAt);
  const until = say(words.until, { day });
  const why = say(words.why, params);
  const first = survey.firstQuestion;
  const title = first?.title[locale] ?? "";
  const greeting = reminder ? words.reminderGreeting : words.greeting;

  const text = [
    greeting,
    intro,
    ...(first === null ? [] : [title]),
    links.survey,
    until,
    ...(survey.anonymous ? [words.anonymous] : []),
    company,
    "--",
    why,
    ...(links.preferences === null ? [] : [`${words.preferences}: ${links.preferences}`]),
    ...(links.unsubscribe === null ? [] : [`${words.stop}: ${links.unsubscribe}`]),
  ].join("\n\n");

  const button =
    "display:inline-block;padding:12px 20px;background:#1d4ed8;color:#ffffff;border-radius:6px;text-decoration:none;font-weight:600";
  const choice =
    "display:inline-block;min-width:24px;padding:10px 9px;margin:3px;border:1px solid #1d4ed8;border-radius:6px;color:#1d4ed8;text-decoration:none;font-weight:600;text-align:center";
  const ends =
    first !== null && (first.minText[locale] ?? "") !== ""
      ? html`<p style="margin:4px 0 0;color:#475569;font-size:14px">${first.minText[locale] ?? ""} → ${first.maxText[locale] ?? ""}</p>`
      : null;
  const { markup } = html`<!doctype html>
<html lang="${locale}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${subject}</title></head>
<body style="margin:0;background:#f1f5f9;${FONT};color:#0f172a;font-size:16px;line-height:1.5">
<div role="article" style="max-width:560px;margin:0 auto;padding:24px 16px">
<div style="background:#ffffff;border-radius:10px;padding:24px">
<p style="margin:0 0 16px;font-weight:700">${company}</p>
<p>${greeting}</p>
<p>${intro}</p>
${
  first === null
    ? html`<p style="margin:24px 0"><a href="${links.survey}" style="${button}">${words.button}</a></p>`
    : html`<h1 style="font-size:19px;margin:20px 0 8px">${title}</h1>
<p style="margin:0 0 4px;color:#475569;font-size:14px">${words.tapAnswer}</p>
<p style="margin:8px 0">${first.choices.map(
        (c) =>
          html`<a href="${answerLink(links.survey, c.value)}" style="${choice}">${c.text[locale] ?? String(c.value)}</a> `,
      )}</p>${ends}`
}
<p style="color:#475569;font-size:14px">${until}</p>
${survey.anonymous ? html`<p style="color:#475569;font-size:14px">${words.anonymous}</p>` : null}
</div>
<p style="color:#475569;font-size:13px;padding:0 8px">${why}<br>
${links.preferences === null ? null : html`<a href="${links.preferences}" style="color:#334155">${words.preferences}</a>`}
${links.unsubscribe === null ? null : html` · <a href="${links.unsubscribe}" style="color:#334155">${words.stop}</a>`}</p>
</div>
</body>
</html>
`;
  return { subject, text, html: markup };
}

/** The line that a gateway sends with the link. */
export function renderShort(locale: Locale, company: string, link: string): string {
  return say(MAIL_WORDS[locale].short, { company, link });
}

/** The language of a message: the member's own where the survey has it, the country's, the survey's first. */
export function localeFor(
  wanted: Locale | null,
  country: string | null,
  available: readonly string[],
): Locale {
  const byCountry: Readonly<Record<string, Locale>> = { CN: "zh-CN", TW: "zh-TW", HK: "zh-TW", MO: "zh-TW" };
  const usual = (available[0] ?? "en") as Locale;
  for (const locale of [wanted, country === null ? null : (byCountry[country] ?? null)])
    if (locale !== null && available.includes(locale)) return locale;
  return country !== null && byCountry[country] === undefined && available.includes("en") ? "en" : usual;
}
