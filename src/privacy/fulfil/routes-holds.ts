import { Type } from "typebox";
import { actorOf, stageAudit } from "../../audit/index.ts";
import { cutPage, NextPlace, PageQuery, readPlace } from "../../kernel/place.ts";
import { AppError } from "../../kernel/problems.ts";
import { type Route, route } from "../../kernel/route.ts";
import type { FulfilDeps } from "./deps.ts";
import { type HoldRow, insertHold, liftHold, listHolds, readMemberSubjects } from "./erasure.store.ts";
import { HoldSchema, ListedHold } from "./hold.schema.ts";
import { ById, OFFICERS, READERS, Uuid } from "./route-parts.ts";
import { readOpenRunsOf } from "./runs.store.ts";

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

/** Legal holds: set, listed, lifted. */
export function holdRoutes(deps: FulfilDeps): Route[] {
  const { db, clock, ids } = deps;
  return [
    route({
      method: "GET",
      path: "/v1/holds",
      operationId: "listHolds",
      summary: "List legal holds",
      tag: "privacy",
      auth: READERS,
      query: Type.Object({
        open: Type.Optional(
          Type.Boolean({ description: "Only those that stand; `false` lists lifted and ended ones, too." }),
        ),
        ...PageQuery,
      }),
      responses: {
        200: {
          describe: "A page, newest first.",
          schema: Type.Object({ holds: Type.Array(ListedHold), next: NextPlace }),
        },
      },
      handle: async ({ query }) => {
        const limit = query.limit ?? 100;
        const found = await listHolds(db, {
          open: query.open ?? true,
          at: clock.now(),
          before: readPlace(query.cursor),
          limit: limit + 1,
        });
        const { page, next } = cutPage(found, limit, (hold) => ({ at: hold.since, id: hold.holdId }));
        return {
          status: 200,
          body: { holds: page.map((hold) => ({ ...showHold(hold), memberId: hold.memberId })), next },
        };
      },
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
  ];
}
