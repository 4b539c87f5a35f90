import {
  citeIn,
  dayIn,
  html,
  type Locale,
  type Markup,
  pageResponse,
  type RegimePacks,
  regimeName,
  say,
  timeIn,
} from "../../../consent/index.ts";
import type { RouteResponse } from "../../kernel/route.ts";
import { ACT_WORDS, NOTICE_WORDS, wordFor } from "../requests/act-words.ts";
import { REQUEST_WORDS } from "../requests/words.ts";
import type { AnswersSince } from "./answers-since.ts";
import type { CertifiedRequest } from "./certificate.schema.ts";
import type { CertificateBody } from "./certificate.ts";
import { CERTIFICATE_WORDS, type CertificateWords } from "./certificate-words.ts";
import { countName } from "./count-words.ts";
import { tableName } from "./table-words.ts";

type Cell = string | number | Markup;

function table(caption: string, head: readonly string[], rows: readonly (readonly Cell[])[]): Markup {
  return html`<div class="wide" tabindex="0" role="region" aria-label="${caption}"><table><thead><tr>${head.map(
    (h) => html`<th scope="col">${h}</th>`,
  )}</tr></thead><tbody>${rows.map(
    (row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`,
  )}</tbody></table></div>`;
}

function countsText(counts: Readonly<Record<string, number>>, locale: Locale): string {
  return Object.entries(counts)
    .map(([name, n]) => `${countName(name, locale)}: ${n}`)
    .join("; ");
}

/** What could not be done, and why; of a recipient that has not answered, its name. */
function exceptionText(
  { code, what, provision }: CertificateBody["exceptions"][number],
  body: CertificateBody,
  { locale, words, cite }: Pen,
): string {
  const by = provision === null ? "" : ` (${cite(provision)})`;
  const recipient = body.recipients.find((r) => r.recipientId === what && r.state !== "acknowledged");
  if (recipient !== undefined) return `${recipient.name}: ${words.recipientState[recipient.state]}${by}`;
  return Object.hasOwn(words.exception, code)
    ? `${words.exception[code]}${by}`
    : `${tableName(what)[locale]}${by}`;
}

type Fact = readonly [name: string, value: string];

/** How a page writes times, days and provisions. */
interface Pen {
  readonly locale: Locale;
  readonly words: CertificateWords;
  readonly time: (at: string | null) => string;
  readonly cite: (citation: string) => string;
}

/** What was asked and decided, by what rule. */
function requestFacts(request: CertifiedRequest, { locale, words, time, cite }: Pen): Fact[] {
  const { rows } = words;
  const { answer, refusal, identity } = request;
  const kept = answer.inTime === null ? "" : ` · ${answer.inTime ? words.inTime : words.tooLate}`;
  return [
    [rows.asked, REQUEST_WORDS[locale].kinds[request.kind]],
    [rows.received, time(request.receivedAt)],
    ...(identity === null ? [] : ([[rows.identity, words.identity[identity] ?? identity]] as Fact[])),
    [rows.answer, `${answer.words[locale]}${kept}`],
    [rows.ended, time(request.closedAt)],
    ...(refusal === null
      ? []
      : ([[rows.refusal, `${refusal.words[locale]} (${cite(refusal.provision)})`]] as Fact[])),
    ...(request.appealOf === null ? [] : ([[rows.appealOf, request.appealOf]] as Fact[])),
    ...(request.duplicateOf === null ? [] : ([[rows.duplicateOf, request.duplicateOf]] as Fact[])),
  ];
}

/** Every act and every message, with its time. */
function requestCourse(request: CertifiedRequest, { locale, words, time }: Pen): Markup {
  const acts = request.course.map((c) => [
    time(c.at),
    wordFor(ACT_WORDS, c.act, locale),
    words.by[c.by] ?? c.by,
  ]);
  const notices = request.notices.map((n) => [time(n.at), wordFor(NOTICE_WORDS, n.notice, locale)]);
  return html`<h2>${words.course}</h2>${table(words.course, words.courseColumns, acts)}
<h2>${words.notices}</h2>${
    notices.length === 0 ? html`<p>${words.none}</p>` : table(words.notices, words.noticeColumns, notices)
  }`;
}

/** A certificate for reading: what was done, when, what stays and why, and who has confirmed. */
export function certificatePage(
  body: CertificateBody,
  since: AnswersSince | null,
  locale: Locale,
  regimes: RegimePacks,
): RouteResponse {
  const words = CERTIFICATE_WORDS[locale];
  const time = (at: string | null) => (at === null ? "–" : timeIn(locale, new Date(at)));
  const day = (at: string | null) => (at === null ? "–" : dayIn(locale, new Date(at)));
  const pack = body.regime === null ? undefined : regimes.get(body.regime);
  const cite = (citation: string) => citeIn(locale, citation, pack);
  const pen: Pen = { locale, words, time, cite };
  const title = words.title[body.kind];
  const company = body.controller[locale];
  const facts: Fact[] = [
    [words.rows.controller, company],
    [words.rows.number, body.certificateId],
    ...(body.requestId === null ? [] : ([[words.rows.request, body.requestId]] as Fact[])),
    [words.rows.issued, time(body.issuedAt)],
    ...(body.regime === null ? [] : ([[words.rows.law, regimeName(body.regime, locale, regimes)]] as Fact[])),
    [words.rows.outcome, words.outcome[body.outcome]],
    ...(body.request === null ? [] : requestFacts(body.request, pen)),
    [words.rows.subjects, String(body.subjects)],
    [words.rows.audit, body.audit.entryId],
  ];
  return pageResponse(200, {
    locale,
    title,
    company,
    body: html`<header><p class="company">${company}</p></header><main><h1>${title}</h1>
<div class="card plain"><dl class="receipt">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl></div>
${body.request === null ? null : requestCourse(body.request, pen)}
<h2>${words.steps}</h2>${
      body.steps.length === 0
        ? html`<p>${words.nothingDone}</p>`
        : table(
            words.steps,
            words.stepColumns,
            body.steps.map((s) => [
              words.step[s.step] ?? s.step,
              time(s.startedAt),
              time(s.finishedAt),
              countsText(s.counts, locale),
            ]),
          )
    }
${
  body.holders.length === 0
    ? null
    : html`<h2>${words.holders}</h2>${table(
        words.holders,
        words.holderColumns,
        body.holders.map((h) => [
          tableName(h.table)[locale],
          h.rows,
          words.treatment[h.treatment],
          [
            h.ground === null ? "" : cite(h.ground.provision),
            h.keptUntil === null ? "" : say(words.until, { date: day(h.keptUntil) }),
          ]
            .filter((t) => t !== "")
            .join(" · "),
        ]),
      )}`
}
<h2>${words.recipients}</h2>${
      since === null
        ? html`<p>${words.none}</p>`
        : html`<p>${say(words.answersSoFar, {
            told: String(since.told),
            confirmed: String(since.confirmed),
            date: time(since.at),
          })}${body.kind === "erasure" ? "" : ` ${words.notAwaited}`}</p>${table(
            words.recipients,
            words.recipientColumns,
            since.recipients.map((r) => [
              r.name,
              time(r.toldAt),
              time(r.dueAt),
              `${words.recipientState[r.state]}${r.acknowledgedAt === null ? "" : ` · ${time(r.acknowledgedAt)}`}`,
            ]),
          )}`
    }
${
  body.keys === null
    ? null
    : html`<h2>${words.keys}</h2><p>${say(words.keysText, {
        n: String(body.keys.destroyed.length),
        date: time(body.keys.destroyedAt),
        last: time(body.keys.lastCopyEndsAt),
      })}</p>`
}
${body.suppression === null ? null : html`<p>${say(words.suppression, { n: String(body.suppression.identifiers) })}</p>`}
<h2>${words.exceptions}</h2>${
      body.exceptions.length === 0
        ? html`<p>${words.none}</p>`
        : html`<ul>${body.exceptions.map((e) => html`<li>${exceptionText(e, body, pen)}</li>`)}</ul>`
    }
<p class="lead">${words.note}</p></main>`,
  });
}
