import { Type } from "typebox";
import { chooseLocale, LOCALES } from "../../../consent/index.ts";
import { AppError } from "../../kernel/problems.ts";
import { type Route, route } from "../../kernel/route.ts";
import { answersSince } from "./answers-since.ts";
import { CertificatePage, ProvenCertificate } from "./certificate.schema.ts";
import type { CertificateBody } from "./certificate.ts";
import { CERTIFICATE_KINDS } from "./certificate-kinds.ts";
import { certificatePage } from "./certificate-page.ts";
import { findCertificate, listCertificates } from "./certificates.store.ts";
import type { FulfilDeps } from "./deps.ts";
import { readCertificate } from "./read-certificate.ts";
import { ById, READERS, Uuid } from "./route-parts.ts";

const Lang = Type.Object({ lang: Type.Optional(Type.Enum(LOCALES)) });

/** Certificates: listed, with their proof, and as pages. */
export function certificateRoutes(deps: FulfilDeps): Route[] {
  const { db } = deps;
  return [
    route({
      method: "GET",
      path: "/v1/certificates",
      operationId: "listCertificates",
      summary: "List certificates, newest first",
      tag: "privacy",
      auth: READERS,
      query: Type.Object({
        request: Type.Optional(Uuid),
        kind: Type.Optional(Type.Enum(CERTIFICATE_KINDS)),
        before: Type.Optional(Uuid),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
      }),
      responses: { 200: { describe: "Ids, kinds and times.", schema: CertificatePage } },
      handle: async ({ query }) => {
        const limit = query.limit ?? 50;
        const found = await listCertificates(db, {
          ...(query.request === undefined ? {} : { requestId: query.request }),
          ...(query.kind === undefined ? {} : { kind: query.kind }),
          ...(query.before === undefined ? {} : { before: query.before }),
          limit,
        });
        const next = found.length === limit ? (found.at(-1)?.certificateId ?? null) : null;
        return { status: 200, body: { certificates: found, next } };
      },
    }),
    route({
      method: "GET",
      path: "/v1/certificates/:id",
      operationId: "getCertificate",
      summary:
        "Read a certificate with its signature, the keys to check it, and the proof that the audit log has it",
      tag: "privacy",
      auth: READERS,
      params: ById,
      responses: {
        200: {
          describe: "The proof is null until a signed tree head covers the entry (a minute at most).",
          schema: ProvenCertificate,
        },
      },
      handle: async ({ params }) => {
        const body = await readCertificate(deps, params.id);
        if (body === null) throw new AppError("not-found", { detail: "There is no certificate by that id." });
        return {
          status: 200,
          headers: { "content-disposition": `inline; filename="certificate-${params.id}.json"` },
          body,
        };
      },
    }),
    route({
      method: "GET",
      path: "/v1/certificates/:id/page",
      operationId: "readCertificate",
      summary: "A certificate as a page to read or print",
      tag: "privacy",
      auth: READERS,
      params: ById,
      query: Lang,
      responses: { 200: { describe: "The page.", contentType: "text/html" } },
      handle: async ({ params, query, headers }) => {
        const found = await findCertificate(db, params.id);
        if (found === null)
          throw new AppError("not-found", { detail: "There is no certificate by that id." });
        const locale = chooseLocale(query.lang, null, headers["accept-language"]);
        const { regimes } = await deps.consent.rules();
        const body = found.body as CertificateBody;
        const since = await answersSince(db, body, deps.clock.now());
        return certificatePage(body, since, locale, regimes);
      },
    }),
  ];
}
