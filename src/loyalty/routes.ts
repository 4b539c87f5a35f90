import { type Static, Type } from "typebox";
import type { Consent } from "../../consent/index.ts";
import { actorOf, stageAudit } from "../audit/index.ts";
import type { Db, Tx } from "../db/index.ts";
import { LOCALES } from "../i18n/index.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import { AppError } from "../kernel/problems.ts";
import { type Route, type RouteRequest, route } from "../kernel/route.ts";
import {
  type createCoarseReader,
  type GatedMember,
  gateMember,
  groupMembers,
  noteRead,
  type OrderState,
  PROFILING,
  readAllOrders,
  readSubjectsOfMembers,
  requirePurpose,
  stageChanges,
} from "../members/index.ts";
import { DecidedSchema, LevelSchema, WhatIfSchema } from "./answers.schema.ts";
import { showLevel } from "./level.ts";
import { levelUnder } from "./preview.ts";
import { purchaseDaysOf } from "./purchases.ts";
import { listRoutes } from "./routes-lists.ts";
import { programmeRoutes } from "./routes-programme.ts";
import { rulebookRoutes } from "./rulebook.ts";
import { dayOf, subjectsAllowing } from "./scoring.ts";
import { insertDecision, insertHistory, readDecisions, readTiers, saveTiers } from "./tiers.store.ts";
import { newTierState } from "./tiers.ts";
import { readAnswers, readFeatures } from "./versions.store.ts";
import type { Versions } from "./versions.ts";

export interface LoyaltyRouteDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly consent: Consent;
  readonly coarse: ReturnType<typeof createCoarseReader>;
  readonly versions: Versions;
  readonly everyone: (options?: { readonly force?: boolean }) => Promise<number | null>;
}

const readers = { kind: "api-key", roles: ["admin", "compliance", "cx"] } as const;
const deciders = { kind: "api-key", roles: ["admin", "compliance"] } as const;
const ById = Type.Object({ id: Type.String({ format: "uuid" }) });
const Asked = Type.Object({
  purpose: Type.Optional(Type.String({ maxLength: 64 })),
  locale: Type.Optional(Type.Enum(LOCALES)),
});
const Day = Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" });
const Id = Type.String({ pattern: "^[a-z][a-z0-9-]{0,30}$" });

/** Why staff decided otherwise, or a member asked: codes, so that no free text about a person is kept. */
export const DECISION_REASONS = [
  "member-asked",
  "data-was-wrong",
  "special-circumstances",
  "complaint-upheld",
  "goodwill",
  "score-confirmed",
] as const;

/** What of a member's level one read may show. */
interface Shown {
  readonly allowed: boolean;
  readonly tiers: boolean;
  /** The accounts that the level is made from, and how many of the member's are left out of it. */
  readonly profiled: ReadonlySet<string>;
  readonly leftOut: number;
}

/** Orders that a trial offers for return. */
const SHOWN_ORDERS = 20;
const SCALES = { nps: [0, 10], csat: [1, 5], ces: [1, 7], comparative: [0, 10] } as const;

/** The newest orders of which something could still be taken back, newest first. Pure. */
function returnable(orders: readonly OrderState[]): Static<typeof WhatIfSchema>["orders"] {
  const returned = new Set(orders.map((o) => o.returnsOrderKey));
  return orders
    .filter((o) => o.kind === "order" && !o.cancelled && o.netMinor > 0 && !returned.has(o.orderKey))
    .sort((a, b) => (a.orderedAt < b.orderedAt ? 1 : a.orderedAt > b.orderedAt ? -1 : 0))
    .slice(0, SHOWN_ORDERS)
    .map((o) => ({
      key: o.orderKey,
      orderedAt: o.orderedAt,
      storeId: o.storeId,
      currency: o.currency,
      netMinor: o.netMinor,
    }));
}

/** The doors of one member's level: read, try, ask for a review, decide. */
export function loyaltyRoutes(deps: LoyaltyRouteDeps): Route[] {
  const { db, clock, ids, consent, versions } = deps;

  /** The registry and what scores are read first: on the embedded engine nothing else may be read in a transaction. */
  const gate = async <T>(
    request: Pick<RouteRequest, "principal" | "requestId">,
    purposeAsked: string | undefined,
    memberId: string,
    work: (tx: Tx, gated: GatedMember, may: Shown) => Promise<T>,
  ): Promise<T> => {
    const snapshot = await consent.snapshot();
    const purpose = requirePurpose(request.principal, purposeAsked, snapshot.rules.purposes);
    await versions.scoring();
    return db.retryingTx(async (tx) => {
      const gated = await gateMember(tx, deps, snapshot, { purpose, channel: null }, memberId);
      const { member } = gated;
      const standing = (await consent.standings(tx, [member])).get(member.memberId);
      const profiled =
        standing === undefined ? [] : [...subjectsAllowing(snapshot.rules, standing, PROFILING)];
      const allowed = profiled.length > 0 && profiled.every((id) => gated.gate.may("derived", id));
      const tiers = member.subjects.some((s) => gated.gate.may("transaction", s.subjectId));
      const given = [...(allowed ? ["derived", "survey"] : []), ...(tiers ? ["transaction"] : [])];
      await noteRead(tx, deps, request, { action: "loyalty.read", purpose, gated, given });
      return work(tx, gated, {
        allowed,
        tiers,
        profiled: new Set(profiled),
        leftOut: member.subjects.length - profiled.length,
      });
    });
  };

  return [
    route({
      method: "GET",
      path: "/v1/members/:id/loyalty",
      operationId: "getMemberLoyalty",
      summary: "A member's score, condition and tiers, with what made them and an explanation in words",
      tag: "loyalty",
      auth: readers,
      params: ById,
      query: Asked,
      responses: {
        200: { describe: "The level. `not_scored` while profiling is not allowed.", schema: LevelSchema },
      },
      handle: async (request) => {
        const { params, query } = request;
        const body = await gate(
          request,
          query.purpose,
          params.id,
          async (tx, { member }, { allowed, tiers, leftOut }) =>
            showLevel(tx, await versions.scoring(tx), {
              memberId: member.memberId,
              locale: query.locale ?? "en",
              allowed,
              tiers,
              leftOut,
              today: dayOf(clock.now()),
            }),
        );
        return { status: 200, body };
      },
    }),
    route({
      method: "POST",
      path: "/v1/members/:id/loyalty/what-if",
      operationId: "tryMemberLoyalty",
      summary:
        "What a member's level would be with further answers, or after returning an order. Nothing is kept.",
      tag: "loyalty",
      auth: readers,
      params: ById,
      query: Asked,
      body: {
        kind: "json",
        schema: Type.Object(
          {
            answers: Type.Optional(
              Type.Array(
                Type.Object(
                  {
                    kind: Type.Enum(["nps", "csat", "ces", "comparative"] as const),
                    score: Type.Number(),
                    relational: Type.Optional(Type.Boolean()),
                  },
                  { additionalProperties: false },
                ),
                { maxItems: 20 },
              ),
            ),
            returnOrder: Type.Optional(Type.String({ minLength: 1, maxLength: 300 })),
          },
          { additionalProperties: false },
        ),
      },
      responses: { 200: { describe: "The level now and then.", schema: WhatIfSchema } },
      handle: async (request) => {
        const { params, query, body } = request;
        const answer = await gate(request, query.purpose, params.id, async (tx, { member }, may) => {
          if (!may.allowed) return { state: "not_scored", now: null, after: null, orders: [] };
          const { memberId } = member;
          const at = clock.now();
          const scoring = await versions.scoring(tx);
          const [feature] = await readFeatures(tx, [memberId]);
          if (feature === undefined) return { state: "no_purchases", now: null, after: null, orders: [] };
          const known = {
            feature,
            answers: await readAnswers(tx, [memberId]),
            tiers: await readTiers(tx, [memberId]),
          };
          const more = (body.answers ?? []).map((a, i) => {
            const [low, high] = SCALES[a.kind];
            if (a.score < low || a.score > high)
              throw new AppError("invalid-request", {
                errors: [
                  { path: `/answers/${i}/score`, code: "scale", message: `must be from ${low} to ${high}` },
                ],
              });
            return {
              memberId,
              eventId: `what-if-${i}`,
              kind: a.kind,
              relational: a.relational ?? false,
              y: (a.score - low) / (high - low),
              at,
            };
          });
          let days: Pick<typeof feature, "days" | "amounts" | "currency" | "unit"> | null = feature;
          const live = (await readSubjectsOfMembers(tx, [memberId])).filter((s) =>
            may.profiled.has(s.subjectId),
          );
          const orders = (await readAllOrders(tx, groupMembers(live))).get(memberId) ?? [];
          if (body.returnOrder !== undefined) {
            if (!orders.some((o) => o.orderKey === body.returnOrder))
              throw new AppError("not-found", { detail: "The member has no order by that key." });
            days = purchaseDaysOf(
              orders.filter((o) => o.orderKey !== body.returnOrder && o.returnsOrderKey !== body.returnOrder),
            );
          }
          const after =
            days === null
              ? null
              : levelUnder(
                  scoring,
                  scoring.rules,
                  { ...known, feature: { ...feature, ...days }, answers: [...known.answers, ...more] },
                  at,
                );
          return {
            state: "scored",
            now: levelUnder(scoring, scoring.rules, known, at),
            after,
            orders: may.tiers ? returnable(orders) : [],
          };
        });
        return { status: 200, body: answer };
      },
    }),
    route({
      method: "POST",
      path: "/v1/members/:id/loyalty/reviews",
      operationId: "requestLoyaltyReview",
      summary: "Note that a member asks for a person to look at the level (GDPR Art. 22, PIPL Art. 24)",
      tag: "loyalty",
      auth: readers,
      params: ById,
      responses: { 201: { describe: "The review that was asked for.", schema: DecidedSchema } },
      handle: async ({ params, principal, requestId }) => {
        const actor = actorOf(principal);
        const at = clock.now();
        const id = ids.next();
        return db.retryingTx(async (tx) => {
          const member = (await consent.members.subjectsOf(tx, [params.id])).get(params.id);
          if (member === undefined)
            throw new AppError("not-found", { detail: "There is no member by that id." });
          await insertDecision(tx, {
            memberId: member.memberId,
            id,
            kind: "review-requested",
            reason: "member-asked",
            structure: null,
            tier: null,
            fixedUntil: null,
            by: actor.id,
            at,
          });
          await stageAudit(tx, deps, {
            actor,
            action: "loyalty.review-requested",
            targets: [{ kind: "member", id: member.memberId }],
            requestId,
          });
          return { status: 201, body: { id, memberId: member.memberId, at: at.toISOString() } };
        });
      },
    }),
    route({
      method: "POST",
      path: "/v1/members/:id/loyalty/decisions",
      operationId: "decideMemberLoyalty",
      summary: "Close a review: confirm the level, or set a tier otherwise until a day, with a reason",
      tag: "loyalty",
      auth: deciders,
      params: ById,
      body: {
        kind: "json",
        schema: Type.Object(
          {
            reason: Type.Enum(DECISION_REASONS),
            override: Type.Optional(
              Type.Object({ structure: Id, tier: Id, until: Day }, { additionalProperties: false }),
            ),
          },
          { additionalProperties: false },
        ),
      },
      responses: { 201: { describe: "The decision.", schema: DecidedSchema } },
      handle: async ({ params, body, principal, requestId }) => {
        const actor = actorOf(principal);
        const at = clock.now();
        const today = dayOf(at);
        await versions.scoring();
        return db.retryingTx(async (tx) => {
          const member = (await consent.members.subjectsOf(tx, [params.id])).get(params.id);
          if (member === undefined)
            throw new AppError("not-found", { detail: "There is no member by that id." });
          const { memberId } = member;
          const { rules } = await versions.scoring(tx);
          const id = ids.next();
          const { override } = body;
          const until = override === undefined ? null : dayOf(new Date(`${override.until}T00:00:00Z`));
          if (override !== undefined && until !== null) {
            const structure = rules.structures.find((s) => s.id === override.structure);
            const known =
              structure !== undefined &&
              [structure.base, ...structure.tiers].some((t) => t.id === override.tier);
            if (structure === undefined || !known || !(until > today))
              throw new AppError("invalid-request", {
                errors: [
                  {
                    path: "/override",
                    code: "tier",
                    message: "must name a tier of the rules and a day to come",
                  },
                ],
              });
            const had = (await readTiers(tx, [memberId])).find((t) => t.structure === structure.id);
            await saveTiers(tx, [
              {
                memberId,
                structure: structure.id,
                mode: had?.mode ?? "scored",
                state: { ...newTierState(structure, today), tier: override.tier, heldUntil: until },
                carriedBy: null,
                fixedUntil: until,
                parts: had?.parts ?? null,
              },
            ]);
            await insertHistory(tx, [
              {
                memberId,
                id: ids.next(),
                at,
                structure: structure.id,
                before: had?.state.tier ?? null,
                after: override.tier,
                reason: "staff-decision",
                figure: null,
                modelId: null,
                rulesVersion: null,
              },
            ]);
            await stageChanges(tx, deps, "level.changed", [memberId]);
          }
          await insertDecision(tx, {
            memberId,
            id,
            kind: override === undefined ? "review-closed" : "override",
            reason: body.reason,
            structure: override?.structure ?? null,
            tier: override?.tier ?? null,
            fixedUntil: until,
            by: actor.id,
            at,
          });
          // An override answers any review that was open.
          const open = (await readDecisions(tx, memberId)).some((d) => d.kind === "review-requested");
          if (override !== undefined && open)
            await insertDecision(tx, {
              memberId,
              id: ids.next(),
              kind: "review-closed",
              reason: body.reason,
              structure: null,
              tier: null,
              fixedUntil: null,
              by: actor.id,
              at,
            });
          await stageAudit(tx, deps, {
            actor,
            action: override === undefined ? "loyalty.review-closed" : "loyalty.overridden",
            targets: [{ kind: "member", id: memberId }],
            requestId,
          });
          return { status: 201, body: { id, memberId, at: at.toISOString() } };
        });
      },
    }),
    ...listRoutes(deps),
    ...programmeRoutes(deps),
    ...rulebookRoutes(deps),
  ];
}
