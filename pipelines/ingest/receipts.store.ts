import { column, hex, rows, sql, type Tx } from "../../src/db/index.ts";

type Reader = Pick<Tx, "query">;

export interface Receipt {
  readonly sourceId: string;
  readonly eventId: string;
  readonly verdict: "accepted" | "quarantined" | "refused";
  readonly code: string | null;
  readonly contentMac: Buffer;
  readonly subjectId: string | null;
  readonly occurredAt: Date | null;
  readonly quarantineId: string | null;
  readonly receivedAt: Date;
}

/**
 * Claims message ids for acceptance, in sorted order. Returns the ids of events that could not be claimed, because they
 * were accepted before. A message that was only quarantined or refused may still be accepted later: what waits of it is
 * settled then, but for `replaying`, the items that the caller decides one by one.
 */
export async function claimReceipts(
  tx: Tx,
  claims: readonly { src: string; id: string; mac: Buffer; subject: string; at: Date; received: Date }[],
  replaying: readonly string[],
): Promise<Set<string>> {
  if (claims.length === 0) return new Set();
  // Nearly all are new: only the others are told.
  const told = await tx.query<{ src: string; id: string; again: boolean }>(sql`
    with c as materialized (
      select * from unnest(
        ${column.uuid(claims, (c) => c.src)}, ${column.uuid(claims, (c) => c.id)}, ${column.bytea(claims, (c) => c.mac)},
        ${column.uuid(claims, (c) => c.subject)}, ${column.time(claims, (c) => c.at)},
        ${column.time(claims, (c) => c.received)}) as c(src, id, mac, subject, at, received)
    ), claimed as (
      insert into receipt as r (source_id, event_id, verdict, code, content_mac, subject_id, occurred_at, received_at)
      select src, id, 'accepted', null, mac, subject, at, received from c
      order by src, id
      on conflict (source_id, event_id) do update set verdict = 'accepted', code = null, content_mac = excluded.content_mac,
        subject_id = excluded.subject_id, occurred_at = excluded.occurred_at, received_at = excluded.received_at,
        quarantine_id = null
      where r.verdict <> 'accepted'
      returning source_id, event_id, (xmax <> 0) as again
    )
    select src, id, false as again from c
    where (src, id) not in (select source_id, event_id from claimed)
    union all
    select source_id, event_id, true from claimed where again`);
  await settleQuarantined(
    tx,
    told.filter((t) => t.again),
    replaying,
  );
  return new Set(told.flatMap((t) => (t.again ? [] : [t.id])));
}

/** A message that waited in quarantine has come in corrected: what waits of it is settled. */
async function settleQuarantined(
  tx: Tx,
  messages: readonly { src: string; id: string }[],
  replaying: readonly string[],
): Promise<void> {
  if (messages.length === 0) return;
  await tx.query(sql`
    update quarantine q set state = 'replayed', resolved_at = q.received_at
    from jsonb_to_recordset(${rows(messages)}::jsonb) as m(src uuid, id uuid)
    where q.source_id = m.src and q.event_id = m.id and q.state = 'open'
      and q.quarantine_id <> all(${[...replaying]}::uuid[])`);
}

/** Notes messages that were not accepted, unless they were accepted before. */
export async function noteRejections(tx: Tx, rejections: readonly Receipt[]): Promise<void> {
  if (rejections.length === 0) return;
  const batch = rejections.map((r) => ({
    src: r.sourceId,
    id: r.eventId,
    verdict: r.verdict,
    code: r.code,
    mac: hex(r.contentMac),
    q: r.quarantineId,
    received: r.receivedAt,
  }));
  await tx.query(sql`
    insert into receipt as r (source_id, event_id, verdict, code, content_mac, quarantine_id, received_at)
    select distinct on (src, id) src, id, verdict, code, mac, q, received
    from jsonb_to_recordset(${rows(batch)}::jsonb) as c(
      src uuid, id uuid, verdict text, code text, mac bytea, q uuid, received timestamptz)
    order by src, id
    on conflict (source_id, event_id) do update set verdict = excluded.verdict, code = excluded.code,
      content_mac = excluded.content_mac, quarantine_id = excluded.quarantine_id, received_at = excluded.received_at
    where r.verdict <> 'accepted'`);
}

const columns = sql`source_id as "sourceId", event_id as "eventId", verdict, code, content_mac as "contentMac",
  subject_id as "subjectId", occurred_at as "occurredAt", quarantine_id as "quarantineId", received_at as "receivedAt"`;

export async function findReceipts(
  db: Reader,
  wanted: readonly { src: string; id: string }[],
): Promise<Receipt[]> {
  if (wanted.length === 0) return [];
  return db.query<Receipt>(sql`
    select ${columns} from receipt
    where (source_id, event_id) in (
      select * from unnest(${column.uuid(wanted, (w) => w.src)}, ${column.uuid(wanted, (w) => w.id)}))`);
}

/** Adds to the daily counts of sources by verdict and reason. Last in its transaction: the rows are hot. */
export async function addCounts(
  tx: Tx,
  counts: readonly { src: string; day: string; verdict: string; code: string; n: number }[],
): Promise<void> {
  if (counts.length === 0) return;
  await tx.query(sql`
    insert into source_count as c (source_id, day, verdict, code, count)
    select src, day, verdict, code, n
    from jsonb_to_recordset(${rows(counts)}::jsonb) as n(src uuid, day date, verdict text, code text, n bigint)
    order by src, day, verdict, code
    on conflict (source_id, day, verdict, code) do update set count = c.count + excluded.count`);
}
