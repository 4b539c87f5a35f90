import type { RouteResponse } from "../../src/kernel/route.ts";
import type { ReceiptFacts } from "../receipts.ts";
import { regimeName } from "../regimes/regimes.ts";
import type { RegistrySnapshot } from "../registry-snapshot.ts";
import type { Locale } from "../vocabulary.ts";
import { dayIn, html, PAGE_WORDS, pageResponse, say, timeIn } from "./html.ts";
import { aboutRecord, channelName, noticeWords, pageFooter, stateWord } from "./preference-page.ts";

/** A receipt for reading: what was said, when, under which words and law, and the signed files to keep. */
export function receiptPage(
  registry: RegistrySnapshot,
  facts: ReceiptFacts,
  locale: Locale,
  /** Where the signed files are; the format is added. */
  filesAt: string,
): RouteResponse {
  const words = PAGE_WORDS[locale];
  const rows = words.receiptRows;
  const { record } = facts;
  const company = registry.controller.name[locale];
  const purpose = facts.purpose;
  const at =
    record.occurredAt !== null && record.occurredAt < record.recordedAt
      ? record.occurredAt
      : record.recordedAt;
  const entries: [string, string][] = [
    [rows.what, purpose.id === "all" ? aboutRecord(registry, record, locale) : purpose.name[locale]],
    [rows.state, stateWord(record, words)],
    ...(record.channel === null
      ? []
      : [[rows.channel, channelName(record.channel, locale)] as [string, string]]),
    [rows.when, timeIn(locale, at)],
    ...(record.regime === null
      ? []
      : [[rows.law, regimeName(record.regime, locale, registry.rules.regimes)] as [string, string]]),
    [rows.method, words.methods[facts.record.method]],
    [rows.number, facts.receiptId],
  ];
  const published =
    record.notice === null ? null : registry.findNotice(record.notice.id, record.notice.version)?.publishedAt;
  return pageResponse(200, {
    locale,
    title: words.receiptTitle,
    company,
    toKeep: true,
    body: html`<header><p class="company">${company}</p></header>
<main><h1>${words.receiptTitle}</h1>
<p class="lead">${purpose.description[locale]}</p>
<div class="card plain"><dl class="receipt">${entries.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
${
  record.notice === null
    ? null
    : html`<p>${say(words.noticeVersion, {
        version: String(record.notice.version),
        date: published == null ? "" : dayIn(locale, published),
      })}</p><p>${words.fingerprint}: <code>${record.notice.sha256}</code></p>`
}
${facts.notice === null ? null : noticeWords(facts.notice, words, record.notice?.locale ?? locale, { open: true })}</div>
<p class="files"><a href="${filesAt}format=kantara" download>${words.receiptKantara}</a>
<a href="${filesAt}format=iso27560" download>${words.receiptIso}</a></p>
<p class="lead">${words.receiptNote}</p></main>
${pageFooter(registry.controller, words)}`,
  });
}
