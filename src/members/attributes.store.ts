import { column, sql, type Tx } from "../db/index.ts";

type Reader = Pick<Tx, "query">;

/** One statement of a source about a person: sealed, one row per data category and distinct content. */
export interface AttributeSetRow {
  readonly subjectId: string;
  readonly sourceId: string;
  readonly category: string;
  readonly setMac: Buffer;
  readonly firstAt: Date;
  readonly firstEvent: string;
  readonly lastAt: Date;
  readonly lastEvent: string;
  readonly cell: Buffer;
}

/** Writes statements; one that was made before only widens the time over which it was observed. */
export async function saveAttributeSets(tx: Tx, sets: readonly AttributeSetRow[]): Promise<void> {
  if (sets.length === 0) return;
  await tx.query(sql`
    insert into attribute_set as a
      (subject_id, source_id, category, set_mac, first_at, first_event, last_at, last_event, cell)
    select * from unnest(
      ${column.uuid(sets, (a) => a.subjectId)}, ${column.uuid(sets, (a) => a.sourceId)},
      ${column.text(sets, (a) => a.category)}, ${column.bytea(sets, (a) => a.setMac)},
      ${column.time(sets, (a) => a.firstAt)}, ${column.uuid(sets, (a) => a.firstEvent)},
      ${column.time(sets, (a) => a.lastAt)}, ${column.uuid(sets, (a) => a.lastEvent)},
      ${column.bytea(sets, (a) => a.cell)})
    on conflict (subject_id, source_id, category, set_mac) do update set
      first_event = case when (excluded.first_at, excluded.first_event) < (a.first_at, a.first_event)
        then excluded.first_event else a.first_event end,
      first_at = least(a.first_at, excluded.first_at),
      last_event = case when (excluded.last_at, excluded.last_event) > (a.last_at, a.last_event)
        then excluded.last_event else a.last_event end,
      last_at = greatest(a.last_at, excluded.last_at)`);
}

/** Every statement about these subjects, of the categories named (all when null), in canonical order. */
export async function readAttributeSets(
  db: Reader,
  subjectIds: readonly string[],
  categories: readonly string[] | null,
): Promise<AttributeSetRow[]> {
  return db.query<AttributeSetRow>(sql`
    select subject_id as "subjectId", source_id as "sourceId", category, set_mac as "setMac", first_at as "firstAt",
      first_event as "firstEvent", last_at as "lastAt", last_event as "lastEvent", cell
    from attribute_set
    where subject_id = any(${[...subjectIds]}::uuid[])
      and (${categories === null} or category = any(${categories === null ? [] : [...categories]}::text[]))
    order by category, first_at, first_event, set_mac, subject_id`);
}
