import { type Db, sql, type Tx, uuids } from "../db/index.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";

/** Notes, in the changing transaction, that these subjects changed; the sequencer numbers them after the commit. */
export async function stageChanges(
  tx: Tx,
  deps: { clock: Clock; ids: Ids },
  reason: string,
  subjectIds: readonly string[],
): Promise<void> {
  if (subjectIds.length === 0) return;
  await tx.query(sql`
    insert into change_stage (stage_id, reason, subjects, staged_at)
    values (${deps.ids.next()}::uuid, ${reason}, ${uuids(subjectIds)}, ${deps.clock.now()})`);
}

/**
 * What may wait where much is coming in: what happened to people, and what is settled for everybody. What was decided
 * about somebody may not.
 */
const PATIENT: readonly string[] = ["events", "segment.changed", "level.changed", "source-priorities"];

/** The subjects whose change between two positions may not wait, in the order of their positions. */
export async function readUrgentChanges(
  tx: Pick<Tx, "query">,
  ask: { readonly after: number; readonly upTo: number; readonly limit: number },
): Promise<{ subjectId: string; position: number }[]> {
  return tx.query(sql`
    select subject_id as "subjectId", position from subject_change
    where position > ${ask.after} and position <= ${ask.upTo} and urgent_at > changed_at - interval '2 minutes'
    order by position limit ${ask.limit}`);
}

/** Apart from the audit log's sequencer, so that neither waits for the other. */
const LOCK = 7_226_334;
const BATCH = 200;
const isUrgent = sql`t.reason <> all(${[...PATIENT]}::text[])`;

/**
 * Numbers staged changes: each changed subject gets the next positions, and only its newest counts. One sequencer
 * works at a time over all processes, and only committed changes are seen, so a reader's cursor never passes a change
 * that commits late. When a subject last changed in a way that may not wait is kept, lest an event hide a withdrawal.
 * Returns how many stagings it took; 0 when there was nothing or another sequencer is at work.
 */
export async function sequenceChanges(db: Db): Promise<number> {
  return db.tx(async (tx) => {
    const [lock] = await tx.query<{ held: boolean }>(sql`select pg_try_advisory_xact_lock(${LOCK}) as held`);
    if (!lock?.held) return 0;
    const [taken] = await tx.query<{ n: number }>(sql`
      with taken as (
        delete from change_stage where stage_id in (select stage_id from change_stage order by stage_id limit ${BATCH})
        returning stage_id, reason, subjects, staged_at
      ), changed as (
        select distinct on (s.id) s.id, t.reason, t.staged_at,
          max(t.staged_at) filter (where ${isUrgent}) over (partition by s.id) as urgent_at
        from taken t cross join lateral unnest(t.subjects) as s(id)
        order by s.id, t.stage_id desc
      ), base as (
        update feed_position set position = position + (select count(*) from changed) returning position
      ), written as (
        insert into subject_change as c (subject_id, position, reason, changed_at, urgent_at)
        select id, (select position from base) - row_number() over (order by id desc) + 1, reason, staged_at, urgent_at
        from changed
        on conflict (subject_id) do update set position = excluded.position, reason = excluded.reason,
          changed_at = excluded.changed_at, urgent_at = coalesce(excluded.urgent_at, c.urgent_at)
      )
      select count(*)::int as n from taken`);
    return taken?.n ?? 0;
  });
}
