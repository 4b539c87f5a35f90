import { Type } from "typebox";
import { actorOf, stageAudit } from "../audit/index.ts";
import { AppError } from "../kernel/problems.ts";
import { type Route, route } from "../kernel/route.ts";
import { stageChanges } from "../members/index.ts";
import { DecidedSchema } from "./answers.schema.ts";
import type { LoyaltyRouteDeps } from "./route-deps.ts";
import { dayOf } from "./scoring.ts";
import { insertDecision, insertHistory, readDecisions, readTiers, saveTiers } from "./tiers.store.ts";
import { newTierState } from "./tiers.ts";

const readers = { kind: "api-key", roles: ["admin", "compliance", "cx"] } as const;
const deciders = { kind: "api-key", roles: ["admin", "compliance"] } as const;
const ById = Type.Object({ id: Type.String({ format: "uuid" }) });
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

/** The doors by which a member asks for a person's decision, and staff make it. */
export function decisionRoutes(deps: LoyaltyRouteDeps): Route[] {
  const { db, clock, ids, consent, versions } = deps;
  return [
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
  ];
}
