import { type Db, sql } from "../db/index.ts";

/** Jobs of one queue by state, without those that were archived. */
export interface QueueCount {
  readonly queue: string;
  readonly waiting: number;
  readonly retrying: number;
  readonly active: number;
  readonly completed: number;
  readonly failed: number;
  /** When the oldest job that is due was due; null when none waits. */
  readonly oldestDueAt: Date | null;
}

/** Every queue with its jobs by state; a queue without jobs too. Counts end at 100,000 for each state. */
export async function countQueues(db: Pick<Db, "query">, at: Date): Promise<QueueCount[]> {
  return db.query<QueueCount>(sql`
    select q.name as queue,
      count(*) filter (where j.state = 'created')::int as waiting,
      count(*) filter (where j.state = 'retry')::int as retrying,
      count(*) filter (where j.state = 'active')::int as active,
      count(*) filter (where j.state = 'completed')::int as completed,
      count(*) filter (where j.state in ('failed', 'cancelled'))::int as failed,
      min(j.start_after) filter (where j.state in ('created', 'retry') and j.start_after <= ${at}) as "oldestDueAt"
    from pgboss.queue q
    left join lateral (
      select state, start_after from pgboss.job where name = q.name limit 100000
    ) j on true
    group by q.name order by q.name`);
}

export interface FailedJob {
  readonly id: string;
  readonly queue: string;
  readonly attempts: number;
  readonly createdAt: Date;
  readonly failedAt: Date | null;
  /** The name of the error, never its message. */
  readonly error: string | null;
}

/** Jobs that were given up, the newest first, by pages of a mark that the last one of a page gives. */
export async function listFailedJobs(
  db: Pick<Db, "query">,
  ask: { readonly before: { readonly at: Date; readonly id: string } | null; readonly limit: number },
): Promise<FailedJob[]> {
  return db.query<FailedJob>(sql`
    select id, name as queue, retry_count + 1 as attempts, created_on as "createdAt", completed_on as "failedAt",
      output->>'error' as error
    from pgboss.job
    where state = 'failed'
      and (${ask.before?.id ?? null}::uuid is null
        or (date_trunc('milliseconds', completed_on), id) < (${ask.before?.at ?? null}::timestamptz, ${ask.before?.id ?? null}::uuid))
    order by date_trunc('milliseconds', completed_on) desc, id desc limit ${ask.limit}`);
}
