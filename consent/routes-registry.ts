import { Type } from "typebox";
import { actorOf } from "../src/audit/index.ts";
import { AppError } from "../src/kernel/problems.ts";
import { type Route, route } from "../src/kernel/route.ts";
import {
  NoticesSchema,
  PublishedNotice,
  PurposeChangesSchema,
  SigningKeysSchema,
  StaleNoticesSchema,
} from "./answers.schema.ts";
import { Channel, Id, LocaleName } from "./consents.schema.ts";
import { ControllerSchema, ShownControllerSchema } from "./controller.ts";
import { explainFinding, type NoticeFinding } from "./notice-lint.ts";
import { NOTICE_SECTIONS, type Notice, type NoticeText, noticeHashes } from "./notices.ts";
import { PurposeFileSchema } from "./purpose.schema.ts";
import { parsePurposesFile } from "./purposes.ts";
import type { RegimePacks } from "./regimes/regimes.ts";
import type { Consent } from "./service.ts";
import { type StaleNotice, staleNotices } from "./stale-notices.ts";
import type { Locale } from "./vocabulary.ts";

const officers = { kind: "api-key", roles: ["admin", "compliance"] } as const;
const readers = {
  kind: "api-key",
  roles: ["admin", "compliance", "cx", "auditor", "analyst", "store", "recipient"],
} as const;

const Words = Type.String({ maxLength: 20_000 });
const NoticeTextSchema = Type.Object(
  {
    title: Words,
    ask: Words,
    sections: Type.Partial(
      Type.Object(Object.fromEntries(NOTICE_SECTIONS.map((s) => [s, Words])), {
        additionalProperties: false,
      }),
    ),
  },
  { additionalProperties: false },
);
const NewNotice = Type.Object(
  {
    id: Type.String({ pattern: "^[a-z][a-z0-9-]{0,62}$" }),
    purposes: Type.Array(Type.String({ maxLength: 64 }), { minItems: 1, maxItems: 50, uniqueItems: true }),
    material: Type.Boolean({
      description: "Whether people agreed to less than this says: older consents become stale.",
    }),
    texts: Type.Partial(
      Type.Object(
        { en: NoticeTextSchema, "zh-CN": NoticeTextSchema, "zh-TW": NoticeTextSchema },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

function showFinding(finding: NoticeFinding, reader: Locale, regimes: RegimePacks) {
  return { ...finding, message: explainFinding(finding, reader, regimes) };
}

function showNotice(notice: Notice, withTexts: boolean) {
  return {
    id: notice.id,
    version: notice.version,
    purposes: notice.purposes,
    material: notice.material,
    publishedAt: notice.publishedAt.toISOString(),
    sha256: noticeHashes(notice),
    ...(withTexts ? { texts: notice.texts } : {}),
  };
}

function showStale({ notice, ...stale }: StaleNotice) {
  return {
    ...stale,
    notice: notice === null ? null : { ...notice, publishedAt: notice.publishedAt.toISOString() },
  };
}

/** The doors of the registries: purposes, notices, the company, what a banner's categories stand for. */
export function registryRoutes(consent: Consent): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/purposes",
      operationId: "listPurposes",
      summary: "The purposes in force",
      tag: "consent",
      auth: readers,
      responses: {
        200: { describe: "All of them, as a purposes file holds them.", schema: PurposeFileSchema },
      },
      handle: async () => {
        const { rules } = await consent.snapshot();
        return {
          status: 200,
          body: { format: "candor-purposes/1", purposes: [...rules.purposes.values()] },
        };
      },
    }),
    route({
      method: "POST",
      path: "/v1/purposes",
      operationId: "applyPurposes",
      fourEyes: true,
      summary: "Apply a purposes file; ?preview=true only shows the difference",
      tag: "consent",
      auth: officers,
      query: Type.Object({
        preview: Type.Optional(Type.Boolean()),
        complete: Type.Optional(
          Type.Boolean({ description: "The file is the whole set: purposes that it does not name end." }),
        ),
      }),
      body: {
        kind: "raw",
        limit: 1024 * 1024,
        describe: "A purposes file in YAML or JSON, or one purpose in JSON.",
        schema: PurposeFileSchema,
      },
      responses: {
        200: {
          describe:
            "What changes, purpose by purpose, nothing when it is registered so already; and which notices do not fit afterwards.",
          schema: PurposeChangesSchema,
        },
      },
      handle: async ({ principal, requestId, query, body }) => {
        const purposes = parsePurposesFile(asFile(body.toString("utf8")));
        const preview = query.preview ?? false;
        const changes = await consent.registry.applyPurposes(
          { actor: actorOf(principal), requestId },
          purposes,
          { preview, complete: query.complete ?? false },
        );
        const now = await consent.snapshot();
        const complete = query.complete ?? false;
        const then = new Map([
          ...(complete ? [] : now.rules.purposes),
          ...purposes.map((purpose) => [purpose.id, purpose] as const),
        ]);
        const stale = staleNotices(now, [...then.values()]).map(showStale);
        return { status: 200, body: { applied: !preview && changes.length > 0, changes, stale } };
      },
    }),
    route({
      method: "GET",
      path: "/v1/notices",
      operationId: "listNotices",
      summary: "Published notices, every version, with the hash of each language",
      tag: "consent",
      auth: readers,
      query: Type.Object({
        id: Type.Optional(Type.String({ maxLength: 64 })),
        version: Type.Optional(Type.Integer({ minimum: 1 })),
        texts: Type.Optional(Type.Boolean({ description: "With the words themselves." })),
      }),
      responses: {
        200: { describe: "The notices.", schema: NoticesSchema },
      },
      handle: async ({ query }) => {
        const { notices } = await consent.snapshot();
        const wanted = notices.filter(
          (n) =>
            (query.id === undefined || n.id === query.id) &&
            (query.version === undefined || n.version === query.version),
        );
        return { status: 200, body: { notices: wanted.map((n) => showNotice(n, query.texts ?? false)) } };
      },
    }),
    route({
      method: "GET",
      path: "/v1/notices/stale",
      operationId: "listStaleNotices",
      summary: "Purposes that no notice explains, or whose newest notice no longer fits them, and why",
      tag: "consent",
      auth: { kind: "api-key", roles: ["admin", "compliance", "auditor"] },
      responses: {
        200: { describe: "By purpose; empty when every notice fits.", schema: StaleNoticesSchema },
      },
      handle: async () => ({
        status: 200,
        body: {
          items: staleNotices(await consent.snapshot()).map(showStale),
        },
      }),
    }),
    route({
      method: "POST",
      path: "/v1/notices",
      operationId: "publishNotice",
      fourEyes: true,
      summary: "Publish the next version of a notice; the linter names what it lacks",
      tag: "consent",
      auth: officers,
      query: Type.Object({
        preview: Type.Optional(Type.Boolean({ description: "Only lints." })),
        force: Type.Optional(Type.Boolean({ description: "Publishes in spite of what the linter found." })),
        locale: Type.Optional(LocaleName),
      }),
      body: { kind: "json", schema: NewNotice },
      responses: {
        200: { describe: "Not published: a preview, or the linter found errors.", schema: PublishedNotice },
        201: { describe: "Published.", schema: PublishedNotice },
      },
      handle: async ({ principal, requestId, query, body }) => {
        const { regimes } = await consent.rules();
        const { notice, findings, published } = await consent.registry.publishNotice(
          { actor: actorOf(principal), requestId },
          { ...body, texts: body.texts as Partial<Record<Locale, NoticeText>> },
          { preview: query.preview ?? false, force: query.force ?? false },
        );
        return {
          status: published ? 201 : 200,
          body: {
            published,
            notice: showNotice(notice, false),
            findings: findings.map((f) => showFinding(f, query.locale ?? "en", regimes)),
          },
        };
      },
    }),
    route({
      method: "GET",
      path: "/v1/controller",
      operationId: "getController",
      summary: "The company as notices and receipts name it",
      tag: "consent",
      auth: readers,
      responses: { 200: { describe: "Who answers for the data.", schema: ShownControllerSchema } },
      handle: async () => ({ status: 200, body: (await consent.snapshot()).controller }),
    }),
    route({
      method: "PUT",
      path: "/v1/controller",
      operationId: "setController",
      summary: "Say who answers for the data, and fill it into the starter notices",
      tag: "consent",
      auth: officers,
      body: { kind: "json", schema: ControllerSchema },
      responses: {
        200: {
          describe: "The starter notices that were published anew.",
          schema: Type.Object({ notices: Type.Array(Type.String()) }),
        },
      },
      handle: async ({ principal, requestId, body }) => ({
        status: 200,
        body: {
          notices: await consent.registry.setController({ actor: actorOf(principal), requestId }, body),
        },
      }),
    }),
    route({
      method: "PUT",
      path: "/v1/sources/:id/consent-categories",
      operationId: "setConsentCategories",
      summary: "Say which purposes the categories of a source's consent banner stand for",
      tag: "consent",
      auth: officers,
      params: Type.Object({ id: Id }),
      body: {
        kind: "json",
        schema: Type.Object(
          {
            categories: Type.Record(
              Type.String({ maxLength: 100 }),
              Type.Array(
                Type.Object(
                  {
                    purpose: Type.String({ maxLength: 64 }),
                    channel: Type.Optional(Channel),
                    notice: Type.Optional(
                      Type.Object(
                        { id: Type.String({ maxLength: 64 }), locale: LocaleName },
                        { additionalProperties: false },
                      ),
                    ),
                  },
                  { additionalProperties: false },
                ),
                { minItems: 1, maxItems: 20 },
              ),
            ),
          },
          { additionalProperties: false },
        ),
      },
      responses: { 204: { describe: "Set." } },
      handle: async ({ principal, requestId, params, body }) => {
        await consent.registry.setSourceCategories(
          { actor: actorOf(principal), requestId },
          params.id,
          body.categories,
        );
        return { status: 204 };
      },
    }),
    route({
      method: "GET",
      path: "/.well-known/jwks.json",
      operationId: "getSigningKeys",
      summary: "The public keys with which receipts are checked (RFC 7517)",
      tag: "consent",
      auth: { kind: "public" },
      responses: {
        200: { describe: "The keys.", schema: SigningKeysSchema },
      },
      handle: async () => ({ status: 200, body: await consent.signing.jwks() }),
    }),
  ];
}

/** A single purpose in JSON as the file it would stand in. */
function asFile(text: string): string {
  if (!text.trimStart().startsWith("{")) return text;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AppError("unparsable-body", { detail: "The body is not valid JSON.", cause });
  }
  return typeof value === "object" && value !== null && Object.hasOwn(value, "lawfulBasis")
    ? JSON.stringify({ format: "candor-purposes/1", purposes: [value] })
    : text;
}
