import { column, type Db, hex, rows, sql, uuids } from "../db/index.ts";
import type { KeyUse } from "./vault.ts";

type Queries = Pick<Db, "query">;

export interface RootWrappedRow {
  readonly wrapped: Buffer;
  readonly provider: string;
  readonly provider_version: string;
}

export interface KekRow extends RootWrappedRow {
  readonly kek_id: string;
  readonly label: string;
  readonly version: number;
}

export interface IndexKeyRow extends RootWrappedRow {
  readonly label: string;
  readonly version: number;
}

export interface DataKeyRow {
  readonly key_id: string;
  readonly use: KeyUse;
  readonly wrapped: Buffer;
  readonly kek_id: string;
  readonly wrap_version: number;
}

export interface NewDataKey {
  readonly keyId: string;
  readonly wrapped: Buffer;
}

/** A key-encryption key that still unwraps, and, while it is live, wraps. */
export interface FoundKek extends KekRow {
  readonly state: "live" | "retired";
}

export function findKeks(db: Queries, label: string): Promise<FoundKek[]> {
  return db.query<FoundKek>(sql`
    select kek_id, label, version, wrapped, provider, provider_version, state
    from kek where label = ${label} and state <> 'destroyed' order by version`);
}

/** Adds a key-encryption key unless somebody else added that version first. */
export async function insertKek(db: Queries, row: KekRow, at: Date): Promise<void> {
  await db.query(sql`
    insert into kek (kek_id, label, version, wrapped, provider, provider_version, created_at)
    values (${row.kek_id}::uuid, ${row.label}, ${row.version}, ${row.wrapped}::bytea, ${row.provider},
            ${row.provider_version}, ${at.toISOString()}::timestamptz)
    on conflict (label, version) do nothing`);
}

export function findIndexKeys(db: Queries): Promise<IndexKeyRow[]> {
  return db.query<IndexKeyRow>(sql`
    select label, version, wrapped, provider, provider_version from index_key
    where state <> 'destroyed' order by label, version`);
}

/** Adds index keys; those that somebody else added first stay as they are. */
export async function insertIndexKeys(db: Queries, batch: readonly IndexKeyRow[], at: Date): Promise<void> {
  await db.query(sql`
    insert into index_key (label, version, wrapped, provider, provider_version, created_at)
    select r.label, r.version, r.wrapped, r.provider, r.provider_version, ${at.toISOString()}::timestamptz
    from jsonb_to_recordset(${rows(batch.map((r) => ({ ...r, wrapped: hex(r.wrapped) })))}::jsonb)
      as r(label text, version int, wrapped bytea, provider text, provider_version text)
    on conflict (label, version) do nothing`);
}

/**
 * Adds any number of data keys in one statement, unless their key-encryption key no longer wraps: then it adds none and
 * returns false. A rotation retires it first and destroys it a minute later, so no key is left without.
 */
export async function insertDataKeys(
  db: Queries,
  batch: readonly NewDataKey[],
  shared: { use: KeyUse; kekId: string; wrapVersion: number; at: Date },
): Promise<boolean> {
  const [row] = await db.query<{ live: boolean }>(sql`
    with wrapping as (
      select kek_id from kek where kek_id = ${shared.kekId}::uuid and state = 'live'
    ), added as (
    insert into data_key (key_id, use, wrapped, wrap_version, kek_id, created_at)
    select r.key_id, ${shared.use}, r.wrapped, ${shared.wrapVersion}, ${shared.kekId}::uuid,
           ${shared.at.toISOString()}::timestamptz
    from unnest(${column.uuid(batch, (k) => k.keyId)}, ${column.bytea(batch, (k) => k.wrapped)})
      as r(key_id, wrapped), wrapping
    )
    select exists (select 1 from wrapping) as live`);
  return row?.live === true;
}

export function findLiveDataKeys(db: Queries, ids: readonly string[]): Promise<DataKeyRow[]> {
  return db.query<DataKeyRow>(sql`
    select key_id, use, wrapped, kek_id, wrap_version
    from data_key where key_id = any(${uuids(ids)}) and state = 'live'`);
}

/** Takes the wrapped bytes away for good. Keys are locked in the order of their ids, so two such calls never cross. */
export async function destroyDataKeys(db: Queries, ids: readonly string[], at: Date): Promise<void> {
  await db.query(sql`
    with doomed as (
      select key_id from data_key where key_id = any(${ids}::uuid[]) and state = 'live'
      order by key_id for update
    )
    update data_key k set state = 'destroyed', wrapped = null, destroyed_at = ${at.toISOString()}::timestamptz
    from doomed where k.key_id = doomed.key_id`);
}

export function findKeyStates(
  db: Queries,
  ids: readonly string[],
): Promise<{ key_id: string; state: "live" | "destroyed" }[]> {
  return db.query(sql`select key_id, state from data_key where key_id = any(${ids}::uuid[])`);
}

export function findLiveKeysByUse(
  db: Queries,
  ask: { use: KeyUse; createdBefore: Date; after: string | null; limit: number },
): Promise<{ key_id: string; created_at: Date }[]> {
  return db.query(sql`
    select key_id, created_at from data_key
    where state = 'live' and use = ${ask.use} and created_at < ${ask.createdBefore.toISOString()}::timestamptz
      and (${ask.after}::uuid is null or key_id > ${ask.after}::uuid)
    order by key_id limit ${ask.limit}`);
}

/** Stores a rewrapped KEK if nobody else rewrapped it meanwhile; returns whether it did. */
export async function replaceKekWrapping(
  db: Queries,
  kekId: string,
  from: string,
  to: RootWrappedRow,
): Promise<boolean> {
  const changed = await db.query(sql`
    update kek set wrapped = ${to.wrapped}::bytea, provider = ${to.provider},
      provider_version = ${to.provider_version}
    where kek_id = ${kekId}::uuid and provider_version = ${from} returning kek_id`);
  return changed.length > 0;
}

/** Stores a rewrapped index key if nobody else rewrapped it meanwhile; returns whether it did. */
export async function replaceIndexKeyWrapping(
  db: Queries,
  key: { label: string; version: number },
  from: string,
  to: RootWrappedRow,
): Promise<boolean> {
  const changed = await db.query(sql`
    update index_key set wrapped = ${to.wrapped}::bytea, provider = ${to.provider},
      provider_version = ${to.provider_version}
    where label = ${key.label} and version = ${key.version} and provider_version = ${from} and state <> 'destroyed'
    returning label`);
  return changed.length > 0;
}
