import { column, type Db, sql, type Tx } from "../db/index.ts";
import type { INDEX_KEY_LABELS } from "./blind-index.ts";
import type { DataKeyRow, KekRow } from "./keystore.store.ts";
import type { Rotation, RotationKind, RotationPhase } from "./rotation.ts";
import type { KeyUse } from "./vault.ts";

type Queries = Pick<Db, "query">;

const COLUMNS = sql`
  rotation_id as id, kind, state, phase, to_version as "toVersion", cursor, done, total, started_at as "startedAt",
  updated_at as "updatedAt", finished_at as "finishedAt"`;

/** Makes a rotation unless one of its kind runs; returns the one that runs then. */
export async function startRotation(
  tx: Tx,
  row: { id: string; kind: RotationKind; phase: RotationPhase; total: number; at: Date },
): Promise<{ rotation: Rotation; isNew: boolean }> {
  const at = row.at.toISOString();
  const [made] = await tx.query<Rotation>(sql`
    insert into key_rotation (rotation_id, kind, phase, total, started_at, updated_at)
    values (${row.id}::uuid, ${row.kind}, ${row.phase}, ${row.total}, ${at}::timestamptz, ${at}::timestamptz)
    on conflict (kind) where state = 'running' do nothing
    returning ${COLUMNS}`);
  if (made !== undefined) return { rotation: made, isNew: true };
  const [running] = await tx.query<Rotation>(
    sql`select ${COLUMNS} from key_rotation where kind = ${row.kind} and state = 'running'`,
  );
  return { rotation: running as Rotation, isNew: false };
}

export function listRotations(db: Queries, limit: number): Promise<Rotation[]> {
  return db.query<Rotation>(
    sql`select ${COLUMNS} from key_rotation order by started_at desc, rotation_id desc limit ${limit}`,
  );
}

/** Takes a running rotation that nobody works on, oldest first; null when there is none. */
export async function leaseRotation(
  db: Queries,
  owner: string,
  at: Date,
  until: Date,
  ofIndex: boolean,
): Promise<Rotation | null> {
  const [row] = await db.query<Rotation>(sql`
    update key_rotation set lease_owner = ${owner}, lease_until = ${until.toISOString()}::timestamptz
    where rotation_id = (
      select rotation_id from key_rotation
      where state = 'running' and (kind = 'index') = ${ofIndex} and (lease_owner = ${owner} or lease_until is null or lease_until < ${at.toISOString()}::timestamptz)
      order by started_at limit 1 for update skip locked)
    returning ${COLUMNS}`);
  return row ?? null;
}

export interface RotationChange {
  readonly phase?: RotationPhase;
  readonly toVersion?: string;
  /** Empty: from the beginning. */
  readonly cursor?: string;
  /** How many more are done. */
  readonly more?: number;
  /** How many there are, once that is known. */
  readonly total?: number;
}

export async function noteRotation(db: Queries, id: string, change: RotationChange, at: Date): Promise<void> {
  await db.query(sql`
    update key_rotation set
      phase = coalesce(${change.phase ?? null}, phase),
      to_version = coalesce(${change.toVersion ?? null}, to_version),
      cursor = nullif(coalesce(${change.cursor ?? null}, cursor), ''),
      done = done + ${change.more ?? 0},
      total = greatest(coalesce(${change.total ?? null}, total), done + ${change.more ?? 0}),
      updated_at = ${at.toISOString()}::timestamptz
    where rotation_id = ${id}::uuid and state = 'running'`);
}

export async function finishRotation(db: Queries, id: string, at: Date): Promise<void> {
  await db.query(sql`
    update key_rotation set state = 'done', phase = 'done', cursor = null, lease_owner = null, lease_until = null,
      updated_at = ${at.toISOString()}::timestamptz, finished_at = ${at.toISOString()}::timestamptz
    where rotation_id = ${id}::uuid and state = 'running'`);
}

/** Makes a new key-encryption key the one that wraps; the older ones unwrap only from now on. */
export async function replaceKek(tx: Tx, row: KekRow, at: Date): Promise<void> {
  await tx.query(sql`update kek set state = 'retired' where label = ${row.label} and state = 'live'`);
  await tx.query(sql`
    insert into kek (kek_id, label, version, wrapped, provider, provider_version, created_at)
    values (${row.kek_id}::uuid, ${row.label}, ${row.version}, ${row.wrapped}::bytea, ${row.provider},
            ${row.provider_version}, ${at.toISOString()}::timestamptz)`);
}

/** The highest version of a label that ever was. */
export async function newestKekVersion(db: Queries, label: string): Promise<number> {
  const [row] = await db.query<{ version: number }>(
    sql`select coalesce(max(version), 0)::int as version from kek where label = ${label}`,
  );
  return row?.version ?? 0;
}

/** How many live keys are wrapped by another key-encryption key than this. */
export async function countOthers(db: Queries, kekId: string): Promise<number> {
  const [row] = await db.query<{ n: number }>(
    sql`select count(*) as n from data_key where state = 'live' and kek_id <> ${kekId}::uuid`,
  );
  return row?.n ?? 0;
}

/** Live keys behind `after` that another key-encryption key wraps, in the order of their ids. */
export function findOthers(
  db: Queries,
  kekId: string,
  after: string | null,
  limit: number,
): Promise<DataKeyRow[]> {
  return db.query<DataKeyRow>(sql`
    select key_id, use, wrapped, kek_id, wrap_version from data_key
    where state = 'live' and kek_id <> ${kekId}::uuid and (${after}::uuid is null or key_id > ${after}::uuid)
    order by key_id limit ${limit}`);
}

export interface Rewrapped {
  readonly keyId: string;
  readonly from: string;
  readonly wrapped: Buffer;
}

/**
 * Stores new wrappings of keys that are live and still wrapped as they were read: a key that was destroyed, or rewrapped by
 * somebody else, stays as it is. Returns how many it changed.
 */
export async function storeRewrapped(tx: Tx, kekId: string, batch: readonly Rewrapped[]): Promise<number> {
  const changed = await tx.query<{ n: number }>(sql`
    with changed as (
      update data_key k set wrapped = r.wrapped, kek_id = ${kekId}::uuid
      from unnest(${column.uuid(batch, (b) => b.keyId)}, ${column.uuid(batch, (b) => b.from)},
        ${column.bytea(batch, (b) => b.wrapped)}) as r(k, f, wrapped)
      where k.key_id = r.k and k.state = 'live' and k.kek_id = r.f
      returning 1
    )
    select count(*)::int as n from changed`);
  return changed[0]?.n ?? 0;
}

/** Destroys the retired key-encryption keys of a label, unless a live key still needs one. Returns whether it did. */
export async function destroyRetired(tx: Tx, label: string, at: Date): Promise<boolean> {
  const [row] = await tx.query<{ needed: boolean }>(sql`
    select exists (
      select 1 from data_key
      where state = 'live' and kek_id in (select kek_id from kek where label = ${label} and state = 'retired')
    ) as needed`);
  if (row?.needed !== false) return false;
  await tx.query(sql`
    update kek set state = 'destroyed', wrapped = null, destroyed_at = ${at.toISOString()}::timestamptz
    where label = ${label} and state = 'retired'`);
  return true;
}

export interface KeyVersionRow {
  readonly what: "wrapping" | (typeof INDEX_KEY_LABELS)[number];
  readonly version: number;
  readonly state: "live" | "retired" | "destroyed";
  readonly provider: string;
  readonly providerVersion: string;
  readonly createdAt: Date;
}

/** Every key that the root key wraps, destroyed ones too. */
export function listVersions(db: Queries): Promise<KeyVersionRow[]> {
  return db.query<KeyVersionRow>(sql`
    select 'wrapping' as what, version, state, provider, provider_version as "providerVersion", created_at as "createdAt"
    from kek
    union all
    select label, version, state, provider, provider_version, created_at from index_key
    order by 1, 2`);
}

/** The highest version of an index key that ever was. */
export async function newestIndexVersion(db: Queries, label: string): Promise<number> {
  const [row] = await db.query<{ version: number }>(
    sql`select coalesce(max(version), 0)::int as version from index_key where label = ${label}`,
  );
  return row?.version ?? 0;
}

/** Versions of an index key before one are for looking up in old backups only. */
export async function retireIndexKeys(tx: Tx, label: string, before: number): Promise<void> {
  await tx.query(sql`
    update index_key set state = 'retired' where label = ${label} and version < ${before} and state = 'live'`);
}

/** Destroys the retired versions of an index key; answers how many. */
export async function destroyRetiredIndexKeys(tx: Tx, label: string, at: Date): Promise<number> {
  const gone = await tx.query(sql`
    update index_key set state = 'destroyed', wrapped = null, destroyed_at = ${at.toISOString()}::timestamptz
    where label = ${label} and state = 'retired' returning 1`);
  return gone.length;
}

export interface KeyCount {
  readonly use: KeyUse;
  readonly state: "live" | "destroyed";
  readonly count: number;
}

/** Data keys by use and state. */
export function countKeys(db: Queries): Promise<KeyCount[]> {
  return db.query(
    sql`select use, state, count(*) as count from data_key group by use, state order by use, state`,
  );
}
