import {
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
import type { CertificateBody } from "./certificate.ts";
import { CERTIFICATE_WORDS } from "./certificate-words.ts";
import { tableName } from "./table-words.ts";

type Cell = string | number | Markup;

function table(caption: string, head: readonly string[], rows: readonly (readonly Cell[])[]): Markup {
  return html`<div class="wide" tabindex="0" role="region" aria-label="${caption}"><table><thead><tr>${head.map(
    (h) => html`<th scope="col">${h}</th>`,
  )}</tr></thead><tbody>${rows.map(
    (row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`,
  )}</tbody></table></div>`;
}

function countsText(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, n]) => `${name.replaceAll("_", " ")}: ${n}`)
    .join("; ");
}

/** A certificate for reading: what was done, when, what stays and why, and who has confirmed. */
export function certificatePage(body: CertificateBody, locale: Locale, regimes: RegimePacks): RouteResponse {
  const words = CERTIFICATE_WORDS[locale];
  const time = (at: string | null) => (at === null ? "–" : timeIn(locale, new Date(at)));
  const day = (at: string | null) => (at === null ? "–" : dayIn(locale, new Date(at)));
  const title = words.title[body.kind] ?? body.kind;
  const company = body.controller[locale];
  const facts: [string, string][] = [
    [words.rows.controller, company],
    [words.rows.number, body.certificateId],
    ...(body.requestId === null ? [] : [[words.rows.request, body.requestId] as [string, string]]),
    [words.rows.issued, time(body.issuedAt)],
    ...(body.regime === null
      ? []
      : [[words.rows.law, regimeName(body.regime, locale, regimes)] as [string, string]]),
    [words.rows.outcome, words.outcome[body.outcome]],
    [words.rows.subjects, String(body.subjects)],
    [words.rows.audit, body.audit.entryId],
  ];
  return pageResponse(200, {
    locale,
    title,
    company,
    body: html`<header><p class="company">${company}</p></header><main><h1>${title}</h1>
<div class="card plain"><dl class="receipt">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl></div>
<h2>${words.steps}</h2>${table(
      words.steps,
      words.stepColumns,
      body.steps.map((s) => [
        words.step[s.step] ?? s.step,
        time(s.startedAt),
        time(s.finishedAt),
        countsText(s.counts),
      ]),
    )}
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
            h.ground?.provision ?? "",
            h.keptUntil === null ? "" : say(words.until, { date: day(h.keptUntil) }),
          ]
            .filter((t) => t !== "")
            .join(" · "),
        ]),
      )}`
}
<h2>${words.recipients}</h2>${
      body.recipients.length === 0
        ? html`<p>${words.none}</p>`
        : table(
            words.recipients,
            words.recipientColumns,
            body.recipients.map((r) => [
              r.name,
              time(r.toldAt),
              time(r.dueAt),
              `${words.recipientState[r.state]}${r.acknowledgedAt === null ? "" : ` · ${time(r.acknowledgedAt)}`}`,
            ]),
          )
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
        : html`<ul>${body.exceptions.map((e) => html`<li>${tableName(e.what)[locale]}: ${e.provision ?? e.code}</li>`)}</ul>`
    }
<p class="lead">${words.note}</p></main>`,
  });
}
