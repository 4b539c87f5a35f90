import { LANGUAGE_NAMES } from "../../src/i18n/index.ts";
import type { RouteResponse } from "../../src/kernel/route.ts";
import type { EnrolmentForm } from "../enrolment.ts";
import { offeredConsents } from "../enrolment.ts";
import type { RegistrySnapshot } from "../registry.ts";
import { LOCALES, type Locale } from "../vocabulary.ts";
import { html, type Markup, PAGE_WORDS, pageResponse, say } from "./html.ts";
import { channelName, noticeWords, pageFooter, smallPage } from "./preference-page.ts";
import { ENROLMENT_WORDS, type EnrolmentWords } from "./words-enrolment.ts";

export type EnrolmentError = "needContact" | "badContact" | "needCountry" | "needChannel";

export interface EnrolmentView {
  readonly locale: Locale;
  readonly registry: RegistrySnapshot;
  /** The purposes whose consents are asked for. */
  readonly purposes: readonly string[];
  /** Where the form goes: a path on our own page, a whole address on the shop's. */
  readonly action: string;
  readonly errors?: readonly EnrolmentError[];
  /** What was typed, shown to its own sender again when something was wrong. */
  readonly typed?: EnrolmentForm;
}

/** The enrolment form as a page of its own: plain fields and boxes that nobody has ticked, without any script. */
export function enrolmentPage(view: EnrolmentView): RouteResponse {
  const { locale, registry } = view;
  const words = ENROLMENT_WORDS[locale];
  const company = registry.controller.name[locale];
  const path = view.action;
  return pageResponse(view.errors === undefined ? 200 : 400, {
    locale,
    title: words.title,
    company,
    body: html`<header><p class="company">${company}</p>
<nav aria-label="${PAGE_WORDS[locale].language}"><ul>${LOCALES.map(
      (l) =>
        html`<li><a href="${path}?lang=${l}" lang="${l}" hreflang="${l}"${l === locale ? html` aria-current="true"` : null}>${LANGUAGE_NAMES[l]}</a></li>`,
    )}</ul></nav></header>
<main><h1>${words.title}</h1>
<p class="lead">${say(words.lead, { company })}</p>
${errorLines(view, words)}
${enrolmentForm(view)}</main>
${pageFooter(registry.controller, PAGE_WORDS[locale])}`,
  });
}

/** The bare form, for a shop to put into its own page with its own style. */
export function enrolmentSnippet(view: EnrolmentView): RouteResponse {
  return {
    status: 200,
    headers: { "content-type": "text/html; charset=utf-8", "content-language": view.locale },
    body: enrolmentForm(view).markup,
  };
}

export function enrolmentDone(registry: RegistrySnapshot, locale: Locale, waiting: boolean): RouteResponse {
  const words = ENROLMENT_WORDS[locale];
  const text = waiting ? `${words.doneText} ${words.doneWaiting}` : words.doneText;
  return smallPage(200, { locale, controller: registry.controller, title: words.doneTitle, text });
}

export function enrolmentEnded(registry: RegistrySnapshot, locale: Locale): RouteResponse {
  const words = ENROLMENT_WORDS[locale];
  return smallPage(410, {
    locale,
    controller: registry.controller,
    title: words.endedTitle,
    text: words.endedText,
  });
}

function errorLines({ errors = [] }: EnrolmentView, words: EnrolmentWords): Markup | null {
  if (errors.length === 0) return null;
  return html`<div class="warn" role="alert"><p>${words.errorHeading}</p><ul>${errors.map((e) => html`<li>${words[e]}</li>`)}</ul></div>`;
}

function enrolmentForm({ locale, registry, purposes, action, typed }: EnrolmentView): Markup {
  const words = ENROLMENT_WORDS[locale];
  const page = PAGE_WORDS[locale];
  const service = registry.noticeFor("service");
  const ticked = new Set(typed?.yes ?? []);
  const field = (
    name: "firstName" | "lastName" | "email" | "phone" | "birthYear",
    type: string,
    complete: string,
  ) =>
    html`<p class="place"><label>${words[name]}
<input type="${type}" name="${name}" autocomplete="${complete}" value="${typed?.[name] ?? ""}"${name === "birthYear" ? html` inputmode="numeric" pattern="[0-9]{4}"` : null}></label></p>`;
  return html`<form method="post" action="${action}" class="enrolment" accept-charset="utf-8">
<input type="hidden" name="lang" value="${locale}">
<fieldset class="card plain"><legend>${words.you}</legend>
${field("firstName", "text", "given-name")}
${field("lastName", "text", "family-name")}
<p>${words.contactHint}</p>
${field("email", "email", "email")}
${field("phone", "tel", "tel")}
<p class="place"><label>${words.country}
<select name="country" required><option value=""></option>${Object.entries(page.countries).map(
    ([code, name]) =>
      html`<option value="${code}"${typed?.country === code ? html` selected` : null}>${name}</option>`,
  )}</select></label></p>
${field("birthYear", "text", "bday-year")}
</fieldset>
<fieldset class="card plain"><legend>${words.choices}</legend>
<p>${words.choicesHint}</p>
${offeredConsents(registry, purposes).map(({ purpose, notice, channels }) => {
  const text = notice.texts[locale];
  const box = (channel: string | null, label: string) => {
    const value = `${purpose.id}|${channel ?? ""}|${notice.version}`;
    return html`<p><label><input type="checkbox" name="yes" value="${value}"${ticked.has(value) ? html` checked` : null}> ${label}</label></p>`;
  };
  return html`<div class="offer"><h3>${purpose.name[locale]}</h3>
<p>${text?.ask ?? purpose.description[locale]}</p>
${channels.map((c) => box(c, c === null ? purpose.name[locale] : channelName(c, locale)))}
${text === undefined ? null : noticeWords(text, page, locale)}</div>`;
})}
</fieldset>
${
  service?.texts[locale] === undefined
    ? null
    : html`<div class="card plain"><p>${words.membershipWords}</p>${noticeWords(service.texts[locale], page, locale)}</div>`
}
<p><button class="action" type="submit">${words.submit}</button></p>
</form>`;
}
