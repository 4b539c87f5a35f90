import { type Session, sql, type Tx } from "../db/index.ts";

/** The first half of the advisory locks that say which processes live; the second is a process's number. */
const PRESENCE = 7_226_340;

export async function hasQueue(tx: Tx, queue: string): Promise<boolean> {
  return (await tx.query(sql`select 1 from pgboss.queue where name = ${queue}`)).length > 0;
}

/** Makes a queue; `policy` holds pg-boss's own names. */
export async function insertQueue(tx: Tx, queue: string, policy: object): Promise<void> {
  await tx.query(sql`select pgboss.create_queue(${queue}, ${JSON.stringify(policy)}::json)`);
}

/** Whether the queue has a job by that id that was given up; it is locked until the transaction ends. */
export async function isFailed(tx: Tx, queue: string, jobId: string): Promise<boolean> {
  const found = await tx.query(sql`
    select 1 from pgboss.job where name = ${queue} and id = ${jobId}::uuid and state = 'failed' for update`);
  return found.length > 0;
}

/** Takes a number for as long as the session lasts; false when another session holds it. */
export async function tryPresence(session: Session, number: number): Promise<boolean> {
  const [row] = await session.query<{ held: boolean }>(
    sql`select pg_try_advisory_lock(${PRESENCE}::int, ${number}::int) as held`,
  );
  return row?.held === true;
}

/** The numbers that sessions on this database hold. */
export async function readPresent(db: Pick<Tx, "query">): Promise<number[]> {
  // Two keys make a lock of subkind 2; pg_locks shows them as oid, which is unsigned.
  const found = await db.query<{ number: number }>(sql`
    select objid::int8 as number from pg_locks
    where locktype = 'advisory' and objsubid = 2 and classid = ${PRESENCE}::int8::oid and granted
      and database = (select oid from pg_database where datname = current_database())`);
  return found.map((r) => r.number);
}

/** Notes on jobs that were just taken which process has them. */
export async function noteTaker(
  tx: Tx,
  queue: string,
  jobIds: readonly string[],
  taker: number,
): Promise<void> {
  await tx.query(sql`
    update pgboss.job set output = jsonb_build_object('taker', ${taker}::int)
    where name = ${queue} and id = any(${[...jobIds]}::uuid[]) and state = 'active'`);
}

/** The numbers of the processes that have jobs under way. */
export async function readTakers(db: Pick<Tx, "query">): Promise<number[]> {
  const found = await db.query<{ taker: number }>(sql`
    select distinct (output->>'taker')::int as taker from pgboss.job where state = 'active' and output->>'taker' is not null`);
  return found.map((r) => r.taker);
}

/** Puts the jobs that some processes had under way back, to be taken at once, or gives up what was tried often enough. */
export async function releaseJobs(db: Pick<Tx, "query">, takers: readonly number[]): Promise<number> {
  const freed = await db.query(sql`
    update pgboss.job set start_after = now(), output = '{"error": "interrupted"}'::jsonb,
      state = case when retry_count < retry_limit then 'retry' else 'failed' end::pgboss.job_state,
      completed_on = case when retry_count < retry_limit then null else now() end
    where state = 'active' and (output->>'taker')::int = any(${[...takers]}::int[]) returning 1`);
  return freed.length;
}
