import { Type } from "typebox";
import { noteDisclosures, type Standing } from "../../consent/index.ts";
import { actorOf, stageAudit } from "../audit/index.ts";
import { cutOrdered, OrderCursor, readOrder, sortBy } from "../kernel/list-order.ts";
import { AppError } from "../kernel/problems.ts";
import { holdsRole, type Route, route } from "../kernel/route.ts";
import { groupMembers, PROFILING, readSubjectsOfMembers, requirePurpose } from "../members/index.ts";
import { MembersByLevelSchema, ReviewsSchema } from "./answers.schema.ts";
import { LEVEL_ORDERS, levelPlace, readMembersByLevel, readOpenReviews } from "./lists.store.ts";
import type { LoyaltyRouteDeps } from "./route-deps.ts";
import { subjectsAllowing } from "./scoring.ts";

const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 200 }));
const Name = Type.Optional(Type.String({ pattern: "^[a-z][a-z0-9-]{0,30}$" }));
const PAGE = 50;

/** Lists of members: those of a condition or tier, and those whose level a person should look at. */
export function listRoutes(deps: LoyaltyRouteDeps): Route[] {
  const { db, clock, consent } = deps;
  return [
    route({
      method: "GET",
      path: "/v1/loyalty/members",
      operationId: "listLoyaltyMembers",
      summary: "The scored members of a condition, a tier or both, under the purpose of profiling",
      tag: "loyalty",
      auth: { kind: "api-key", roles: ["admin", "compliance", "cx"] },
      query: Type.Object({
        purpose: Type.Optional(Type.String({ maxLength: 64 })),
        condition: Name,
        structure: Name,
        tier: Name,
        limit: Limit,
        sort: sortBy(LEVEL_ORDERS, "member"),
        after: OrderCursor,
      }),
      responses: {
        200: {
          describe: "A page; those who allow profiling no more are left out.",
          schema: MembersByLevelSchema,
        },
      },
      handle: async ({ query, principal, requestId }) => {
        const { rules } = await consent.snapshot();
        const purpose = requirePurpose(principal, query.purpose, rules.purposes);
        if (purpose !== PROFILING)
          throw new AppError("purpose-not-allowed", { detail: "Levels serve profiling alone." });
        if ((query.tier === undefined) !== (query.structure === undefined))
          throw new AppError("invalid-request", {
            errors: [{ path: "/tier", code: "structure", message: "must come together with its structure" }],
          });
        const order = readOrder(LEVEL_ORDERS, query.sort ?? "member", query.after);
        // A tier goes with the score: by score, a list of one would be looked for behind all other members.
        if (order.by === "score" && query.tier !== undefined)
          throw new AppError("invalid-request", {
            errors: [{ path: "/sort", code: "tier", message: "must be by member where a tier is asked for" }],
          });
        const limit = query.limit ?? PAGE;
        const actor = actorOf(principal);
        const { items, next } = await db.retryingTx(async (tx) => {
          const found = await readMembersByLevel(tx, {
            order,
            limit: limit + 1,
            ...(query.condition === undefined ? {} : { condition: query.condition }),
            ...(query.structure === undefined || query.tier === undefined
              ? {}
              : { tier: { structure: query.structure, id: query.tier } }),
          });
          const { page, next } = cutOrdered(found, limit, order, (m) => levelPlace(m, order.by));
          const members = groupMembers(
            await readSubjectsOfMembers(
              tx,
              page.map((m) => m.memberId),
            ),
          );
          const standings = await consent.standings(tx, members);
          const open = new Map(
            members.map((m) => [
              m.memberId,
              subjectsAllowing(rules, standings.get(m.memberId) as Standing, PROFILING),
            ]),
          );
          const items = page.filter((m) => (open.get(m.memberId)?.size ?? 0) > 0);
          await noteDisclosures(
            tx,
            { kind: holdsRole(principal) ? principal.role : actor.kind, id: actor.id, purposeId: purpose },
            items.flatMap((m) =>
              [...(open.get(m.memberId) ?? [])].map((subjectId) => ({ subjectId, categories: ["derived"] })),
            ),
            clock.now(),
          );
          await stageAudit(tx, deps, {
            actor,
            action: "loyalty.members-read",
            purpose,
            targets: [],
            counts: { members: items.length },
            requestId,
          });
          return { items, next };
        });
        return {
          status: 200,
          body: { items: items.map((m) => ({ ...m, scoredAt: m.scoredAt.toISOString() })), next },
        };
      },
    }),
    route({
      method: "GET",
      path: "/v1/loyalty/reviews",
      operationId: "listLoyaltyReviews",
      summary: "Reviews that members asked for and nobody has closed, oldest first",
      tag: "loyalty",
      auth: { kind: "api-key", roles: ["admin", "compliance"] },
      query: Type.Object({ limit: Limit, after: Type.Optional(Type.String({ format: "uuid" })) }),
      responses: { 200: { describe: "A page of open reviews.", schema: ReviewsSchema } },
      handle: async ({ query }) => {
        const limit = query.limit ?? PAGE;
        const found = await readOpenReviews(db, { after: query.after ?? null, limit });
        return {
          status: 200,
          body: {
            items: found.map((r) => ({ ...r, at: r.at.toISOString() })),
            next: found.length < limit ? null : (found.at(-1)?.id ?? null),
          },
        };
      },
    }),
  ];
}
