import { hex, rows, sql, type Tx } from "../db/index.ts";

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

/** Appends events; the caller has made sure that none of them is stored yet. */
export async function insertEvents(tx: Tx, events: readonly EventRow[]): Promise<void> {
  if (events.length === 0) return;
  const batch = events.map((e) => ({
    subject_id: e.subjectId,
    occurred_at: e.occurredAt,
    event_id: e.eventId,
    source_id: e.sourceId,
    type: e.type,
    name: e.name,
    channel: e.channel,
    store_id: e.storeId,
    received_at: e.receivedAt,
    plain: e.plain,
    sealed: e.sealed === null ? null : hex(e.sealed),
  }));
  await tx.query(sql`
    insert into event (subject_id, occurred_at, event_id, source_id, type, name, channel, store_id, received_at, plain, sealed)
    select subject_id, occurred_at, event_id, source_id, type, name, channel, store_id, received_at, plain, sealed
    from jsonb_to_recordset(${rows(batch)}::jsonb) as e(
      subject_id uuid, occurred_at timestamptz, event_id uuid, source_id uuid, type text, name text, channel text,
      store_id text, received_at timestamptz, plain jsonb, sealed bytea)`);
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
