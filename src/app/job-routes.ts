import { Type } from "typebox";
import { actorOf, stageAudit } from "../audit/index.ts";
import type { Db } from "../db/index.ts";
import { countQueues, type Jobs, listFailedJobs } from "../jobs/index.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import { cutPage, PageQuery, readPlace } from "../kernel/place.ts";
import { AppError } from "../kernel/problems.ts";
import { type Route, route } from "../kernel/route.ts";
import { FailedJobsSchema, QueuesSchema } from "./answers.schema.ts";

const Queue = Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$" });

/** The doors by which operators see what works in the background, and try again what was given up. */
export function jobRoutes(deps: {
  readonly db: Db;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly jobs: Jobs;
}): Route[] {
  const { db, clock, jobs } = deps;
  const about = { tag: "jobs", auth: { kind: "api-key", roles: ["admin"] } } as const;
  // What was given up may be a deadline missed: compliance sees it, and asks an administrator to try again.
  const watched = { tag: "jobs", auth: { kind: "api-key", roles: ["admin", "compliance"] } } as const;
  return [
    route({
      ...watched,
      method: "GET",
      path: "/v1/jobs",
      operationId: "listJobQueues",
      summary: "Every queue of background work with its jobs by state",
      responses: { 200: { describe: "The queues, by name.", schema: QueuesSchema } },
      handle: async () => ({
        status: 200,
        body: {
          items: (await countQueues(db, clock.now())).map((q) => ({
            ...q,
            oldestDueAt: q.oldestDueAt?.toISOString() ?? null,
          })),
        },
      }),
    }),
    route({
      ...watched,
      method: "GET",
      path: "/v1/jobs/failed",
      operationId: "listFailedJobs",
      summary: "Jobs that were given up, the newest first",
      query: Type.Object(PageQuery, { additionalProperties: false }),
      responses: { 200: { describe: "A page.", schema: FailedJobsSchema } },
      handle: async ({ query }) => {
        const limit = query.limit ?? 50;
        const found = await listFailedJobs(db, { before: readPlace(query.cursor), limit: limit + 1 });
        const { page, next } = cutPage(found, limit, (job) => ({
          at: job.failedAt ?? job.createdAt,
          id: job.id,
        }));
        return {
          status: 200,
          body: {
            items: page.map((job) => ({
              ...job,
              createdAt: job.createdAt.toISOString(),
              failedAt: job.failedAt?.toISOString() ?? null,
            })),
            next,
          },
        };
      },
    }),
    route({
      ...about,
      method: "POST",
      path: "/v1/jobs/:queue/:id/retry",
      operationId: "retryJob",
      summary: "Try a job once more that was given up. Doing it twice changes nothing",
      params: Type.Object({ queue: Queue, id: Type.String({ format: "uuid" }) }),
      responses: { 202: { describe: "It waits for a worker." } },
      handle: async ({ principal, requestId, params }) => {
        await db.tx(async (tx) => {
          if (!(await jobs.retry(tx, params.queue, params.id)))
            throw new AppError("not-found", { detail: "There is no job by that id that was given up." });
          await stageAudit(tx, deps, {
            actor: actorOf(principal),
            action: "job.retried",
            targets: [{ kind: "job", id: params.id }],
            requestId,
          });
        });
        return { status: 202 };
      },
    }),
  ];
}
