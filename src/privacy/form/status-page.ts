import { citeIn, html, type Markup, type RegimePack, say } from "../../../consent/index.ts";
import type { RouteResponse } from "../../kernel/route.ts";
import { dayWords } from "../clocks/words.ts";
import { CODE_MINUTES } from "../requests/identity.ts";
import type { HistoryRow, RequestRow } from "../requests/requests.store.ts";
import type { RequestPart } from "../requests/sealed-part.ts";
import { CLOSED, type RequestState } from "../requests/state.ts";
import { REQUEST_WORDS } from "../requests/words.ts";
import { type PageOf, privacyPage } from "./pages.ts";
import { FORM_WORDS, type FormWords } from "./words.ts";

/** What was just done; the address bar may say it. Anything else in it is ignored. */
export const SAID = ["wrong", "sent", "done", "key"] as const;
export type Said = (typeof SAID)[number];

interface StatusView extends PageOf {
  readonly row: RequestRow;
  readonly path: string;
  readonly said: Said | null;
}

function saidLine(said: Said | null, words: FormWords): Markup | null {
  if (said === null) return null;
  const text = { wrong: words.saidWrong, sent: words.saidSent, done: words.saidDone, key: words.wrongKey }[
    said
  ];
  return said === "wrong" || said === "key"
    ? html`<p class="warn" role="alert">${text}</p>`
    : html`<p class="said" role="status">${text}</p>`;
}

function actionForm(view: StatusView, action: string, inner: Markup): Markup {
  return html`<form method="post" action="${view.path}"><input type="hidden" name="lang" value="${view.locale}">
<input type="hidden" name="action" value="${action}">${inner}</form>`;
}

/** Before the proof: the same page for every address, known to us or not. */
export function codePage(view: StatusView): RouteResponse {
  const words = FORM_WORDS[view.locale];
  const isReview = view.row.match === "contested" || view.row.match === "unverified";
  return privacyPage(200, view, {
    title: words.codeTitle,
    path: view.path,
    body: isReview
      ? html`<h1>${words.statusTitle}</h1><p class="lead">${words.review}</p>`
      : html`<h1>${words.codeTitle}</h1>
<p class="lead">${say(words.codeText, { minutes: String(CODE_MINUTES) })}</p>
${saidLine(view.said, words)}
<section class="card plain">${actionForm(
          view,
          "code",
          html`<label class="field">${words.code}<input class="code" type="text" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="9" required></label>
<p class="acts"><button class="action strong">${words.codeButton}</button></p>`,
        )}</section>
<div class="acts">${actionForm(view, "resend", html`<button class="action">${words.resend}</button>`)}
${actionForm(view, "withdraw", html`<button class="action">${words.withdraw}</button>`)}</div>`,
  });
}

/** After the proof: where the request stands, its reckoning in words, and what its asker can do. */
export function statusPage(
  view: StatusView & {
    readonly part: RequestPart;
    readonly history: readonly HistoryRow[];
    readonly pack: RegimePack;
    readonly dueWords: string;
  },
): RouteResponse {
  const { row, locale } = view;
  const words = FORM_WORDS[locale];
  const spoken = REQUEST_WORDS[locale];
  return privacyPage(200, view, {
    title: words.statusTitle,
    path: view.path,
    body: html`<h1>${words.statusTitle}</h1>
${saidLine(view.said, words)}
<section class="card plain"><dl class="receipt">
<dt>${words.asked}</dt><dd>${spoken.kinds[row.kind]}</dd>
<dt>${words.state}</dt><dd><strong>${spoken.states[row.state]}</strong></dd>
<dt>${words.received}</dt><dd>${dayWords(locale, row.receivedAt.toISOString().slice(0, 10))}</dd>
${
  CLOSED.has(row.state)
    ? null
    : html`<dt>${words.due}</dt><dd>${row.dueOn === null ? "—" : dayWords(locale, row.dueOn)}<p class="hint">${view.dueWords}</p></dd>`
}
<dt>${words.number}</dt><dd><code>${row.requestId}</code></dd>
</dl></section>
${actions(view, words)}
<section aria-labelledby="history"><h2 id="history">${words.historyHeading}</h2>
<ol class="card plain steps">${steps(view.history).map(
      (h) =>
        html`<li class="step"><span>${spoken.states[h.toState]}</span><time datetime="${h.at.toISOString()}">${dayWords(
          locale,
          h.at.toISOString().slice(0, 10),
        )}</time></li>`,
    )}</ol></section>`,
  });
}

/** Only what moved: staff's notes, holds and looks are not the person's business, and neither is who did it. */
function steps(history: readonly HistoryRow[]): HistoryRow[] {
  const moved: HistoryRow[] = [];
  for (const line of history) if (moved.at(-1)?.toState !== line.toState) moved.push(line);
  return moved;
}

const WITHDRAWABLE: ReadonlySet<RequestState> = new Set<RequestState>([
  "received",
  "acknowledged",
  "identity_pending",
  "verified",
  "assessing",
  "awaiting_confirmation",
  "approved",
]);

function actions(
  view: StatusView & { readonly part: RequestPart; readonly pack: RegimePack },
  words: FormWords,
): readonly Markup[] {
  const { row, locale, part } = view;
  const parts: Markup[] = [];
  const day = (at: Date | null) => (at === null ? "" : dayWords(locale, at.toISOString().slice(0, 10)));
  const isPackage = row.kind === "access" || row.kind === "portability";
  if (row.state === "awaiting_confirmation" && row.confirmedAt === null) {
    parts.push(html`<section class="card plain" id="confirm"><h2>${words.confirmHeading}</h2>
<p>${say(words.confirmText, { date: day(row.confirmUntil) })}</p>
${actionForm(view, "confirm", html`<p class="acts"><button class="action strong">${words.confirmButton}</button></p>`)}</section>`);
  }
  if (row.state === "awaiting_confirmation" && row.confirmedAt !== null)
    parts.push(html`<p class="line">${say(words.coolingText, { date: day(row.coolingUntil) })}</p>`);
  if (row.needsDeclaration && row.declaredAt === null && WITHDRAWABLE.has(row.state)) {
    parts.push(html`<section class="card plain"><p>${words.declareText}</p><blockquote>${words.declaration}</blockquote>
${actionForm(view, "declare", html`<p class="acts"><button class="action strong">${words.declareButton}</button></p>`)}</section>`);
  }
  if (isPackage && WITHDRAWABLE.has(row.state)) {
    parts.push(
      row.delivery === null ? deliveryForm(view, words) : html`<p class="line">${words.deliveryChosen}</p>`,
    );
  }
  if (row.state.startsWith("completed") && part.packageToken !== null) {
    const until = part.packageUntil === null ? null : new Date(part.packageUntil);
    parts.push(html`<section class="card plain"><p>${say(words.downloadText, { date: day(until) })}</p>
<p class="acts"><a class="action strong" href="/privacy/packages/${part.packageToken}">${words.download}</a></p></section>`);
  }
  if (row.state === "denied") {
    const ground = view.pack.requests.refusals.find((g) => g.id === row.ground);
    if (ground !== undefined)
      parts.push(
        html`<p class="line">${words.refusedBecause}: ${ground.words[locale]} (${citeIn(locale, ground.article, view.pack)})</p>`,
      );
  }
  if (row.certificateId !== null)
    parts.push(html`<p class="line"><a href="${view.path}/certificate?lang=${locale}">${words.certificate}</a> ·
<a href="${view.path}/certificate.json" download="certificate-${row.certificateId}.json">${words.certificateFile}</a></p>`);
  if (row.state === "denied" || row.state === "completed_with_exceptions") {
    const { name, url } = view.pack.authority.value;
    parts.push(html`<section class="card plain" id="appeal"><h2>${words.appealHeading}</h2><p>${words.appealText}</p>
${actionForm(
  view,
  "appeal",
  html`<label class="field">${words.appealWords}<textarea name="words" maxlength="4000" required></textarea></label>
<p class="acts"><button class="action">${words.appealButton}</button></p>`,
)}
<p>${words.complain}: <a href="${url}" rel="noreferrer">${citeIn(locale, name, view.pack)}</a></p></section>`);
  }
  if (WITHDRAWABLE.has(row.state))
    parts.push(
      html`<div class="acts">${actionForm(view, "withdraw", html`<button class="action">${words.withdraw}</button>`)}</div>`,
    );
  return parts;
}

function deliveryForm(view: StatusView, words: FormWords): Markup {
  return html`<section class="card plain"><h2>${words.deliveryHeading}</h2>
${actionForm(
  view,
  "delivery",
  html`<fieldset><legend>${words.deliveryText}</legend>
<label class="pick"><input type="radio" name="by" value="passphrase" checked><span>${words.byPassphrase}<small>${words.byPassphraseHint}</small></span></label>
<label class="pick"><input type="radio" name="by" value="openpgp"><span>${words.byKey}<small>${words.byKeyHint}</small></span></label></fieldset>
<label class="field">${words.publicKey}<textarea name="publicKey" maxlength="20000" spellcheck="false"></textarea></label>
<p class="acts"><button class="action strong">${words.deliveryButton}</button></p>`,
)}</section>`;
}

/** Shows a passphrase, once: it comes by this page, the link by mail. */
export function passphrasePage(view: StatusView, passphrase: string): RouteResponse {
  const words = FORM_WORDS[view.locale];
  return privacyPage(200, view, {
    title: words.passphraseTitle,
    path: view.path,
    body: html`<h1>${words.passphraseTitle}</h1><p class="lead">${words.passphraseText}</p>
<section class="card plain"><p class="secret">${passphrase}</p></section>
<p><a href="${view.path}?lang=${view.locale}">${words.back}</a></p>`,
  });
}
