import { type Db, empty, sql, type Tx } from "../db/index.ts";
import { dayOf } from "../kernel/clock.ts";
import type { Role } from "../kernel/route.ts";
import type { ApiKey } from "./api-key.ts";

interface ApiKeyRow {
  readonly id: string;
  readonly name: string;
  readonly hash: Buffer;
  readonly role: Role;
  readonly scopes: string[];
  readonly purposes: string[];
  readonly stores: string[];
  readonly recipient_id: string | null;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly ended_at: Date | null;
  readonly last_used: string | null;
}

// last_used is read as text: drivers disagree on the time zone in which a date becomes a moment.
const columns = sql`id, name, hash, role, scopes, purposes, stores, recipient_id, created_at, expires_at, ended_at, last_used::text as last_used`;

function fromRow(row: ApiKeyRow): ApiKey {
  return {
    id: row.id,
    name: row.name,
    hash: row.hash,
    role: row.role,
    scopes: row.scopes,
    purposes: row.purposes,
    stores: row.stores,
    recipientId: row.recipient_id,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    endedAt: row.ended_at,
    lastUsed: row.last_used === null ? null : new Date(`${row.last_used}T00:00:00Z`),
  };
}

export async function insertKey(tx: Tx, key: ApiKey): Promise<void> {
  await tx.query(sql`
    insert into api_key (id, name, hash, role, scopes, purposes, stores, recipient_id, created_at, expires_at)
    values (${key.id}, ${key.name}, ${key.hash}, ${key.role}, ${key.scopes}::text[], ${key.purposes}::text[],
            ${key.stores}::text[], ${key.recipientId}, ${key.createdAt}, ${key.expiresAt})`);
}

export async function findKeyByHash(db: Pick<Db, "query">, hash: Buffer): Promise<ApiKey | undefined> {
  const [row] = await db.query<ApiKeyRow>(sql`select ${columns} from api_key where hash = ${hash}`);
  return row && fromRow(row);
}

/** Keys in the order in which they were made, after `cursor` (an id). */
export async function listKeys(
  db: Pick<Db, "query">,
  ask: { cursor?: string; limit: number },
): Promise<ApiKey[]> {
  const after = ask.cursor === undefined ? empty : sql`where id > ${ask.cursor}::uuid`;
  const found = await db.query<ApiKeyRow>(
    sql`select ${columns} from api_key ${after} order by id limit ${ask.limit}`,
  );
  return found.map(fromRow);
}

/** Ends a key. Says whether it ended now, had ended before, or is unknown. */
export async function endKey(tx: Tx, id: string, at: Date): Promise<"ended" | "already-ended" | "unknown"> {
  const [ended] = await tx.query(
    sql`update api_key set ended_at = ${at} where id = ${id}::uuid and ended_at is null returning id`,
  );
  if (ended) return "ended";
  const [known] = await tx.query(sql`select 1 from api_key where id = ${id}::uuid`);
  return known ? "already-ended" : "unknown";
}

/** Notes that the key was used on the day of `at`; at most one write per key and day. */
export async function noteUse(db: Pick<Db, "query">, id: string, at: Date): Promise<void> {
  const day = dayOf(at).toISOString().slice(0, 10);
  await db.query(sql`
    update api_key set last_used = ${day}::date
    where id = ${id}::uuid and (last_used is null or last_used < ${day}::date)`);
}
