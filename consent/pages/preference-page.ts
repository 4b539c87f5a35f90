import { LANGUAGE_NAMES } from "../../src/i18n/index.ts";
import type { RouteResponse } from "../../src/kernel/route.ts";
import type { Controller } from "../controller.ts";
import type { ConsentRecord } from "../ledger.ts";
import { NOTICE_SECTIONS, type NoticeText } from "../notices.ts";
import type { RegistrySnapshot } from "../registry-snapshot.ts";
import type { Standing } from "../standing.ts";
import { CHANNEL_NAMES, SECTION_NAMES, SEPARATE_CONSENT_NAMES } from "../texts.ts";
import { ALL_MARKETING, ALL_PURPOSES, type ContactChannel, LOCALES, type Locale } from "../vocabulary.ts";
import type { Choice, PurposeChoices } from "./choices.ts";
import { dayIn, html, type Markup, PAGE_WORDS, pageResponse, say, timeIn } from "./html.ts";
import { loyaltyQuestion } from "./loyalty-question.ts";
import { placeChoices } from "./places.ts";
import type { PageWords } from "./words.ts";

/** A capital at the head of a line where the language has capitals. */
function headed(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function channelName(channel: ContactChannel, locale: Locale): string {
  return headed(CHANNEL_NAMES[channel][locale]);
}

/** What the address bar may say about what was just done; anything else in it is ignored. */
export interface JustSaid {
  readonly said: "on" | "off" | "waiting" | "all" | "country";
  readonly what: string;
}

export interface PreferencePage {
  readonly locale: Locale;
  readonly registry: RegistrySnapshot;
  readonly standing: Standing;
  readonly choices: readonly PurposeChoices[];
  readonly history: readonly ConsentRecord[];
  readonly justSaid: JustSaid | null;
  /** Whether a parent or guardian holds the link and decides for the person. */
  readonly byGuardian?: boolean;
  /** Purposes about which the person is asked whether a signal or a loyalty programme shall count. */
  readonly questions?: readonly string[];
  /** The page's own path, to which its forms go back. */
  readonly path: string;
}

/** The preference centre as a page: every switch is a form of one button, so that it works without any script. */
export function preferencePage(view: PreferencePage): RouteResponse {
  const { locale, registry, path } = view;
  const words = PAGE_WORDS[locale];
  const company = registry.controller.name[locale];
  const of = (kind: PurposeChoices["kind"]) => view.choices.filter((c) => c.kind === kind);
  const anyLaw = view.standing.regime !== null;
  const noteForAll = sharedNote(view.choices);
  return pageResponse(200, {
    locale,
    title: words.title,
    company,
    body: html`${pageHeader(view, company)}
<main>
<h1>${words.title}</h1>
<p class="lead">${say(words.lead, { company })}</p>
${saidLine(view.justSaid, words)}
${view.byGuardian === true ? html`<p class="line" id="by-guardian">${words.byGuardian}</p>` : null}
${gpcLine(view, words)}
${(view.questions ?? []).map((purposeId) => loyaltyQuestion(registry, purposeId, view))}
${noteForAll === null ? null : html`<p class="warn" id="for-all">${noteText(noteForAll, words)}</p>`}
${anyLaw ? null : placeForm(view, words)}
${section(words.contactHeading, of("contact"), view)}
${section(words.useHeading, of("use"), view)}
<section aria-labelledby="all"><h2 id="all">${words.withdrawAllHeading}</h2>
<form method="post" action="${path}" class="card plain all-off">
<p>${words.withdrawAllText}</p>
<input type="hidden" name="lang" value="${locale}">
<button class="action" name="all" value="off">${words.withdrawAll}</button>
</form></section>
${neededSection(of("needed"), view, words)}
${historySection(view, words)}
</main>
${pageFooter(registry.controller, words)}`,
  });
}

/** The company's name and the page in its other languages. */
export function pageHeader(
  { locale, path }: Pick<PreferencePage, "locale" | "path">,
  company: string,
): Markup {
  const words = PAGE_WORDS[locale];
  return html`<header>
<p class="company">${company}</p>
<nav aria-label="${words.language}"><ul>${LOCALES.map(
    (l) =>
      html`<li><a href="${path}?lang=${l}" lang="${l}" hreflang="${l}"${
        l === locale ? html` aria-current="true"` : null
      }>${LANGUAGE_NAMES[l]}</a></li>`,
  )}</ul></nav>
</header>`;
}

export function pageFooter(controller: Controller, words: PageWords): Markup {
  const known = !controller.rightsUrl.includes("[");
  return html`<footer>${known ? html`<a href="${controller.rightsUrl}">${words.rights}</a>` : null}
${known ? html`<span>${say(words.contactUs, { email: controller.email })}</span>` : null}</footer>`;
}

function saidLine(said: JustSaid | null, words: PageWords): Markup | null {
  if (said === null) return null;
  const sentence = {
    on: words.saidOn,
    off: words.saidOff,
    waiting: words.saidWaiting,
    all: words.saidAll,
    country: words.saidCountry,
  }[said.said];
  return html`<p class="said" role="status">${say(sentence, { what: said.what })}</p>`;
}

/** 11 CCR §7025(c)(6): since 2026 it must be shown that the signal was processed. */
function gpcLine({ standing, registry, locale, choices }: PreferencePage, words: PageWords): Markup | null {
  const signal = standing.ledger.newestGpc;
  if (signal === null) return null;
  const pack = standing.regime === null ? undefined : registry.rules.regimes.get(standing.regime);
  const binds = pack?.signals.gpc.value === "sale-or-share";
  const allowed = choices.filter((p) => p.purpose.saleOrShare && p.choices.some((c) => c.state === "on"));
  const effect = !binds
    ? words.gpcNoEffect
    : allowed.length === 0
      ? words.gpcEffect
      : say(words.gpcExcept, { what: allowed.map((p) => p.purpose.name[locale]).join(", ") });
  return html`<p class="line" id="gpc">${say(words.gpc, { date: dayIn(locale, new Date(signal.at)) })} ${effect}</p>`;
}

function placeForm({ path, locale, registry }: PreferencePage, words: PageWords): Markup {
  return html`<form method="post" action="${path}" class="warn">
<p>${words.unknownLaw}</p>
<input type="hidden" name="lang" value="${locale}">
<div class="place"><label>${words.chooseCountry}
<select name="country">${placeChoices(registry.rules.regimes, locale).map(
    ([code, name]) => html`<option value="${code}">${name}</option>`,
  )}</select></label>
<button class="action">${words.saveCountry}</button></div>
</form>`;
}

function section(heading: string, purposes: readonly PurposeChoices[], view: PreferencePage): Markup | null {
  if (purposes.length === 0) return null;
  const id = `s-${purposes[0]?.kind}`;
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${heading}</h2>
${purposes.map((p) => purposeCard(p, view))}</section>`;
}

/** The note that stands at every switch: it is said once, above them all. */
function sharedNote(purposes: readonly PurposeChoices[]): Choice["note"] {
  const notes = new Set(
    purposes.flatMap((p) => p.choices.filter((c) => c.separate === null).map((c) => c.note)),
  );
  const [note = null] = notes;
  return notes.size === 1 && note !== "unknown-law" ? note : null;
}

function purposeCard({ purpose, notice, choices }: PurposeChoices, view: PreferencePage): Markup {
  const { locale } = view;
  const said = sharedNote(view.choices);
  const words = PAGE_WORDS[locale];
  const text = notice?.texts[locale];
  const ref = notice === null ? null : `${notice.id}/${notice.version}`;
  const notes = [...new Set(choices.map((c) => c.note))].filter(
    (n) => n !== null && n !== "unknown-law" && n !== said,
  );
  const shared = notes.filter((n) => choices.filter((c) => c.separate === null).every((c) => c.note === n));
  const [first, ...rest] = choices;
  // A purpose with a single switch is that switch: its name and its state stand on one line.
  const alone = first !== undefined && first.channel === null ? first : null;
  const rows = alone === null ? choices : rest;
  return html`<article class="card" id="p-${purpose.id}">
${
  alone === null
    ? html`<h3>${purpose.name[locale]}</h3>`
    : html`<h3 class="alone">${switchForm(alone, purpose.id, ref, view)}</h3>${switchHint(alone, shared.length > 0 || said !== null, words, locale)}`
}
<p id="d-${purpose.id}">${purpose.description[locale]}</p>
${shared.map((n) => html`<p class="warn">${noteText(n, words)}</p>`)}
${
  rows.length === 0
    ? null
    : html`<ul class="switches${rows.length > 3 ? " many" : ""}">${rows.map(
        (c) =>
          html`<li>${switchForm(c, purpose.id, ref, view)}${switchHint(c, shared.length > 0 || said !== null, words, locale)}</li>`,
      )}</ul>`
}
${text === undefined ? null : noticeWords(text, words, locale)}
</article>`;
}

/** The words of a notice, folded away under a line that says what they are; `open` where they are to be printed. */
export function noticeWords(
  text: NoticeText,
  words: PageWords,
  locale: Locale,
  options: { readonly open?: boolean } = {},
): Markup {
  return html`<details${options.open === true ? html` open` : null}><summary>${text.ask === "" ? words.readNotice : words.readWords}</summary>
${text.ask === "" ? null : html`<p>${words.agreeTo}</p><blockquote>${text.ask}</blockquote>`}
<dl class="words">${NOTICE_SECTIONS.flatMap((key) => {
    const said = text.sections[key];
    return said === undefined || said === ""
      ? []
      : [html`<dt>${SECTION_NAMES[key][locale]}</dt><dd>${said}</dd>`];
  })}</dl></details>`;
}

function noteText(note: Choice["note"], words: PageWords): string {
  switch (note) {
    case "stale":
      return words.stale;
    case "expired":
      return words.expired;
    case "guardian":
      return words.guardian;
    case "restricted":
      return words.restricted;
    case "channel-closed":
      return words.channelClosed;
    case "gpc-conflict":
      return words.gpcConflict;
    default:
      return "";
  }
}

/** How a switch is called: its channel, the separate consent, or the purpose itself. */
export function choiceName(
  registry: Pick<RegistrySnapshot, "rules">,
  choice: Pick<Choice, "purpose" | "channel" | "separate" | "recipient">,
  locale: Locale,
): string {
  const purpose = registry.rules.purposes.get(choice.purpose);
  const recipient = purpose?.recipients.find((r) => r.id === choice.recipient)?.name[locale];
  const aspect =
    choice.separate === null
      ? null
      : choice.separate === "sharing" && recipient !== undefined
        ? `${headed(SEPARATE_CONSENT_NAMES.sharing[locale])} (${recipient})`
        : headed(SEPARATE_CONSENT_NAMES[choice.separate][locale]);
  const channel = choice.channel === null ? null : channelName(choice.channel, locale);
  if (aspect !== null) return channel === null ? aspect : `${channel} · ${aspect}`;
  return channel ?? purpose?.name[locale] ?? choice.purpose;
}

function switchForm(choice: Choice, purposeId: string, notice: string | null, view: PreferencePage): Markup {
  const { locale, path } = view;
  const words = PAGE_WORDS[locale];
  const isOn = choice.state !== "off";
  const stateWord = { on: words.on, off: words.off, waiting: words.waiting }[choice.state];
  const fields: Record<string, string | null> = {
    lang: locale,
    purpose: choice.purpose,
    channel: choice.channel,
    separate: choice.separate,
    recipient: choice.recipient,
    notice,
    conflict: choice.note === "gpc-conflict" ? "shown" : null,
  };
  return html`<form method="post" action="${path}">${Object.entries(fields).map(([name, value]) =>
    value === null ? null : html`<input type="hidden" name="${name}" value="${value}">`,
  )}<button class="switch${choice.state === "waiting" ? " waiting" : ""}" role="switch" aria-checked="${
    choice.state === "on" ? "true" : "false"
  }" aria-describedby="d-${purposeId}" name="turn" value="${isOn ? "off" : "on"}"${
    isOn || choice.canTurnOn ? null : html` disabled`
  }><span>${choiceName(view.registry, choice, locale)}</span><span class="state" aria-hidden="${
    choice.state === "waiting" ? "false" : "true"
  }">${stateWord}</span><span class="track" aria-hidden="true"></span></button></form>`;
}

function switchHint(choice: Choice, noteShown: boolean, words: PageWords, locale: Locale): readonly Markup[] {
  const hints: Markup[] = [];
  if (choice.note !== null && choice.note !== "unknown-law" && !noteShown)
    hints.push(html`<p class="hint">${noteText(choice.note, words)}</p>`);
  if (choice.validUntil !== null)
    hints.push(
      html`<p class="hint">${say(words.validUntil, { date: dayIn(locale, choice.validUntil) })}</p>`,
    );
  return hints;
}

function neededSection(
  needed: readonly PurposeChoices[],
  { locale }: PreferencePage,
  words: PageWords,
): Markup | null {
  if (needed.length === 0) return null;
  return html`<section aria-labelledby="needed"><h2 id="needed">${words.neededHeading}</h2>
${needed.map(
  ({ purpose, notice }) => html`<article class="card plain"><div class="needed"><h3>${
    purpose.name[locale]
  }</h3><span class="badge">${words.always}</span></div>
<p>${purpose.description[locale]}</p><p>${words.alwaysWhy}</p>
${notice?.texts[locale] === undefined ? null : noticeWords(notice.texts[locale] as NoticeText, words, locale)}</article>`,
)}</section>`;
}

/** What was written to several subjects at once was said once. */
export function saidOnce(history: readonly ConsentRecord[]): ConsentRecord[] {
  const seen = new Map<string, ConsentRecord>();
  for (const r of history) {
    const key = [+r.recordedAt, r.state, r.purposeId, r.channel, r.recipientId, r.separateConsent].join(" ");
    if (!seen.has(key)) seen.set(key, r);
  }
  return [...seen.values()].reverse();
}

/** What a record is about, in words. */
export function aboutRecord(
  registry: Pick<RegistrySnapshot, "rules">,
  record: ConsentRecord,
  locale: Locale,
): string {
  const words = PAGE_WORDS[locale];
  const purpose =
    record.purposeId === ALL_PURPOSES
      ? words.everything
      : record.purposeId === ALL_MARKETING
        ? words.allMarketing
        : (registry.rules.purposes.get(record.purposeId)?.name[locale] ?? record.purposeId);
  const channel = record.channel === null ? null : channelName(record.channel, locale);
  return channel === null ? purpose : `${purpose} · ${channel}`;
}

export function stateWord(record: ConsentRecord, words: PageWords): string {
  return words.states[
    record.proof.doubleOptIn === "pending" && record.state === "given" ? "pending" : record.state
  ];
}

function historySection(view: PreferencePage, words: PageWords): Markup {
  const said = saidOnce(view.history);
  const { locale, path } = view;
  const list = said.map(
    (r) => html`<li><span>${aboutRecord(view.registry, r, locale)}: <strong>${stateWord(
      r,
      words,
    )}</strong></span><time datetime="${r.recordedAt.toISOString()}">${timeIn(locale, r.recordedAt)}</time>
<a href="${path}/receipts/${r.id}?lang=${locale}" aria-label="${words.receipt}: ${aboutRecord(
      view.registry,
      r,
      locale,
    )}, ${timeIn(locale, r.recordedAt)}">${words.receipt}</a></li>`,
  );
  return html`<section aria-labelledby="history"><h2 id="history">${words.historyHeading}</h2>
<div class="card plain">${
    said.length === 0
      ? html`<p>${words.historyEmpty}</p>`
      : html`<details><summary>${say(words.historySummary, { count: String(said.length) })}</summary>
<ol class="history">${list}</ol></details>`
  }</div></section>`;
}

/** A small page with a heading, a sentence and perhaps one button: expired links, confirmations, farewells. */
export function smallPage(
  status: number,
  options: {
    readonly locale: Locale;
    readonly controller: Controller;
    readonly title: string;
    readonly text: string;
    readonly form?: { readonly path: string; readonly button: string; readonly name: string };
    readonly link?: { readonly href: string; readonly words: string };
  },
): RouteResponse {
  const { locale, controller, form, link } = options;
  return pageResponse(status, {
    locale,
    title: options.title,
    company: controller.name[locale],
    body: html`<header><p class="company">${controller.name[locale]}</p></header>
<main><h1>${options.title}</h1><p class="lead">${options.text}</p>
${
  form === undefined
    ? null
    : html`<form method="post" action="${form.path}"><input type="hidden" name="lang" value="${locale}">
<p><button class="action strong" name="${form.name}" value="yes">${form.button}</button></p></form>`
}
${link === undefined ? null : html`<p><a href="${link.href}">${link.words}</a></p>`}</main>
${pageFooter(controller, PAGE_WORDS[locale])}`,
  });
}
