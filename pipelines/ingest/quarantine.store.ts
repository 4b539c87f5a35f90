import { empty, hex, keyset, rows, sql, type Tx } from "../../src/db/index.ts";
import type { ListOrder } from "../../src/kernel/list-order.ts";

type Reader = Pick<Tx, "query">;

/** Where an item came in, so that replay reads it the same way. */
export type Door = "http" | "file" | "social";

export interface QuarantineRow {
  readonly quarantineId: string;
  readonly sourceId: string;
  readonly eventId: string | null;
  readonly contentMac: Buffer;
  readonly code: string;
  readonly detail: string;
  readonly door: Door;
  readonly place: string | null;
  readonly keyId: string;
  readonly cell: Buffer;
  readonly state: "open" | "replayed" | "discarded";
  readonly attempts: number;
  readonly receivedAt: Date;
  readonly expiresAt: Date;
  readonly resolvedAt: Date | null;
}

const columns = sql`quarantine_id as "quarantineId", source_id as "sourceId", event_id as "eventId", content_mac as "contentMac",
  code, detail, door, place, key_id as "keyId", cell, state, attempts, received_at as "receivedAt",
  expires_at as "expiresAt", resolved_at as "resolvedAt"`;

/** Keeps rejected items. One whose content is already open is not kept twice; its own id comes back instead. */
export async function insertQuarantine(
  tx: Tx,
  items: readonly Omit<QuarantineRow, "state" | "attempts" | "resolvedAt">[],
): Promise<Map<string, string>> {
  if (items.length === 0) return new Map();
  const batch = items.map((q) => ({
    id: q.quarantineId,
    src: q.sourceId,
    event: q.eventId,
    mac: hex(q.contentMac),
    code: q.code,
    detail: q.detail,
    door: q.door,
    place: q.place,
    key: q.keyId,
    cell: hex(q.cell),
    received: q.receivedAt,
    expires: q.expiresAt,
  }));
  const kept = await tx.query<{ id: string; mac: Buffer; src: string }>(sql`
    insert into quarantine as q
      (quarantine_id, source_id, event_id, content_mac, code, detail, door, place, key_id, cell, received_at, expires_at)
    select distinct on (src, mac) id, src, event, mac, code, detail, door, place, key, cell, received, expires
    from jsonb_to_recordset(${rows(batch)}::jsonb) as n(
      id uuid, src uuid, event uuid, mac bytea, code text, detail text, door text, place text, key uuid, cell bytea,
      received timestamptz, expires timestamptz)
    order by src, mac
    on conflict (source_id, content_mac) where state = 'open' do update set code = excluded.code, detail = excluded.detail
    returning quarantine_id as id, content_mac as mac, source_id as src`);
  return new Map(kept.map((k) => [`${k.src}|${k.mac.toString("hex")}`, k.id]));
}

export interface QuarantineFilter {
  readonly sourceId?: string;
  readonly code?: string;
  readonly state?: string;
  readonly ids?: readonly string[];
}

/** By what the list of items can be ordered: by when they came (their ids ascend with time), or by reason. */
export const QUARANTINE_ORDERS = { received: "id", code: "code" } as const;

/** Quarantined items, oldest first unless stated, a page at a time. */
export async function readQuarantine(
  db: Reader,
  filter: QuarantineFilter,
  page: { readonly limit: number; readonly order?: ListOrder<typeof QUARANTINE_ORDERS> },
): Promise<QuarantineRow[]> {
  const { by, isDown, after } = page.order ?? fromOldest(undefined);
  const place = keyset({
    column: by === "code" ? { of: sql`code`, type: sql`text` } : null,
    id: sql`quarantine_id`,
    isDown,
    after,
  });
  return db.query<QuarantineRow>(sql`
    select ${columns} from quarantine where true
      ${filter.sourceId === undefined ? empty : sql`and source_id = ${filter.sourceId}::uuid`}
      ${filter.code === undefined ? empty : sql`and code = ${filter.code}`}
      ${filter.state === undefined ? empty : sql`and state = ${filter.state}`}
      ${filter.ids === undefined ? empty : sql`and quarantine_id = any(${[...filter.ids]}::uuid[])`}
      ${place.after} ${place.order} limit ${page.limit}`);
}

/** The oldest first, after one of them. */
export function fromOldest(id: string | undefined): ListOrder<typeof QUARANTINE_ORDERS> {
  return { by: "received", isDown: false, after: id === undefined ? null : { value: null, id } };
}

/** Closes an item that has been stored after all. */
export async function markReplayed(tx: Tx, ids: readonly string[], at: Date): Promise<void> {
  if (ids.length === 0) return;
  await tx.query(sql`
    update quarantine set state = 'replayed', resolved_at = ${at}, attempts = attempts + 1
    where quarantine_id = any(${[...ids]}::uuid[]) and state = 'open'`);
}

/** Notes a replay that was rejected again, with the reason of now. */
export async function markStillRejected(
  tx: Tx,
  outcomes: readonly { id: string; code: string; detail: string }[],
): Promise<void> {
  if (outcomes.length === 0) return;
  await tx.query(sql`
    update quarantine q set code = o.code, detail = o.detail, attempts = attempts + 1
    from jsonb_to_recordset(${rows(outcomes)}::jsonb) as o(id uuid, code text, detail text)
    where q.quarantine_id = o.id and q.state = 'open'`);
}

/** Nobody acts differently on more than so many of a kind, and counting them all takes as long as there are many. */
const MOST_COUNTED = 10_000;

/**
 * How many items wait, by reason; `more`: beyond `count`, which then is the most that is counted. Steps from reason to
 * reason in the index, so that a million of one cost no more than ten thousand.
 */
export async function countQuarantine(
  db: Reader,
): Promise<{ readonly code: string; readonly count: number; readonly more: boolean }[]> {
  return db.query(sql`
    with recursive reason(code) as (
      (select code from quarantine where state = 'open' order by code limit 1)
      union all
      select (select q.code from quarantine q where q.state = 'open' and q.code > reason.code order by q.code limit 1)
      from reason where reason.code is not null
    )
    select reason.code, least(waiting.n, ${MOST_COUNTED})::int as count, waiting.n > ${MOST_COUNTED} as more
    from reason cross join lateral (
      select count(*) as n from (
        select 1 from quarantine q where q.state = 'open' and q.code = reason.code limit ${MOST_COUNTED + 1}) as found
    ) as waiting
    where reason.code is not null order by reason.code`);
}

/** Of these keys those under which nothing is sealed any more: rows of a file that name nobody share one. */
async function emptyKeys(tx: Tx, keys: readonly string[]): Promise<string[]> {
  if (keys.length === 0) return [];
  const held = await tx.query<{ key: string }>(sql`
    select distinct key_id as key from quarantine where key_id = any(${[...keys]}::uuid[]) and length(cell) > 0`);
  const inUse = new Set(held.map((h) => h.key));
  return [...new Set(keys)].filter((key) => !inUse.has(key));
}

/** How many items are past their time. */
export async function countExpired(db: Reader, at: Date): Promise<number> {
  const [row] = await db.query<{ n: number }>(
    sql`select count(*)::int as n from quarantine where expires_at <= ${at}`,
  );
  return row?.n ?? 0;
}

/** Removes items whose time is over; returns how many, and the ids of the keys to destroy. */
export async function deleteExpired(
  tx: Tx,
  at: Date,
  limit: number,
): Promise<{ readonly items: number; readonly keys: string[] }> {
  const gone = await tx.query<{ key: string }>(sql`
    delete from quarantine where quarantine_id in (
      select quarantine_id from quarantine where expires_at <= ${at} order by expires_at limit ${limit})
    returning key_id as key`);
  return {
    items: gone.length,
    keys: await emptyKeys(
      tx,
      gone.map((g) => g.key),
    ),
  };
}

/** Gives items up: their content goes at once. Returns how many, and the ids of the keys to destroy. */
export async function discardItems(
  tx: Tx,
  ids: readonly string[],
  at: Date,
): Promise<{ readonly items: number; readonly keys: string[] }> {
  const gone = await tx.query<{ key: string }>(sql`
    update quarantine set state = 'discarded', resolved_at = ${at}, cell = ''::bytea
    where quarantine_id = any(${[...ids]}::uuid[]) and state = 'open'
    returning key_id as key`);
  return {
    items: gone.length,
    keys: await emptyKeys(
      tx,
      gone.map((g) => g.key),
    ),
  };
}

/** Takes away what closed items held; their rows and keys go when their time is over. */
export async function emptyItems(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.query(sql`
    update quarantine set cell = ''::bytea where quarantine_id = any(${[...ids]}::uuid[]) and state <> 'open'`);
}

/** Items that still hold something, after an id. */
export async function readFilled(db: Reader, after: string | null, limit: number): Promise<QuarantineRow[]> {
  return db.query<QuarantineRow>(sql`
    select ${columns} from quarantine
    where quarantine_id > coalesce(${after}::uuid, '00000000-0000-0000-0000-000000000000') and length(cell) > 0
    order by quarantine_id limit ${limit}`);
}

/** Deletes items; answers the keys that sealed them. */
export async function dropItems(tx: Tx, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const gone = await tx.query<{ key: string }>(sql`
    delete from quarantine where quarantine_id = any(${[...ids]}::uuid[]) returning key_id as key`);
  return emptyKeys(
    tx,
    gone.map((g) => g.key),
  );
}
