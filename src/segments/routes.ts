import { Type } from "typebox";
import type { Consent, ConsentRules, RegistrySnapshot } from "../../consent/index.ts";
import { actorOf, stageAudit } from "../audit/index.ts";
import type { Db, Tx } from "../db/index.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import { AppError } from "../kernel/problems.ts";
import { holdsRole, type Principal, type Route, route } from "../kernel/route.ts";
import { requirePurpose } from "../members/index.ts";
import {
  SegmentMembersSchema,
  SegmentPreviewSchema,
  SegmentSchema,
  SegmentsSchema,
} from "./answers.schema.ts";
import type { Rule } from "./rule.schema.ts";
import { parseRule, RULE_SCHEMA, showCount } from "./rule.ts";
import {
  countFitting,
  countMembers,
  endSegment,
  findSegment,
  insertSegment,
  isNameTaken,
  listSegments,
  readSegmentMembers,
  type SegmentRow,
  updateSegment,
} from "./segments.store.ts";

export interface SegmentRouteDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly consent: Consent;
  readonly evaluate: (tx: Tx, segment: SegmentRow) => Promise<number>;
  readonly note: (tx: Tx, memberIds: ReadonlySet<string>) => Promise<void>;
  readonly allowedAmong: (
    tx: Tx,
    rules: ConsentRules,
    memberIds: readonly string[],
    segment: Pick<SegmentRow, "purposeId" | "rule">,
  ) => Promise<string[]>;
}

const writers = { kind: "api-key", roles: ["admin", "compliance", "cx"] } as const;
const counters = { kind: "api-key", roles: ["admin", "compliance", "cx", "analyst"] } as const;
const ById = Type.Object({ id: Type.String({ format: "uuid" }) });
const Name = Type.String({ minLength: 1, maxLength: 100 });
const RuleBody = Type.Unsafe<unknown>({
  type: "object",
  description: "A rule tree; its JSON Schema is GET /v1/segments/schema.",
});
/** Whoever may list members is told exact counts. */
function seesMembers(principal: Principal): boolean {
  return holdsRole(principal) && (writers.roles as readonly string[]).includes(principal.role);
}

/** The doors of segments: define, count, preview, list. */
export function segmentRoutes(deps: SegmentRouteDeps): Route[] {
  const { db, clock, ids, consent } = deps;

  const readRule = (
    snapshot: RegistrySnapshot,
    principal: Principal,
    purposeId: string | undefined,
    rule: unknown,
  ): { purposeId: string; rule: Rule } => {
    const { purposes } = snapshot.rules;
    const named = requirePurpose(principal, purposeId, purposes);
    const purpose = purposes.get(named);
    const parsed = parseRule(rule, { categories: purpose?.categories ?? [] }, purposes);
    if (parsed.kind === "bad") throw new AppError("invalid-request", { errors: parsed.errors });
    return { purposeId: named, rule: parsed.rule };
  };
  const show = async (tx: Pick<Tx, "query">, principal: Principal, row: SegmentRow) => {
    const { count, total } = await countMembers(tx, row);
    return {
      id: row.id,
      name: row.name,
      purpose: row.purposeId,
      rule: row.rule,
      state: row.state,
      createdAt: row.createdAt.toISOString(),
      updatedAt: row.updatedAt.toISOString(),
      evaluatedAt: row.evaluatedAt?.toISOString() ?? null,
      members: showCount(count, total, seesMembers(principal)),
    };
  };
  const get = async (tx: Pick<Tx, "query">, id: string, lock = false): Promise<SegmentRow> => {
    const row = await findSegment(tx, id, lock);
    if (row === null) throw new AppError("not-found", { detail: "There is no segment by that id." });
    return row;
  };
  const taken = () => new AppError("conflict", { detail: "An active segment has that name." });

  return [
    route({
      method: "GET",
      path: "/v1/segments",
      operationId: "listSegments",
      summary: "Segments with their rules and counts",
      tag: "segments",
      auth: counters,
      query: Type.Object({
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
        after: Type.Optional(Type.String({ format: "uuid" })),
      }),
      responses: {
        200: {
          describe: "A page of segments.",
          schema: SegmentsSchema,
        },
      },
      handle: async ({ query, principal }) => {
        const limit = query.limit ?? 100;
        const found = await listSegments(db, { after: query.after ?? null, limit });
        const items = [];
        for (const row of found) items.push(await show(db, principal, row));
        return { status: 200, body: { items, next: found.length < limit ? null : found.at(-1)?.id } };
      },
    }),
    route({
      method: "GET",
      path: "/v1/segments/schema",
      operationId: "getSegmentRuleSchema",
      summary: "The JSON Schema of a segment's rule",
      tag: "segments",
      auth: counters,
      responses: {
        200: {
          describe: "JSON Schema 2020-12.",
          schema: Type.Record(Type.String(), Type.Unknown({ description: "Of the schema." })),
        },
      },
      handle: async () => ({ status: 200, body: RULE_SCHEMA }),
    }),
    route({
      method: "POST",
      path: "/v1/segments/preview",
      operationId: "previewSegment",
      summary: "Count the members whom a rule would fit, without keeping it",
      tag: "segments",
      auth: counters,
      body: {
        kind: "json",
        schema: Type.Object(
          { purpose: Type.Optional(Name), rule: RuleBody },
          { additionalProperties: false },
        ),
      },
      responses: {
        200: {
          describe: "The count, and of how many members the rule may ask.",
          schema: SegmentPreviewSchema,
        },
      },
      handle: async ({ body, principal }) => {
        const asked = readRule(await consent.snapshot(), principal, body.purpose, body.rule);
        const { count, total } = await countFitting(db, asked, clock.now());
        const exact = seesMembers(principal);
        return {
          status: 200,
          body: { members: showCount(count, total, exact), among: showCount(total, total, exact) },
        };
      },
    }),
    route({
      method: "POST",
      path: "/v1/segments",
      operationId: "createSegment",
      summary: "Define a segment; its members are found at once",
      tag: "segments",
      auth: writers,
      body: {
        kind: "json",
        schema: Type.Object(
          { name: Name, purpose: Type.Optional(Name), rule: RuleBody },
          { additionalProperties: false },
        ),
      },
      idempotent: true,
      responses: { 201: { describe: "The segment.", schema: SegmentSchema } },
      handle: async ({ body, principal, requestId }) => {
        const asked = readRule(await consent.snapshot(), principal, body.purpose, body.rule);
        const id = ids.next();
        return db.retryingTx(async (tx) => {
          if (!(await insertSegment(tx, { id, name: body.name, ...asked, at: clock.now() }))) throw taken();
          await deps.evaluate(tx, await get(tx, id));
          await stageAudit(tx, deps, {
            actor: actorOf(principal),
            action: "segment.created",
            purpose: asked.purposeId,
            targets: [{ kind: "segment", id }],
            requestId,
          });
          return { status: 201, body: await show(tx, principal, await get(tx, id)) };
        });
      },
    }),
    route({
      method: "GET",
      path: "/v1/segments/:id",
      operationId: "getSegment",
      summary: "A segment with its rule and count",
      tag: "segments",
      auth: counters,
      params: ById,
      responses: { 200: { describe: "The segment.", schema: SegmentSchema } },
      handle: async ({ params, principal }) => ({
        status: 200,
        body: await show(db, principal, await get(db, params.id)),
      }),
    }),
    route({
      method: "PATCH",
      path: "/v1/segments/:id",
      operationId: "changeSegment",
      summary: "Change a segment's name, purpose or rule",
      tag: "segments",
      auth: writers,
      params: ById,
      body: {
        kind: "json",
        schema: Type.Object(
          { name: Type.Optional(Name), purpose: Type.Optional(Name), rule: Type.Optional(RuleBody) },
          { additionalProperties: false, minProperties: 1 },
        ),
      },
      responses: { 200: { describe: "The segment as it is now.", schema: SegmentSchema } },
      handle: async ({ body, params, principal, requestId }) => {
        const snapshot = await consent.snapshot();
        return db.retryingTx(async (tx) => {
          const before = await get(tx, params.id, true);
          if (before.state === "ended") throw new AppError("gone");
          const name = body.name ?? before.name;
          if (await isNameTaken(tx, name, before.id)) throw taken();
          const asked = readRule(
            snapshot,
            principal,
            body.purpose ?? before.purposeId,
            body.rule ?? before.rule,
          );
          await updateSegment(tx, before.id, { name, ...asked, at: clock.now() });
          await deps.evaluate(tx, await get(tx, before.id));
          await stageAudit(tx, deps, {
            actor: actorOf(principal),
            action: "segment.changed",
            purpose: asked.purposeId,
            targets: [{ kind: "segment", id: before.id }],
            requestId,
          });
          return { status: 200, body: await show(tx, principal, await get(tx, before.id)) };
        });
      },
    }),
    route({
      method: "DELETE",
      path: "/v1/segments/:id",
      operationId: "endSegment",
      summary: "End a segment and forget who was in it",
      tag: "segments",
      auth: writers,
      params: ById,
      responses: { 204: { describe: "It has ended." } },
      handle: async ({ params, principal, requestId }) => {
        await db.retryingTx(async (tx) => {
          const row = await get(tx, params.id, true);
          if (row.state === "ended") return;
          await deps.note(tx, new Set(await endSegment(tx, row.id, clock.now())));
          await stageAudit(tx, deps, {
            actor: actorOf(principal),
            action: "segment.ended",
            targets: [{ kind: "segment", id: row.id }],
            requestId,
          });
        });
        return { status: 204 };
      },
    }),
    route({
      method: "GET",
      path: "/v1/segments/:id/members",
      operationId: "listSegmentMembers",
      summary: "The members of a segment, by id, under its purpose",
      tag: "segments",
      auth: writers,
      params: ById,
      query: Type.Object({
        purpose: Type.Optional(Type.String({ maxLength: 64 })),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
        after: Type.Optional(Type.String({ format: "uuid" })),
      }),
      responses: {
        200: {
          describe: "A page of member ids with the time since when each is in the segment.",
          schema: SegmentMembersSchema,
        },
      },
      handle: async ({ params, query, principal, requestId }) => {
        const { rules } = await consent.snapshot();
        const purpose = requirePurpose(principal, query.purpose, rules.purposes);
        const limit = query.limit ?? 200;
        const page = await db.tx(async (tx) => {
          const segment = await get(tx, params.id);
          if (segment.purposeId !== purpose)
            throw new AppError("purpose-not-allowed", { detail: "The segment serves another purpose." });
          const found = await readSegmentMembers(tx, segment.id, { after: query.after ?? null, limit });
          await stageAudit(tx, deps, {
            actor: actorOf(principal),
            action: "segment.members-read",
            purpose,
            targets: [{ kind: "segment", id: segment.id }],
            counts: { members: found.length },
            requestId,
          });
          const allowed = new Set(
            await deps.allowedAmong(
              tx,
              rules,
              found.map((m) => m.memberId),
              segment,
            ),
          );
          return { found, items: found.filter((m) => allowed.has(m.memberId)) };
        });
        return {
          status: 200,
          body: {
            items: page.items.map((m) => ({ memberId: m.memberId, since: m.since.toISOString() })),
            next: page.found.length < limit ? null : page.found.at(-1)?.memberId,
          },
        };
      },
    }),
  ];
}
