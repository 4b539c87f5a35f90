import { LANGUAGE_NAMES } from "../../src/i18n/index.ts";
import type { RouteResponse } from "../../src/kernel/route.ts";
import type { EnrolmentForm } from "../enrolment.ts";
import { offeredConsents } from "../enrolment.ts";
import type { RegistrySnapshot } from "../registry-snapshot.ts";
import { LOCALES, type Locale } from "../vocabulary.ts";
import { html, type Markup, PAGE_WORDS, pageResponse, say } from "./html.ts";
import { placeChoices } from "./places.ts";
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

/** `done` as the form's address says it: `waiting` for a confirmation, `without-consents`, or simply done. */
export function enrolmentDone(registry: RegistrySnapshot, locale: Locale, done: string): RouteResponse {
  const words = ENROLMENT_WORDS[locale];
  const text =
    done === "waiting"
      ? `${words.doneText} ${words.doneWaiting}`
      : done === "without-consents"
        ? words.doneWithoutConsents
        : words.doneText;
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

const ERRORS = "enrolment-errors";
/** The fields that each error is about. */
const ABOUT: Readonly<Record<EnrolmentError, readonly string[]>> = {
  needContact: ["email", "phone"],
  badContact: ["email", "phone"],
  needCountry: ["country"],
  needChannel: ["email", "phone"],
};

function errorLines({ errors = [] }: EnrolmentView, words: EnrolmentWords): Markup | null {
  if (errors.length === 0) return null;
  return html`<div class="warn" role="alert" id="${ERRORS}"><p>${words.errorHeading}</p><ul>${errors.map((e) => html`<li>${words[e]}</li>`)}</ul></div>`;
}

function enrolmentForm({ locale, registry, purposes, action, typed, errors = [] }: EnrolmentView): Markup {
  const words = ENROLMENT_WORDS[locale];
  const page = PAGE_WORDS[locale];
  const service = registry.noticeFor("service");
  const ticked = new Set(typed?.yes ?? []);
  const wrong = new Set(errors.flatMap((e) => ABOUT[e]));
  const flag = (name: string) =>
    wrong.has(name) ? html` aria-invalid="true" aria-describedby="${ERRORS}"` : null;
  const field = (
    name: "firstName" | "lastName" | "email" | "phone" | "birthYear",
    type: string,
    complete: string,
  ) =>
    html`<label class="field">${words[name]}
<input type="${type}" name="${name}" autocomplete="${complete}" maxlength="200" value="${typed?.[name] ?? ""}"${name === "birthYear" ? html` inputmode="numeric" pattern="[0-9]{4}"` : null}${flag(name)}></label>`;
  return html`<form method="post" action="${action}" class="enrolment" accept-charset="utf-8" lang="${locale}">
<input type="hidden" name="lang" value="${locale}">
<fieldset class="card plain"><legend><h2>${words.you}</h2></legend>
${field("firstName", "text", "given-name")}
${field("lastName", "text", "family-name")}
<p class="aside">${words.contactHint}</p>
${field("email", "email", "email")}
${field("phone", "tel", "tel")}
<label class="field">${words.country}
<select name="country" required${flag("country")}><option value="">${words.choosePlace}</option>${placeChoices(
    registry.rules.regimes,
    locale,
  ).map(
    ([code, name]) =>
      html`<option value="${code}"${typed?.country === code ? html` selected` : null}>${name}</option>`,
  )}</select></label>
${field("birthYear", "text", "bday-year")}
</fieldset>
<fieldset class="card plain"><legend><h2>${words.choices}</h2></legend>
<p>${words.choicesHint}</p>
${offeredConsents(registry, purposes).map(({ purpose, notice, channels }) => {
  const text = notice.texts[locale];
  const box = (channel: string | null, label: string) => {
    const value = `${purpose.id}|${channel ?? ""}|${notice.version}`;
    return html`<label class="pick"><input type="checkbox" name="yes" value="${value}"${ticked.has(value) ? html` checked` : null}><span>${label}</span></label>`;
  };
  const ask = text?.ask ?? purpose.description[locale];
  // Where one box is all there is to decide, it stands beside the very words that are agreed to.
  const alone = channels.length === 1 && channels[0] === null;
  return html`<div class="offer"><h3>${purpose.name[locale]}</h3>
${alone ? null : html`<p>${ask}</p>`}
${channels.map((c) => box(c, c === null ? ask : channelName(c, locale)))}
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
