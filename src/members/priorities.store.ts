import { sql, type Tx, uuids } from "../db/index.ts";
import type { SourcePriorities } from "./profile.ts";

/** Field → source ids or kinds, most trusted first, as they are set now. */
export async function readPriorities(tx: Pick<Tx, "query">): Promise<SourcePriorities> {
  const [row] = await tx.query<{ priorities: SourcePriorities }>(sql`select priorities from source_priority`);
  return row?.priorities ?? {};
}

/** The same; nobody else changes them before the transaction ends. */
export async function lockPriorities(tx: Tx): Promise<SourcePriorities> {
  const [row] = await tx.query<{ priorities: SourcePriorities }>(
    sql`select priorities from source_priority for update`,
  );
  return row?.priorities ?? {};
}

/** Sources that an earlier change concerned and that were not gone through yet stay concerned. */
export async function savePriorities(
  tx: Tx,
  change: {
    readonly priorities: SourcePriorities;
    readonly at: Date;
    readonly concerned: readonly string[];
    readonly noteFrom: Date;
  },
): Promise<void> {
  await tx.query(sql`
    update source_priority set priorities = ${JSON.stringify(change.priorities)}::jsonb, changed_at = ${change.at}`);
  if (change.concerned.length === 0) return;
  await tx.query(sql`
    update source_priority set concerned = concerned || ${uuids(change.concerned)}, noted_to = null,
      note_from = ${change.noteFrom}`);
}

export interface DueNoting {
  readonly sources: readonly string[];
  /** The last subject that was looked at. */
  readonly after: string | null;
}

/** What is to be noted by now; null when there is nothing or another process is at it. */
export async function lockDueNoting(tx: Tx, now: Date): Promise<DueNoting | null> {
  const [row] = await tx.query<DueNoting>(sql`
    select concerned as sources, noted_to as after from source_priority
    where note_from <= ${now} for update skip locked`);
  return row ?? null;
}

/** Looks at the next subjects; `concerned`: of whom one of the sources said something; `last`: null at the end. */
export async function findNextConcerned(
  tx: Tx,
  { sources, after }: DueNoting,
  limit: number,
): Promise<{ concerned: string[]; last: string | null }> {
  const looked = await tx.query<{ id: string; said: boolean }>(sql`
    select subject_id as id, exists (
      select 1 from attribute_set a where a.subject_id = s.subject_id and a.source_id = any(${uuids(sources)})
    ) as said
    from subject s where ${after}::uuid is null or subject_id > ${after}::uuid
    order by subject_id limit ${limit}`);
  return {
    concerned: looked.filter((s) => s.said).map((s) => s.id),
    last: looked.length === limit ? (looked.at(-1)?.id ?? null) : null,
  };
}

export async function moveNoting(tx: Tx, last: string): Promise<void> {
  await tx.query(sql`update source_priority set noted_to = ${last}::uuid`);
}

export async function endNoting(tx: Tx): Promise<void> {
  await tx.query(sql`update source_priority set concerned = '{}', noted_to = null, note_from = null`);
}
