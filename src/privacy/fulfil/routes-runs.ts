import { Type } from "typebox";
import { RegimeName } from "../../../consent/index.ts";
import { actorOf, stageAudit } from "../../audit/index.ts";
import { AppError } from "../../kernel/problems.ts";
import { type Route, route } from "../../kernel/route.ts";
import type { FulfilDeps } from "./deps.ts";
import { readMemberSubjects } from "./erasure.store.ts";
import { ErasurePreviewSchema, ProgressSchema } from "./port.schema.ts";
import { type Fulfilment, RUN_STATES } from "./port.ts";
import { ById, OFFICERS, READERS, Uuid } from "./route-parts.ts";
import { listRuns } from "./runs.store.ts";

const MaybeString = Type.Union([Type.String(), Type.Null()]);
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

/** What an erasure would do, and how far erasures and packages are. */
export function runRoutes(deps: FulfilDeps, fulfilment: Fulfilment): Route[] {
  const { db, ids } = deps;
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
        200: { describe: "Counts for every table that leads to the member.", schema: ErasurePreviewSchema },
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
      responses: { 200: { describe: "States, times, counts and failures.", schema: ProgressSchema } },
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
      responses: { 200: { describe: "How far it is.", schema: ProgressSchema } },
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
  ];
}
