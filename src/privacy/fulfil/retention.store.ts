import { type Sql, sql, type Tx } from "../../db/index.ts";

type Reader = Pick<Tx, "query">;

/** After how many months what goes; null: never by schedule. */
export interface RetentionSchedule {
  /** Members of whom nothing has been heard. */
  readonly inactiveMembers: number | null;
  /** Events by their kind: months after they happened. */
  readonly events: Readonly<Partial<Record<EventKind, number | null>>>;
  /**
   * Events by what they were collected for: months after they happened. What a source collected goes when every purpose it
   * serves has a limit and the longest of them is over.
   */
  readonly purposes?: Readonly<Record<string, number | null>>;
  /** Records of finished requests, packages and runs. */
  readonly requestRecords: number;
}

export const EVENT_KINDS = ["online", "social", "survey", "transaction", "identity"] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** What there is until somebody sets it: nothing of members goes by itself, records of requests after 24 months. */
export const DEFAULT_SCHEDULE: RetentionSchedule = { inactiveMembers: null, events: {}, requestRecords: 24 };

export async function readSchedule(db: Reader): Promise<RetentionSchedule> {
  const [row] = await db.query<{ schedule: RetentionSchedule }>(sql`select schedule from retention_schedule`);
  return row?.schedule ?? DEFAULT_SCHEDULE;
}

export async function saveSchedule(
  tx: Tx,
  schedule: RetentionSchedule,
  by: { readonly actorId: string; readonly at: Date },
): Promise<void> {
  await tx.query(sql`
    insert into retention_schedule (only_row, schedule, set_by, set_at)
    values (true, ${JSON.stringify(schedule)}::jsonb, ${by.actorId}, ${by.at})
    on conflict (only_row) do update set schedule = excluded.schedule, set_by = excluded.set_by, set_at = excluded.set_at`);
}

/** Members of whom no subject was seen since a moment and none is under a hold. Whole members only. */
export async function readInactiveMembers(
  db: Reader,
  before: Date,
  at: Date,
  limit: number,
): Promise<{ memberId: string; subjects: string[] }[]> {
  return db.query(sql`
    select s.member_id as "memberId", array_agg(s.subject_id order by s.subject_id) as subjects
    from subject s join subject_aggregate a using (subject_id)
    where s.state = 'live'
    group by s.member_id
    having max(coalesce((a.aggregate->>'lastSeen')::timestamptz, s.created_at)) < ${before}
      and not exists (
        select 1 from privacy_hold h
        where h.subjects && array_agg(s.subject_id) and h.lifted_at is null and (h.until is null or h.until > ${at}))
    order by s.member_id limit ${limit}`);
}

const KIND = sql`case
  when e.type like 'order.%' then 'transaction'
  when e.type like 'social.%' then 'social'
  when e.type like 'survey.%' then 'survey'
  when e.type in ('identify', 'alias', 'group') or e.type like 'member.%' then 'identity'
  when e.type like 'consent.%' then 'preference'
  else 'online' end`;

const UNDER_HOLD = sql`exists (
  select 1 from privacy_hold h
  where h.subjects @> array[e.subject_id] and h.lifted_at is null and (h.until is null or h.until > now()))`;

/** Which events a line of the schedule is about. */
export type EventsOf = { readonly kind: EventKind } | { readonly sources: readonly string[] };

function areOf(which: EventsOf): Sql {
  return "kind" in which
    ? sql`${KIND} = ${which.kind}`
    : sql`e.source_id = any(${[...which.sources]}::uuid[])`;
}

export async function countOldEvents(db: Reader, which: EventsOf, before: Date): Promise<number> {
  const [row] = await db.query<{ n: number }>(sql`
    select count(*)::int as n from event e where e.occurred_at < ${before} and ${areOf(which)} and not ${UNDER_HOLD}`);
  return row?.n ?? 0;
}

/**
 * Deletes the content of old events. What became of their messages is remembered, so that an old file sent again brings
 * none back; the sums over them stay.
 */
export async function deleteOldEvents(tx: Tx, which: EventsOf, before: Date, limit: number): Promise<number> {
  const gone = await tx.query(sql`
    delete from event where (subject_id, occurred_at, event_id) in (
      select e.subject_id, e.occurred_at, e.event_id from event e
      where e.occurred_at < ${before} and ${areOf(which)} and not ${UNDER_HOLD} limit ${limit})
    returning 1`);
  return gone.length;
}

/** What each source collects for. */
export async function readSourcePurposes(
  db: Reader,
): Promise<{ sourceId: string; purposes: readonly string[] }[]> {
  return db.query(sql`select source_id as "sourceId", purposes from source order by source_id`);
}

export async function countAccounting(db: Reader, today: string): Promise<number> {
  const [row] = await db.query<{ n: number }>(
    sql`select count(*)::int as n from accounting_line where kept_until < ${today}::date`,
  );
  return row?.n ?? 0;
}

export async function deleteAccounting(tx: Tx, today: string): Promise<number> {
  return (await tx.query(sql`delete from accounting_line where kept_until < ${today}::date returning 1`))
    .length;
}

export async function countRecords(db: Reader, before: Date): Promise<number> {
  const [row] = await db.query<{ n: number }>(
    sql`select count(*)::int as n from privacy_run where finished_at < ${before}`,
  );
  return row?.n ?? 0;
}

/** Deletes the records of runs that ended long ago; their certificates stay. */
export async function deleteRecords(tx: Tx, before: Date): Promise<number> {
  await tx.query(sql`
    delete from privacy_package where run_id in (select run_id from privacy_run where finished_at < ${before})`);
  await tx.query(sql`
    delete from privacy_key where run_id in (select run_id from privacy_run where finished_at < ${before})`);
  await tx.query(sql`
    delete from privacy_step where run_id in (select run_id from privacy_run where finished_at < ${before})`);
  await tx.query(sql`delete from privacy_hold where lifted_at < ${before}`);
  return (await tx.query(sql`delete from privacy_run where finished_at < ${before} returning 1`)).length;
}

export async function insertRetentionRun(
  tx: Tx,
  run: {
    readonly id: string;
    readonly startedAt: Date;
    readonly finishedAt: Date;
    readonly counts: object;
    readonly certificateId: string;
  },
): Promise<void> {
  await tx.query(sql`
    insert into retention_run (retention_id, started_at, finished_at, counts, certificate_id)
    values (${run.id}::uuid, ${run.startedAt}, ${run.finishedAt}, ${JSON.stringify(run.counts)}::jsonb, ${run.certificateId}::uuid)`);
}

export async function readLastRetention(db: Reader): Promise<{
  startedAt: Date;
  finishedAt: Date | null;
  counts: Record<string, number>;
  certificateId: string | null;
} | null> {
  const [row] = await db.query<{
    startedAt: Date;
    finishedAt: Date | null;
    counts: Record<string, number>;
    certificateId: string | null;
  }>(sql`
    select started_at as "startedAt", finished_at as "finishedAt", counts, certificate_id as "certificateId"
    from retention_run order by started_at desc limit 1`);
  return row ?? null;
}
