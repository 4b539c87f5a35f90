import { rows, sql, type Tx } from "../../db/index.ts";
import { LAST_ATTEMPT } from "./step-failure.ts";

type Reader = Pick<Tx, "query">;

export interface RunRow {
  readonly runId: string;
  readonly requestId: string;
  readonly kind: "erasure" | "access" | "portability";
  readonly state:
    | "running"
    | "held"
    | "failed"
    | "awaiting-recipients"
    | "completed"
    | "completed-with-exceptions";
  readonly memberId: string;
  readonly subjects: readonly string[];
  readonly regime: string | null;
  readonly locale: string;
  readonly actorKind: string;
  readonly actorId: string;
  readonly step: string | null;
  readonly failures: number;
  readonly packageId: string | null;
  readonly certificateId: string | null;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}

const columns = sql`run_id as "runId", request_id as "requestId", kind, state, member_id as "memberId", subjects, regime,
  locale, actor_kind as "actorKind", actor_id as "actorId", step, failures, package_id as "packageId",
  certificate_id as "certificateId", started_at as "startedAt", finished_at as "finishedAt"`;

export async function insertRun(
  tx: Tx,
  run: Omit<RunRow, "state" | "failures" | "certificateId" | "finishedAt">,
): Promise<void> {
  await tx.query(sql`
    insert into privacy_run (run_id, request_id, kind, state, member_id, subjects, regime, locale, actor_kind, actor_id,
      step, next_at, package_id, started_at)
    values (${run.runId}::uuid, ${run.requestId}::uuid, ${run.kind}, 'running', ${run.memberId}::uuid,
      ${[...run.subjects]}::uuid[], ${run.regime}, ${run.locale}, ${run.actorKind}, ${run.actorId}, ${run.step},
      ${run.startedAt}, ${run.packageId}::uuid, ${run.startedAt})
    on conflict (request_id) do nothing`);
}

export async function findRun(db: Reader, runId: string): Promise<RunRow | null> {
  const [row] = await db.query<RunRow>(sql`select ${columns} from privacy_run where run_id = ${runId}::uuid`);
  return row ?? null;
}

export async function findRunOfRequest(db: Reader, requestId: string): Promise<RunRow | null> {
  const [row] = await db.query<RunRow>(
    sql`select ${columns} from privacy_run where request_id = ${requestId}::uuid`,
  );
  return row ?? null;
}

/** Runs that still work on somebody among these subjects. */
export async function readOpenRunsOf(db: Reader, subjectIds: readonly string[]): Promise<RunRow[]> {
  return db.query<RunRow>(sql`
    select ${columns} from privacy_run where finished_at is null and subjects && ${[...subjectIds]}::uuid[]`);
}

/** All runs about these subjects, oldest first. */
export async function readRunsOf(db: Reader, subjectIds: readonly string[]): Promise<RunRow[]> {
  return db.query<RunRow>(sql`
    select ${columns} from privacy_run where subjects && ${[...subjectIds]}::uuid[] order by started_at, run_id`);
}

/** Ids of runs of a kind that are due, the step of the oldest and those at the same step, at most `limit`. */
export async function readDueRuns(
  db: Reader,
  kinds: readonly string[],
  at: Date,
  limit: number,
): Promise<{ runId: string; step: string }[]> {
  return db.query(sql`
    with due as (
      select run_id, step, next_at from privacy_run
      where finished_at is null and next_at <= ${at} and kind = any(${[...kinds]}::text[]) and step is not null
        and failures < ${LAST_ATTEMPT}
      order by next_at, run_id limit 1000
    )
    select run_id as "runId", step from due
    where step = (select step from due order by next_at, run_id limit 1)
    order by run_id limit ${limit}`);
}

/** Takes runs that stand at a step for work in this transaction; those that another process has are left out. */
export async function lockRuns(tx: Tx, runIds: readonly string[], step: string): Promise<RunRow[]> {
  return tx.query<RunRow>(sql`
    select ${columns} from privacy_run
    where run_id = any(${[...runIds]}::uuid[]) and step = ${step} and finished_at is null
    order by run_id for update skip locked`);
}

/** Moves runs to their next step. */
export async function moveRuns(
  tx: Tx,
  runIds: readonly string[],
  to: { readonly step: string | null; readonly state: RunRow["state"]; readonly nextAt: Date },
): Promise<void> {
  await tx.query(sql`
    update privacy_run set step = ${to.step}, state = ${to.state}, next_at = ${to.nextAt}, failures = 0
    where run_id = any(${[...runIds]}::uuid[])`);
}

/** Puts runs off: their step stays. */
export async function postponeRuns(
  db: Reader,
  runIds: readonly string[],
  to: { readonly state: RunRow["state"]; readonly nextAt: Date; readonly failed: boolean },
): Promise<void> {
  await db.query(sql`
    update privacy_run set state = ${to.state}, next_at = ${to.nextAt}, failures = failures + ${to.failed ? 1 : 0}
    where run_id = any(${[...runIds]}::uuid[]) and finished_at is null`);
}

/** Calls back a run that was given up, as if it had never failed; false when it was not. */
export async function reviveRun(tx: Tx, runId: string, at: Date): Promise<boolean> {
  const done = await tx.query(sql`
    update privacy_run set state = 'running', failures = 0, next_at = ${at}
    where run_id = ${runId}::uuid and state = 'failed' and finished_at is null returning 1`);
  return done.length > 0;
}

/** Runs by state, the oldest first, with the failure of the step at which each stands. */
export async function listRuns(
  db: Reader,
  ask: { readonly state?: string; readonly after?: string; readonly limit: number },
): Promise<(RunRow & { readonly failure: string | null })[]> {
  return db.query(sql`
    select ${columns}, (
      select s.failure from privacy_step s where s.run_id = privacy_run.run_id and s.step = privacy_run.step) as failure
    from privacy_run
    where (${ask.state ?? null}::text is null or state = ${ask.state ?? null})
      and (${ask.after ?? null}::uuid is null or run_id > ${ask.after ?? null}::uuid)
    order by run_id limit ${ask.limit}`);
}

/** Leases a run for work outside a transaction; false when it is not due any more. */
export async function leaseRun(
  db: Reader,
  runId: string,
  step: string,
  now: Date,
  until: Date,
): Promise<boolean> {
  const done = await db.query(sql`
    update privacy_run set next_at = ${until}
    where run_id = ${runId}::uuid and step = ${step} and finished_at is null and next_at <= ${now} returning 1`);
  return done.length > 0;
}

export async function saveSubjects(
  tx: Tx,
  runs: readonly { readonly runId: string; readonly subjects: readonly string[] }[],
): Promise<void> {
  for (const run of runs) {
    await tx.query(
      sql`update privacy_run set subjects = ${[...run.subjects]}::uuid[] where run_id = ${run.runId}::uuid`,
    );
  }
}

export async function finishRun(
  tx: Tx,
  runId: string,
  end: { readonly state: RunRow["state"]; readonly certificateId: string; readonly at: Date },
): Promise<void> {
  await tx.query(sql`
    update privacy_run set step = null, state = ${end.state}, certificate_id = ${end.certificateId}::uuid, finished_at = ${end.at}
    where run_id = ${runId}::uuid`);
}

/** Calls back runs that wait for recipients of whom nothing is open any more. */
export async function wakeAnswered(db: Reader, at: Date): Promise<void> {
  await db.query(sql`
    update privacy_run r set next_at = ${at}
    where r.state = 'awaiting-recipients' and r.finished_at is null and r.next_at > ${at} and not exists (
      select 1 from recipient_notice n where n.member_id = any(r.subjects) and n.acknowledged_at is null)`);
}

export interface StepRow {
  readonly runId: string;
  readonly step: string;
  readonly state: "running" | "done" | "failed";
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly attempts: number;
  readonly failure: string | null;
  readonly counts: Readonly<Record<string, number>>;
}

const stepColumns = sql`run_id as "runId", step, state, started_at as "startedAt", finished_at as "finishedAt", attempts,
  failure, counts`;

export async function readSteps(db: Reader, runIds: readonly string[]): Promise<StepRow[]> {
  return db.query<StepRow>(sql`
    select ${stepColumns} from privacy_step where run_id = any(${[...runIds]}::uuid[]) order by started_at, step`);
}

/** Notes that a step was done, with what it counted; counts of an earlier round add up. */
export async function doneSteps(
  tx: Tx,
  step: string,
  done: readonly { readonly runId: string; readonly counts: Readonly<Record<string, number>> }[],
  times: { readonly startedAt: Date; readonly finishedAt: Date },
): Promise<void> {
  if (done.length === 0) return;
  await tx.query(sql`
    insert into privacy_step as s (run_id, step, state, started_at, finished_at, counts)
    select "runId", ${step}, 'done', ${times.startedAt}::timestamptz, ${times.finishedAt}::timestamptz, counts
    from jsonb_to_recordset(${rows(done)}::jsonb) as d("runId" uuid, counts jsonb)
    on conflict (run_id, step) do update set state = 'done', finished_at = excluded.finished_at, failure = null,
      attempts = s.attempts + 1,
      counts = s.counts || (
        select coalesce(jsonb_object_agg(e.key, coalesce((s.counts->>e.key)::bigint, 0) + e.value::bigint), '{}')
        from jsonb_each_text(excluded.counts) as e)`);
}

export async function failedSteps(
  db: Reader,
  step: string,
  runIds: readonly string[],
  failure: string,
  at: Date,
): Promise<void> {
  await db.query(sql`
    insert into privacy_step as s (run_id, step, state, started_at, failure)
    select id, ${step}, 'failed', ${at}::timestamptz, ${failure} from unnest(${[...runIds]}::uuid[]) as t(id)
    on conflict (run_id, step) do update set state = 'failed', failure = excluded.failure, attempts = s.attempts + 1`);
}

/** The keys that runs have to destroy. */
export async function insertKeys(
  tx: Tx,
  keys: readonly { readonly runId: string; readonly keyId: string; readonly subjectId: string }[],
): Promise<void> {
  if (keys.length === 0) return;
  await tx.query(sql`
    insert into privacy_key (run_id, key_id, subject_id)
    select distinct on ("runId", "keyId") "runId", "keyId", "subjectId"
    from jsonb_to_recordset(${rows(keys)}::jsonb) as k("runId" uuid, "keyId" uuid, "subjectId" uuid)
    order by "runId", "keyId"
    on conflict do nothing`);
}

export interface RunKey {
  readonly runId: string;
  readonly keyId: string;
  readonly subjectId: string;
  readonly destroyedAt: Date | null;
}

export async function readKeys(db: Reader, runIds: readonly string[]): Promise<RunKey[]> {
  return db.query<RunKey>(sql`
    select run_id as "runId", key_id as "keyId", subject_id as "subjectId", destroyed_at as "destroyedAt"
    from privacy_key where run_id = any(${[...runIds]}::uuid[]) order by run_id, key_id`);
}

export async function markDestroyed(tx: Tx, runIds: readonly string[], at: Date): Promise<void> {
  await tx.query(sql`
    update privacy_key set destroyed_at = ${at} where run_id = any(${[...runIds]}::uuid[]) and destroyed_at is null`);
}
