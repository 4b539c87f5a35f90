import { html, LANGUAGE_NAMES, type Locale, type Markup, say } from "../../src/i18n/index.ts";
import type { RouteResponse } from "../../src/kernel/route.ts";
import type { AnswerFault, PageView } from "../answering/view.ts";
import { blocksMarkup } from "./fields.ts";
import { SURVEY_WORDS, type SurveyWords } from "./words.ts";

/** How a page looks and where it stands. */
export interface PageFrame {
  readonly locale: Locale;
  /** Languages in which the survey can be answered. */
  readonly locales: readonly Locale[];
  readonly company: string;
  /** The page's own path, to which its forms go back. */
  readonly path: string;
  /** Style sheet and logo of the brand; null: ours. */
  readonly brand: { readonly style: string; readonly logo: string | null } | null;
  /** Sites that may show the page inside theirs. */
  readonly embedOrigins: readonly string[];
  readonly embedded: boolean;
  /** A device that many people use one after the other. */
  readonly kiosk: boolean;
  /** Only to be looked at, inside the console: without script, and its buttons do nothing. */
  readonly still?: boolean;
}

/** Nothing is loaded, called or sent but from and to our own origin, and nobody else's page may show this one. */
function policyOf(frame: Pick<PageFrame, "embedOrigins">): string {
  const ancestors = frame.embedOrigins.length === 0 ? "'none'" : frame.embedOrigins.join(" ");
  return `default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors ${ancestors}; base-uri 'none'`;
}

function response(
  status: number,
  frame: PageFrame,
  title: string,
  body: Markup,
  headers = {},
): RouteResponse {
  const { markup } = html`<!doctype html>
<html lang="${frame.locale}"${frame.embedded ? html` class="embedded"` : null}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/page.css">
<link rel="stylesheet" href="/assets/survey.css">
${frame.brand === null ? null : html`<link rel="stylesheet" href="${frame.brand.style}">`}
</head>
<body>
${body}
${frame.still === true ? null : html`<script src="/assets/survey.js" defer></script>`}
</body>
</html>
`;
  return {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-language": frame.locale,
      "content-security-policy": policyOf(frame),
      "x-robots-tag": "noindex, nofollow",
      "referrer-policy": "no-referrer",
      ...headers,
    },
    body: markup,
  };
}

function header(frame: PageFrame, words: SurveyWords): Markup {
  const query = frame.embedded ? "&embed=1" : "";
  return html`<header><p class="company">${
    frame.brand?.logo == null ? frame.company : html`<img src="${frame.brand.logo}" alt="${frame.company}">`
  }</p>${
    frame.locales.length < 2
      ? null
      : html`<nav aria-label="${words.language}"><ul>${frame.locales.map(
          (l) =>
            html`<li><a href="${frame.path}?lang=${l}${query}" lang="${l}" hreflang="${l}"${
              l === frame.locale ? html` aria-current="true"` : null
            }>${LANGUAGE_NAMES[l]}</a></li>`,
        )}</ul></nav>`
  }</header>`;
}

/** A page of questions: one plain form, which works before any script has come and without. */
export function questionPage(
  frame: PageFrame,
  view: PageView,
  options: {
    readonly form: string;
    readonly version: number;
    /** Answers of earlier pages that the browser keeps; null when they are kept on the server. */
    readonly carry: string | null;
    readonly faults: readonly AnswerFault[];
    /** Whether earlier pages can be seen again. */
    readonly anonymous: boolean;
    readonly named: boolean;
    readonly canDecline: boolean;
    readonly preview?: boolean;
  },
): RouteResponse {
  const words = SURVEY_WORDS[frame.locale];
  const broken = new Set(options.faults.filter((f) => f.text === "").map((f) => f.question));
  const title = view.surveyTitle || view.title || frame.company;
  const wrong = questionsIn(view).filter((q) => q.errors.length > 0 || broken.has(q.name));
  const last = view.number >= view.count;
  const button = frame.still === true ? html` type="button"` : null;
  const body = html`${header(frame, words)}
<main>
${options.preview === true ? html`<p class="note">${words.preview}</p>` : null}
<h1>${title}</h1>
${view.surveyDescription === "" || view.number > 1 ? null : html`<p class="lead">${view.surveyDescription}</p>`}
${
  view.count < 2
    ? null
    : html`<p class="progress"><progress max="${view.count}" value="${view.number}" aria-hidden="true"></progress><span>${say(
        words.progress,
        { number: String(view.number), count: String(view.count) },
      )}</span></p>`
}
${
  wrong.length === 0
    ? null
    : html`<div class="faults" role="alert" tabindex="-1"><p>${words.faults}</p><ul>${wrong.map(
        (q) => html`<li><a href="#f-${q.path}">${q.title}</a></li>`,
      )}</ul></div>`
}
<form method="post" action="${frame.path}" id="survey" novalidate data-sending="${words.sending}" data-offline="${words.offline}" data-sent="${words.offlineSent}"${
    frame.kiosk ? html` data-shared` : null
  }${questionsIn(view).some((q) => q.input.kind === "file" || q.input.kind === "signature") ? html` enctype="multipart/form-data"` : null}>
<input type="hidden" name="page" value="${view.page}">
<input type="hidden" name="lang" value="${frame.locale}">
<input type="hidden" name="form" value="${options.form}">
<input type="hidden" name="version" value="${options.version}">
${frame.embedded ? html`<input type="hidden" name="embed" value="1">` : null}
${options.carry === null ? null : html`<input type="hidden" name="carry" value="${options.carry}">`}
${view.title === "" ? null : html`<h2>${view.title}</h2>`}
${view.description === "" ? null : html`<p class="hint">${view.description}</p>`}
${blocksMarkup(view.blocks, { words, broken })}
<div class="buttons"><button class="action" name="go" value="next"${button}>${
    last ? view.buttons.complete || words.finish : view.buttons.next || words.next
  }</button>${
    view.number > 1
      ? html`<button class="small" name="go" value="back" formnovalidate${button}>${view.buttons.previous || words.back}</button>`
      : null
  }</div>
<p class="status" role="status" aria-live="polite"></p>
${
  options.canDecline
    ? html`<p class="decline"><button class="quiet" name="go" value="decline" formnovalidate>${words.decline}</button></p>`
    : null
}
</form>
</main>
<footer><p>${options.anonymous ? words.anonymous : options.named ? words.named : null}</p></footer>`;
  return response(wrong.length > 0 ? 422 : 200, frame, `${title} · ${frame.company}`, body);
}

function questionsIn(view: PageView) {
  const walk = (
    blocks: PageView["blocks"],
  ): readonly Extract<PageView["blocks"][number], { kind: "question" }>[] =>
    blocks.flatMap((b) => (b.kind === "question" ? [b] : b.kind === "panel" ? walk(b.blocks) : []));
  return walk(view.blocks);
}

/** A small page with a heading and a sentence: thanks, endings, receipts. */
export function plainPage(
  status: number,
  frame: PageFrame,
  options: {
    readonly title: string;
    readonly paragraphs: readonly string[];
    readonly receipt?: string | null;
    readonly again?: string;
    readonly done?: boolean;
  },
): RouteResponse {
  const words = SURVEY_WORDS[frame.locale];
  const { receipt = null, again } = options;
  // At a kiosk the next person finds the first page: after long enough to copy a receipt, and the button is there before.
  const pause = receipt === null ? 10 : 45;
  const body = html`${header({ ...frame, locales: [] }, words)}
<main${options.done === true ? html` data-done` : null}><h1>${options.title}</h1>
${options.paragraphs.filter((p) => p !== "").map((p) => html`<p class="lead">${p}</p>`)}
${
  receipt === null
    ? null
    : html`<div class="receipt"><p>${words.receiptText}</p><p><code>${receipt}</code></p><p><a href="/survey-receipt?lang=${frame.locale}">${words.receiptLink}</a></p></div>`
}
${again === undefined ? null : html`<p class="buttons"><a class="action" href="${again}" data-again="${pause}">${words.nextPerson}</a></p>`}</main>`;
  const back = again === undefined ? {} : { refresh: `${pause}; url=${again}` };
  return response(status, frame, `${options.title} · ${frame.company}`, body, back);
}

/** Where an anonymous answer is withdrawn by its receipt. */
export function receiptPage(frame: PageFrame, outcome: "ask" | "deleted" | "unknown"): RouteResponse {
  const words = SURVEY_WORDS[frame.locale];
  const body = html`${header(frame, words)}
<main><h1>${words.receiptTitle}</h1>
${
  outcome === "deleted"
    ? html`<p class="note" role="status">${words.receiptGone}</p>`
    : html`<p class="lead">${words.receiptAsk}</p>
${outcome === "unknown" ? html`<p class="faults" role="alert">${words.receiptUnknown}</p>` : null}
<form method="post" action="${frame.path}"><input type="hidden" name="lang" value="${frame.locale}">
<div class="question"><label class="title" for="code">${words.receiptLabel}</label>
<input type="text" id="code" name="code" maxlength="40" autocomplete="off" autocapitalize="characters" spellcheck="false" required></div>
<div class="buttons"><button class="action">${words.receiptButton}</button></div></form>`
}</main>`;
  return response(outcome === "unknown" ? 404 : 200, frame, `${words.receiptTitle} · ${frame.company}`, body);
}
