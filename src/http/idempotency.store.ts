import { type Db, type Sql, sql, type Tx } from "../db/index.ts";

/** One use of a key, as it is written down when the work begins. */
export interface KeyRow {
  readonly principal: string;
  readonly route: string;
  readonly hash: Buffer;
  readonly mac: Buffer;
  readonly startedAt: Date;
  readonly expiresAt: Date;
}

/** What the table says about a key: it is the caller's now, or what became of its earlier use. */
export type Claim =
  | { readonly kind: "claimed" }
  | { readonly kind: "other-request" }
  | { readonly kind: "under-way" }
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: unknown;
    };

interface Stored {
  readonly request_mac: Buffer;
  readonly started_at: Date;
  readonly expires_at: Date;
  readonly status: number | null;
  readonly headers: Record<string, string> | null;
  readonly body: unknown;
}

function isSameKey(row: KeyRow): Sql {
  return sql`principal = ${row.principal} and route = ${row.route} and key_hash = ${row.hash}`;
}

/** The use that this caller claimed, and not one that took its place since. */
function isMine(row: KeyRow): Sql {
  return sql`${isSameKey(row)} and started_at = ${row.startedAt} and status is null`;
}

/**
 * Claims a key, or says what became of it. One that has expired, or whose same request was begun before
 * `abandonedBefore` and never answered, is claimed anew.
 */
export async function claim(tx: Tx, row: KeyRow, abandonedBefore: Date): Promise<Claim> {
  // Every write removes more than it adds, so the table stays as large as one day's keys.
  await tx.query(sql`
    delete from idempotency_key where (principal, route, key_hash) in (
      select principal, route, key_hash from idempotency_key
      where expires_at <= ${row.startedAt} order by expires_at limit 10 for update skip locked)`);
  const inserted = await tx.query(sql`
    insert into idempotency_key (principal, route, key_hash, request_mac, started_at, expires_at)
    values (${row.principal}, ${row.route}, ${row.hash}, ${row.mac}, ${row.startedAt}, ${row.expiresAt})
    on conflict do nothing returning 1`);
  if (inserted.length > 0) return { kind: "claimed" };
  const [found] = await tx.query<Stored>(sql`
    select request_mac, started_at, expires_at, status, headers, body
    from idempotency_key where ${isSameKey(row)} for update`);
  // Freed between the two statements by a first request that failed: the caller may come again.
  if (found === undefined) return { kind: "under-way" };
  const same = found.request_mac.equals(row.mac);
  const abandoned = found.status === null && found.started_at <= abandonedBefore;
  if (found.expires_at <= row.startedAt || (abandoned && same)) {
    await tx.query(sql`
      update idempotency_key set request_mac = ${row.mac}, started_at = ${row.startedAt},
        expires_at = ${row.expiresAt}, status = null, headers = null, body = null
      where ${isSameKey(row)}`);
    return { kind: "claimed" };
  }
  if (!same) return { kind: "other-request" };
  if (found.status === null) return { kind: "under-way" };
  return { kind: "answered", status: found.status, headers: found.headers ?? {}, body: found.body };
}

/** Keeps the answer until the key expires. */
export async function remember(
  db: Pick<Db, "query">,
  row: KeyRow,
  response: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
  },
): Promise<void> {
  await db.query(sql`
    update idempotency_key set status = ${response.status},
      headers = ${JSON.stringify(response.headers ?? {})}::json,
      body = ${response.body === undefined ? null : JSON.stringify(response.body)}::json
    where ${isMine(row)}`);
}

/** Frees the key of a request that did not succeed. */
export async function forget(db: Pick<Db, "query">, row: KeyRow): Promise<void> {
  await db.query(sql`delete from idempotency_key where ${isMine(row)}`);
}
