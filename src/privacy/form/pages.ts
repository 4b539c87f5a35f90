import {
  type Controller,
  countryChoices,
  html,
  type Locale,
  type Markup,
  PAGE_WORDS,
  pageFooter,
  pageHeader,
  pageResponse,
  type RegimePacks,
  say,
} from "../../../consent/index.ts";
import type { RouteResponse } from "../../kernel/route.ts";
import { FORM_WORDS, type FormWords, type OfferedKind } from "./words.ts";

/** In the order in which people ask most. */
export const OFFERED: readonly OfferedKind[] = [
  "access",
  "erasure",
  "rectification",
  "opt-out",
  "objection",
  "restriction",
  "portability",
];

export interface PageOf {
  readonly locale: Locale;
  readonly controller: Controller;
}

/** A page of this room: the company's name, the languages, the body, the footer. */
export function privacyPage(
  status: number,
  { locale, controller }: PageOf,
  page: { readonly title: string; readonly path: string; readonly body: Markup },
): RouteResponse {
  const company = controller.name[locale];
  return pageResponse(status, {
    locale,
    title: page.title,
    company,
    body: html`${pageHeader({ locale, path: page.path }, company)}
<main>${page.body}</main>
${pageFooter(controller, PAGE_WORDS[locale])}`,
  });
}

/** A page of a heading and a sentence. */
export function sentencePage(
  status: number,
  of: PageOf,
  words: { readonly title: string; readonly text: string; readonly path: string },
): RouteResponse {
  return privacyPage(status, of, {
    title: words.title,
    path: words.path,
    body: html`<h1>${words.title}</h1><p class="lead">${words.text}</p>`,
  });
}

/** What the form sent wrongly; the values themselves are not shown again but for what was picked. */
export interface FormFaults {
  readonly kind: boolean;
  readonly contact: boolean;
  readonly details: boolean;
  readonly representative: boolean;
}

export interface Picked {
  readonly kind: string | null;
  readonly country: string | null;
  readonly filer: string | null;
}

function faultLines(faults: FormFaults, words: FormWords): Markup | null {
  const lines = [
    faults.kind ? words.wrongKind : null,
    faults.contact ? words.wrongContact : null,
    faults.details ? words.wrongDetails : null,
    faults.representative ? words.wrongRepresentative : null,
  ].filter((line) => line !== null);
  if (lines.length === 0) return null;
  return html`<div class="warn" role="alert"><strong>${words.wrongHeading}</strong>${lines.map(
    (line) => html`<p>${line}</p>`,
  )}</div>`;
}

function radio(name: string, value: string, isOn: boolean, title: string, hint?: string): Markup {
  return html`<label class="pick"><input type="radio" name="${name}" value="${value}"${
    isOn ? html` checked` : null
  }><span>${title}${hint === undefined ? null : html`<small>${hint}</small>`}</span></label>`;
}

/** The page on which anybody files a request. Every field works without script. */
export function formPage(
  status: number,
  of: PageOf & { readonly regimes: RegimePacks },
  picked: Picked,
  faults: FormFaults | null,
): RouteResponse {
  const { locale, controller } = of;
  const words = FORM_WORDS[locale];
  const company = controller.name[locale];
  const filer = picked.filer ?? "self";
  return privacyPage(status, of, {
    title: words.title,
    path: "/privacy",
    body: html`<h1>${words.title}</h1>
<p class="lead">${say(words.lead, { company })}</p>
${faults === null ? null : faultLines(faults, words)}
<form method="post" action="/privacy">
<input type="hidden" name="lang" value="${locale}">
<section class="card plain"><fieldset><legend>${words.kindHeading}</legend>
${OFFERED.map((kind) => radio("kind", kind, picked.kind === kind, words.kinds[kind].name, words.kinds[kind].hint))}
</fieldset></section>
<section class="card plain"><h2>${words.contactHeading}</h2>
<label class="field">${words.email}<small>${words.emailHint}</small>
<input type="email" name="email" autocomplete="email" maxlength="320"></label>
<label class="field">${words.phone}<small>${words.phoneHint}</small>
<input type="tel" name="phone" autocomplete="tel" maxlength="40"></label>
<label class="field">${words.country}
<select name="country">${countryChoices(of.regimes, locale).map(
      ([code, name]) =>
        html`<option value="${code}"${
          code === (picked.country ?? controller.country) ? html` selected` : null
        }>${name}</option>`,
    )}<option value="">${words.countryElse}</option></select></label>
<label class="field">${words.details}<small>${words.detailsHint}</small>
<textarea name="words" maxlength="4000"></textarea></label>
</section>
<section class="card plain"><fieldset><legend>${words.whoHeading}</legend>
${radio("filer", "self", filer === "self", words.self)}
${radio("filer", "agent", filer === "agent", words.agent)}
${radio("filer", "guardian", filer === "guardian", words.guardian)}
</fieldset>
<details${filer === "self" ? null : html` open`}><summary>${words.proof}</summary>
<label class="field">${words.representative}<input type="text" name="name" autocomplete="name" maxlength="200"></label>
<label class="field">${words.proof}<small>${words.proofHint}</small><textarea name="proof" maxlength="1000"></textarea></label>
</details></section>
<p class="acts"><button class="action strong">${words.submit}</button></p>
</form>`,
  });
}
