import { column, sql, type Tx } from "../db/index.ts";

/** A sealed event as it stands in its row. */
export interface EventRow {
  readonly subjectId: string;
  readonly occurredAt: Date;
  readonly eventId: string;
  readonly sourceId: string;
  readonly type: string;
  readonly name: string | null;
  readonly channel: string;
  readonly storeId: string | null;
  readonly receivedAt: Date;
  readonly plain: Readonly<Record<string, unknown>> | null;
  readonly sealed: Buffer | null;
}

/** An event to be appended: what stands in the clear is JSON already. */
export type NewEvent = Omit<EventRow, "plain"> & { readonly plain: string | null };

/** Appends events; the caller has made sure that none of them is stored yet. */
export async function insertEvents(tx: Tx, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx.query(sql`
    insert into event (subject_id, occurred_at, event_id, source_id, type, name, channel, store_id, received_at, plain, sealed)
    select * from unnest(
      ${column.uuid(events, (e) => e.subjectId)}, ${column.time(events, (e) => e.occurredAt)},
      ${column.uuid(events, (e) => e.eventId)}, ${column.uuid(events, (e) => e.sourceId)},
      ${column.text(events, (e) => e.type)}, ${column.text(events, (e) => e.name)},
      ${column.text(events, (e) => e.channel)}, ${column.text(events, (e) => e.storeId)},
      ${column.time(events, (e) => e.receivedAt)}, ${column.jsonText(events, (e) => e.plain)},
      ${column.bytea(events, (e) => e.sealed)})`);
}

/**
 * Drops what these subjects' messages and comments said where they have been taken back, whichever came first. That
 * something was sent, and when, stays.
 */
export async function dropUnsent(tx: Tx, subjectIds: readonly string[]): Promise<void> {
  if (subjectIds.length === 0) return;
  await tx.query(sql`
    update event m set sealed = null
    from event u
    where u.subject_id = any(${[...subjectIds]}::uuid[]) and u.type = 'social.message.unsent'
      and m.subject_id = u.subject_id and m.source_id = u.source_id
      and m.type in ('social.message', 'social.comment')
      and m.plain->>'message' = u.plain->>'message' and m.sealed is not null`);
}

/** Events of some subjects, newest first, a page at a time; `before` is the last row of the previous page. */
export async function readEvents(
  tx: Pick<Tx, "query">,
  subjectIds: readonly string[],
  page: { limit: number; before?: { occurredAt: Date; eventId: string } },
): Promise<EventRow[]> {
  const before = page.before ?? {
    occurredAt: new Date("9999-12-31T00:00:00Z"),
    eventId: "ffffffff-ffff-ffff-ffff-ffffffffffff",
  };
  return tx.query<EventRow>(sql`
    select subject_id as "subjectId", occurred_at as "occurredAt", event_id as "eventId", source_id as "sourceId", type, name,
      channel, store_id as "storeId", received_at as "receivedAt", plain, sealed
    from event
    where subject_id = any(${[...subjectIds]}::uuid[])
      and (occurred_at, event_id) < (${before.occurredAt}::timestamptz, ${before.eventId}::uuid)
    order by occurred_at desc, event_id desc
    limit ${page.limit}`);
}
