import { Type } from "typebox";
import { chooseLocale, LOCALES, RegimeName } from "../../../consent/index.ts";
import { actorOf, stageAudit } from "../../audit/index.ts";
import { standardKind } from "../../kernel/identifier.ts";
import { AppError } from "../../kernel/problems.ts";
import { type Route, route } from "../../kernel/route.ts";
import { countSuppressions, markRejoined, readSuppressions, suppressionMacs } from "../../members/index.ts";
import { normaliseIdentifier } from "../../vault/index.ts";
import type { CertificateBody } from "./certificate.ts";
import { certificatePage } from "./certificate-page.ts";
import { findCertificate, listCertificates } from "./certificates.store.ts";
import type { FulfilDeps } from "./deps.ts";
import { type HoldRow, insertHold, liftHold, listHolds, readMemberSubjects } from "./erasure.store.ts";
import { ERASURE_STEPS, type Fulfilment, PACKAGE_STEPS, RUN_STATES } from "./port.ts";
import { listRuns, readOpenRunsOf } from "./runs.store.ts";

const OFFICERS = { kind: "api-key", roles: ["admin", "compliance"] } as const;
const READERS = { kind: "api-key", roles: ["admin", "compliance", "auditor"] } as const;
const JOINERS = { kind: "api-key", roles: ["admin", "compliance", "cx"] } as const;
const Uuid = Type.String({ format: "uuid" });
const ById = Type.Object({ id: Uuid });
const Lang = Type.Object({ lang: Type.Optional(Type.Enum(LOCALES)) });
const HoldSchema = Type.Object({
  holdId: Uuid,
  ground: Type.String(),
  reference: Type.String(),
  since: Type.String(),
  until: Type.Union([Type.String(), Type.Null()]),
  liftedAt: Type.Union([Type.String(), Type.Null()]),
});

const MaybeString = Type.Union([Type.String(), Type.Null()]);
const RunSchema = Type.Object({
  runId: Uuid,
  requestId: Uuid,
  kind: Type.Enum(["erasure", "access", "portability"]),
  state: Type.Enum(RUN_STATES),
  startedAt: Type.String(),
  finishedAt: MaybeString,
  steps: Type.Array(
    Type.Object({
      step: Type.Enum([...new Set([...ERASURE_STEPS, ...PACKAGE_STEPS])]),
      state: Type.Enum(["waiting", "running", "done", "failed"]),
      startedAt: MaybeString,
      finishedAt: MaybeString,
      attempts: Type.Integer(),
      failure: MaybeString,
      counts: Type.Record(Type.String(), Type.Number()),
    }),
  ),
  certificateId: MaybeString,
  packageId: MaybeString,
});
const RunPage = Type.Object({
  runs: Type.Array(
    Type.Object({
      runId: Uuid,
      requestId: Uuid,
      kind: Type.String(),
      state: Type.Enum(RUN_STATES),
      step: MaybeString,
      failures: Type.Integer({ description: "Failures in a row of the step at which it stands." }),
      failure: Type.Union([Type.String(), Type.Null()], { description: "The last one, as a code." }),
      startedAt: Type.String(),
      finishedAt: MaybeString,
    }),
  ),
  next: MaybeString,
});

function showHold(hold: HoldRow) {
  return {
    holdId: hold.holdId,
    ground: hold.ground,
    reference: hold.reference,
    since: hold.since.toISOString(),
    until: hold.until?.toISOString() ?? null,
    liftedAt: hold.liftedAt?.toISOString() ?? null,
  };
}

/** The doors to what was done: previews, runs, certificates, holds, and joining again. */
export function fulfilRoutes(deps: FulfilDeps, fulfilment: Fulfilment): Route[] {
  const { db, clock, ids } = deps;
  return [
    route({
      method: "GET",
      path: "/v1/members/:id/erasure-preview",
      operationId: "previewMemberErasure",
      summary: "What an erasure of a member would delete, what law keeps and why, and what stands in its way",
      tag: "privacy",
      auth: OFFICERS,
      params: ById,
      query: Type.Object({ regime: Type.Optional(RegimeName) }),
      responses: {
        200: { describe: "Counts for every table that leads to the member.", schema: Type.Unknown() },
      },
      handle: async ({ params, query }) => {
        if ((await readMemberSubjects(db, [params.id])).length === 0)
          throw new AppError("not-found", { detail: "There is no member by that id." });
        const body = await fulfilment.previewErasure({
          requestId: ids.next(),
          memberId: params.id,
          subjectIds: [],
          regime: query.regime ?? null,
          locale: "en",
          kind: "erasure",
        });
        return { status: 200, body };
      },
    }),
    route({
      method: "GET",
      path: "/v1/privacy/runs/:id",
      operationId: "getPrivacyRun",
      summary: "How far an erasure or a package is, step by step",
      tag: "privacy",
      auth: READERS,
      params: ById,
      responses: { 200: { describe: "States, times, counts and failures.", schema: RunSchema } },
      handle: async ({ params }) => {
        const body = await fulfilment.progress(params.id);
        if (body === null) throw new AppError("not-found", { detail: "There is no run by that id." });
        return { status: 200, body };
      },
    }),
    route({
      method: "GET",
      path: "/v1/privacy/runs",
      operationId: "listPrivacyRuns",
      summary: "List erasures and packages by state, such as those whose step has failed",
      tag: "privacy",
      auth: READERS,
      query: Type.Object({
        state: Type.Optional(Type.Enum(RUN_STATES)),
        after: Type.Optional(Uuid),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
      }),
      responses: { 200: { describe: "A page, oldest first.", schema: RunPage } },
      handle: async ({ query }) => {
        const limit = query.limit ?? 50;
        const found = await listRuns(db, { ...query, limit: limit + 1 });
        const runs = found.slice(0, limit);
        return {
          status: 200,
          body: {
            runs: runs.map((r) => ({
              runId: r.runId,
              requestId: r.requestId,
              kind: r.kind,
              state: r.state,
              step: r.step,
              failures: r.failures,
              failure: r.failure,
              startedAt: r.startedAt.toISOString(),
              finishedAt: r.finishedAt?.toISOString() ?? null,
            })),
            next: found.length > limit ? (runs.at(-1)?.runId ?? null) : null,
          },
        };
      },
    }),
    route({
      method: "POST",
      path: "/v1/privacy/runs/:id/retry",
      operationId: "retryPrivacyRun",
      summary: "Try a run whose step has failed again, at once",
      tag: "privacy",
      auth: OFFICERS,
      params: ById,
      responses: { 200: { describe: "How far it is.", schema: RunSchema } },
      handle: async ({ params, principal, requestId }) => {
        const revived = await db.tx(async (tx) => {
          const done = await fulfilment.retry(tx, params.id);
          if (done)
            await stageAudit(tx, deps, {
              actor: actorOf(principal),
              action: "privacy-run.retried",
              targets: [{ kind: "run", id: params.id }],
              requestId,
            });
          return done;
        });
        const body = await fulfilment.progress(params.id);
        if (body === null) throw new AppError("not-found", { detail: "There is no run by that id." });
        if (!revived) throw new AppError("conflict", { detail: "The run has not failed." });
        return { status: 200, body };
      },
    }),
    route({
      method: "GET",
      path: "/v1/certificates",
      operationId: "listCertificates",
      summary: "List certificates, newest first",
      tag: "privacy",
      auth: READERS,
      query: Type.Object({
        request: Type.Optional(Uuid),
        kind: Type.Optional(Type.String({ maxLength: 40 })),
        before: Type.Optional(Uuid),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
      }),
      responses: { 200: { describe: "Ids, kinds and times.", schema: Type.Unknown() } },
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
          schema: Type.Object({
            certificate: Type.Unknown(),
            jws: Type.String(),
            keys: Type.Unknown(),
            proof: Type.Unknown(),
          }),
        },
      },
      handle: async ({ params }) => {
        const found = await findCertificate(db, params.id);
        if (found === null)
          throw new AppError("not-found", { detail: "There is no certificate by that id." });
        return {
          status: 200,
          headers: { "content-disposition": `inline; filename="certificate-${found.certificateId}.json"` },
          body: {
            certificate: found.body,
            jws: found.jws,
            keys: await deps.consent.signing.jwks(),
            proof: await deps.evidence.inclusionProof(found.auditEntry),
          },
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
        return certificatePage(found.body as CertificateBody, locale, regimes);
      },
    }),
    route({
      method: "GET",
      path: "/v1/holds",
      operationId: "listHolds",
      summary: "List legal holds",
      tag: "privacy",
      auth: READERS,
      query: Type.Object({ open: Type.Optional(Type.Boolean()) }),
      responses: {
        200: { describe: "Newest first.", schema: Type.Object({ holds: Type.Array(HoldSchema) }) },
      },
      handle: async ({ query }) => ({
        status: 200,
        body: { holds: (await listHolds(db, { open: query.open ?? true, at: clock.now() })).map(showHold) },
      }),
    }),
    route({
      method: "POST",
      path: "/v1/holds",
      operationId: "setHold",
      summary: "Forbid erasing a member while an order or a claim stands",
      tag: "privacy",
      auth: OFFICERS,
      body: {
        kind: "json",
        schema: Type.Object(
          {
            memberId: Uuid,
            ground: Type.String({
              minLength: 1,
              maxLength: 500,
              description: "The rule or order, without names of people.",
            }),
            reference: Type.String({
              minLength: 1,
              maxLength: 500,
              description: "The file number, without names of people.",
            }),
            until: Type.Optional(Type.String({ format: "date-time" })),
          },
          { additionalProperties: false },
        ),
      },
      responses: { 201: { describe: "The hold.", schema: HoldSchema } },
      handle: async ({ body, principal, requestId }) => {
        const until = body.until === undefined ? null : new Date(body.until);
        const hold = await db.tx(async (tx) => {
          const subjects = (await readMemberSubjects(tx, [body.memberId])).map((s) => s.subjectId);
          if (subjects.length === 0)
            throw new AppError("not-found", { detail: "There is no member by that id." });
          const late = (await readOpenRunsOf(tx, subjects)).some((r) =>
            ["destroy-keys", "verify", "recipient-answers", "certificate"].includes(r.step ?? ""),
          );
          if (late) throw new AppError("conflict", { detail: "The member has been erased already." });
          const row = {
            holdId: ids.next(),
            subjects,
            ground: body.ground,
            reference: body.reference,
            setBy: actorOf(principal).id,
            since: clock.now(),
            until,
          };
          await insertHold(tx, row);
          await stageAudit(tx, deps, {
            actor: actorOf(principal),
            action: "hold.set",
            targets: [{ kind: "member", id: body.memberId }],
            requestId,
          });
          return { ...row, liftedAt: null };
        });
        return { status: 201, body: showHold(hold) };
      },
    }),
    route({
      method: "POST",
      path: "/v1/holds/:id/lift",
      operationId: "liftHold",
      summary: "Lift a legal hold; erasures that waited for it go on",
      tag: "privacy",
      auth: OFFICERS,
      params: ById,
      responses: { 200: { describe: "The hold.", schema: HoldSchema } },
      handle: async ({ params, principal, requestId }) => {
        const hold = await db.tx(async (tx) => {
          const actor = actorOf(principal);
          const lifted = await liftHold(tx, params.id, { actorId: actor.id, at: clock.now() });
          if (lifted === null)
            throw new AppError("not-found", { detail: "There is no hold by that id that stands." });
          await stageAudit(tx, deps, {
            actor,
            action: "hold.lifted",
            targets: [{ kind: "hold", id: params.id }],
            requestId,
          });
          return lifted;
        });
        return { status: 200, body: showHold(hold) };
      },
    }),
    route({
      method: "GET",
      path: "/v1/suppressions",
      operationId: "countSuppressions",
      summary: "How many erased people are kept from coming back, and how many joined again",
      tag: "privacy",
      auth: READERS,
      responses: {
        200: {
          describe: "Counts; the list itself is used for nothing but keeping people erased.",
          schema: Type.Object({
            entries: Type.Integer(),
            people: Type.Integer(),
            rejoined: Type.Integer(),
          }),
        },
      },
      handle: async () => ({ status: 200, body: await countSuppressions(db) }),
    }),
    route({
      method: "POST",
      path: "/v1/suppressions/rejoin",
      operationId: "joinAgain",
      summary:
        "Let somebody who was erased join again, because they ask for it; only later events are admitted",
      tag: "privacy",
      auth: JOINERS,
      body: {
        kind: "json",
        schema: Type.Object(
          {
            identifiers: Type.Array(
              Type.Object(
                {
                  kind: Type.String({ minLength: 1, maxLength: 100 }),
                  value: Type.String({ minLength: 1, maxLength: 1_000 }),
                  issuer: Type.Optional(Type.String({ maxLength: 200 })),
                  region: Type.Optional(Type.String({ pattern: "^[A-Z]{2}$" })),
                },
                { additionalProperties: false },
              ),
              { minItems: 1, maxItems: 20 },
            ),
            method: Type.Enum(["in-person", "form", "letter", "telephone"] as const),
          },
          { additionalProperties: false },
        ),
      },
      responses: {
        200: {
          describe: "From when on events are admitted.",
          schema: Type.Object({ admittedFrom: Type.String(), identifiers: Type.Integer() }),
        },
      },
      handle: async ({ body, principal, requestId }) => {
        const macs = body.identifiers.flatMap((asked, i) => {
          const kind = standardKind(asked.kind);
          const read = normaliseIdentifier(
            kind,
            asked.value,
            asked.region === undefined ? {} : { region: asked.region },
          );
          if (read.kind !== "ok") {
            throw new AppError("invalid-request", {
              errors: [
                {
                  path: `/identifiers/${i}/value`,
                  code: "identifier",
                  message: "This is not a value that an identifier of that kind can have.",
                },
              ],
            });
          }
          return suppressionMacs(deps.vault, { kind, issuer: asked.issuer ?? "", value: read.value });
        });
        const at = clock.now();
        const returned: string[] = [];
        const changed = await db.tx(async (tx) => {
          returned.length = 0;
          const found = await readSuppressions(
            tx,
            macs.map((m) => m.toString("hex")),
          );
          const runs = [...new Set(found.map((f) => f.runId))];
          if (runs.length === 0)
            throw new AppError("not-found", { detail: "Nobody by these identifiers is kept out." });
          const n = await markRejoined(tx, runs, at);
          returned.push(...runs);
          await stageAudit(tx, deps, {
            actor: actorOf(principal),
            action: "suppression.rejoined",
            targets: runs.map((id) => ({ kind: "run", id })),
            counts: { identifiers: n, [body.method]: 1 },
            requestId,
          });
          return n;
        });
        // After the commit: a list that came back from the ledger too early would keep out, and never let in.
        await deps.vault.erasures.noteRejoined(returned, at);
        return { status: 200, body: { admittedFrom: at.toISOString(), identifiers: changed } };
      },
    }),
  ];
}
