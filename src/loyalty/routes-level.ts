import { type Static, Type } from "typebox";
import type { Tx } from "../db/index.ts";
import { LOCALES } from "../i18n/index.ts";
import { AppError } from "../kernel/problems.ts";
import { type Route, type RouteRequest, route } from "../kernel/route.ts";
import {
  type GatedMember,
  gateMember,
  groupMembers,
  noteRead,
  type OrderState,
  PROFILING,
  readAllOrders,
  readSubjectsOfMembers,
  requirePurpose,
} from "../members/index.ts";
import { LevelSchema, WhatIfSchema } from "./answers.schema.ts";
import { showLevel } from "./level.ts";
import { levelUnder } from "./preview.ts";
import { purchaseDaysOf } from "./purchases.ts";
import type { LoyaltyRouteDeps } from "./route-deps.ts";
import { dayOf, subjectsAllowing } from "./scoring.ts";
import { readTiers } from "./tiers.store.ts";
import { readAnswers, readFeatures } from "./versions.store.ts";

const readers = { kind: "api-key", roles: ["admin", "compliance", "cx"] } as const;
const ById = Type.Object({ id: Type.String({ format: "uuid" }) });
const Asked = Type.Object({
  purpose: Type.Optional(Type.String({ maxLength: 64 })),
  locale: Type.Optional(Type.Enum(LOCALES)),
});

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

/** The doors by which one member's level is read and tried. */
export function levelRoutes(deps: LoyaltyRouteDeps): Route[] {
  const { db, clock, consent, versions } = deps;

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
  ];
}
