import { Type } from "typebox";
import { actorOf, stageAudit } from "../src/audit/index.ts";
import type { Ids } from "../src/kernel/ids.ts";
import { AppError } from "../src/kernel/problems.ts";
import { type Route, type RouteResponse, route } from "../src/kernel/route.ts";
import { ReceiptAnswer } from "./answers.schema.ts";
import { Id, LocaleName } from "./consents.schema.ts";
import { noticeSha256 } from "./notices.ts";
import { chooseLocale, dayIn, html, PAGE_WORDS, pageResponse, say } from "./pages/html.ts";
import { noticeWords, pageFooter } from "./pages/preference-page.ts";
import { receiptPage } from "./pages/receipt-page.ts";
import { type ReceiptDeps, receiptFacts, signedReceipt } from "./receipt-of.ts";
import { LOCALES } from "./vocabulary.ts";

export const ReceiptQuery = Type.Object({
  format: Type.Optional(
    Type.Union([Type.Literal("kantara"), Type.Literal("iso27560"), Type.Literal("html")], {
      description: "Kantara 1.1 JSON unless stated.",
    }),
  ),
  signed: Type.Optional(
    Type.Boolean({
      description: "As a compact JWS (RFC 7515) instead of JSON with its signature beside it.",
    }),
  ),
  lang: Type.Optional(LocaleName),
});

/** A receipt in one of its forms. */
export async function receiptResponse(
  deps: ReceiptDeps,
  recordId: string,
  query: {
    format?: "kantara" | "iso27560" | "html" | undefined;
    signed?: boolean | undefined;
    lang?: string | undefined;
  },
  headers: Readonly<Record<string, string | undefined>>,
  /** Path of this receipt, for the page's links to its files. */
  path: string,
): Promise<RouteResponse> {
  const registry = await deps.consent.snapshot();
  const facts = await receiptFacts(deps, registry, recordId);
  if (query.format === "html") {
    const locale = chooseLocale(query.lang, facts.record.notice?.locale ?? null, headers["accept-language"]);
    return receiptPage(registry, facts, locale, `${path}?`);
  }
  const format = query.format ?? "kantara";
  const { receipt, jws } = await signedReceipt(deps, facts, format);
  const name = `consent-receipt-${facts.receiptId}`;
  if (query.signed === true) {
    return {
      status: 200,
      headers: {
        "content-type": "application/jose",
        "content-disposition": `attachment; filename="${name}.jws"`,
      },
      body: jws,
    };
  }
  return {
    status: 200,
    headers: {
      "content-type": format === "kantara" ? "application/json; charset=utf-8" : "application/ld+json",
      "content-disposition": `inline; filename="${name}.json"`,
    },
    body: JSON.stringify({ receipt, jws }),
  };
}

/** The doors of receipts and of the words that people saw. */
export function receiptRoutesOfConsent(deps: ReceiptDeps & { readonly ids: Ids }): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/consents/:id/receipt",
      operationId: "getConsentReceipt",
      summary: "The receipt of a consent record: Kantara 1.1, ISO/IEC TS 27560 or a page, signed",
      tag: "consent",
      auth: { kind: "api-key", roles: ["admin", "compliance", "cx", "auditor"] },
      params: Type.Object({ id: Id }),
      query: ReceiptQuery,
      responses: { 200: { describe: "`receipt` and `jws`, or one of them alone.", schema: ReceiptAnswer } },
      handle: async ({ principal, requestId, params, query, headers }) => {
        const answer = await receiptResponse(
          deps,
          params.id,
          query,
          headers,
          `/v1/consents/${params.id}/receipt`,
        );
        await deps.db.tx((tx) =>
          stageAudit(tx, deps, {
            actor: actorOf(principal),
            action: "receipt.read",
            targets: [{ kind: "consent-record", id: params.id }],
            requestId,
          }),
        );
        return answer;
      },
    }),
    route({
      method: "GET",
      path: "/n/:id/:version/:locale",
      operationId: "readNotice",
      summary: "The words of a notice, as people saw them",
      tag: "public",
      auth: { kind: "public" },
      params: Type.Object({
        id: Type.String({ maxLength: 64 }),
        version: Type.String({ pattern: "^[0-9]{1,6}$" }),
        locale: LocaleName,
      }),
      responses: { 200: { describe: "A page.", contentType: "text/html" } },
      handle: async ({ params }) => {
        const registry = await deps.consent.snapshot();
        const notice = registry.findNotice(params.id, Number(params.version));
        const locale = LOCALES.find((l) => l === params.locale);
        const text = locale === undefined ? undefined : notice?.texts[locale];
        if (notice === null || text === undefined || locale === undefined)
          throw new AppError("not-found", { detail: "There is no such notice." });
        const words = PAGE_WORDS[locale];
        return pageResponse(200, {
          locale,
          title: text.title,
          company: registry.controller.name[locale],
          body: html`<header><p class="company">${registry.controller.name[locale]}</p></header>
<main><h1>${text.title}</h1>
<p class="lead">${say(words.noticeVersion, {
            version: String(notice.version),
            date: dayIn(locale, notice.publishedAt),
          })}</p>
<div class="card plain">${noticeWords(text, words, locale)}</div>
<p>${words.fingerprint}: <code>${noticeSha256(notice, locale, text)}</code></p></main>
${pageFooter(registry.controller, words)}`,
        });
      },
    }),
  ];
}
