import { column, hex, rows, sql, type Tx } from "../src/db/index.ts";
import type { Notice, NoticeText } from "./notices.ts";
import type { Purpose } from "./purpose.schema.ts";
import type { RegimeVersion } from "./regimes/history.ts";
import type { Locale } from "./vocabulary.ts";

type Reader = Pick<Tx, "query">;

/** Advisory lock of whoever changes the registries: changes follow one another. */
const REGISTRY_LOCK = 7_226_333;

export async function lockRegistry(tx: Tx): Promise<void> {
  await tx.query(sql`select pg_advisory_xact_lock(${REGISTRY_LOCK})`);
}

/**
 * Names what the registries hold: while it is the same, so are they. Versions are only ever added, so their numbers
 * tell; what is said of a source is changed in its place.
 */
export async function readRegistryMark(db: Reader): Promise<string> {
  const [row] = await db.query<{ mark: string }>(sql`
    select concat_ws(' ', (select count(*) from purpose_version), (select count(*) from notice_version),
      (select count(*) from controller_version), (select count(*) from regime_version),
      (select md5(string_agg(source_id::text || categories::text, ' ' order by source_id)) from source_consent)) as mark`);
  return row?.mark ?? "";
}

export interface PurposeVersionRow {
  readonly purposeId: string;
  readonly appliedAt: Date;
  readonly version: number;
  /** Null: taken out at that time. */
  readonly definition: Purpose | null;
}

/** Every version of every purpose, oldest first. */
export async function readPurposeVersions(db: Reader): Promise<PurposeVersionRow[]> {
  return db.query<PurposeVersionRow>(sql`
    select purpose_id as "purposeId", applied_at as "appliedAt", version, definition
    from purpose_version order by applied_at, purpose_id`);
}

export async function insertPurposeVersions(
  tx: Tx,
  versions: readonly PurposeVersionRow[],
  by: string,
): Promise<void> {
  if (versions.length === 0) return;
  await tx.query(sql`
    insert into purpose_version (purpose_id, applied_at, version, definition, applied_by)
    select "purposeId", "appliedAt", version, nullif(definition, 'null'::jsonb), ${by}
    from jsonb_to_recordset(${rows(versions)}::jsonb) as p("purposeId" text, "appliedAt" timestamptz, version int, definition jsonb)`);
}

/** Every pack that has been in force, oldest first. */
export async function readRegimeVersions(db: Reader): Promise<RegimeVersion[]> {
  return db.query<RegimeVersion>(sql`
    select regime_id as "regimeId", in_force_from as "inForceFrom", sha256, pack
    from regime_version order by in_force_from, regime_id`);
}

export async function insertRegimeVersions(tx: Tx, versions: readonly RegimeVersion[]): Promise<void> {
  if (versions.length === 0) return;
  await tx.query(sql`
    insert into regime_version (regime_id, in_force_from, sha256, pack)
    select * from unnest(${column.text(versions, (v) => v.regimeId)}, ${column.time(versions, (v) => v.inForceFrom)},
      ${column.bytea(versions, (v) => v.sha256)}, ${column.json(versions, (v) => v.pack)})`);
}

interface NoticeRow {
  readonly id: string;
  readonly version: number;
  readonly purposes: string[];
  readonly material: boolean;
  readonly publishedAt: Date;
  readonly texts: Partial<Record<Locale, NoticeText>>;
}

/** Every version of every notice with its texts, ascending. */
export async function readNotices(db: Reader): Promise<Notice[]> {
  return db.query<NoticeRow>(sql`
    select n.notice_id as id, n.version, n.purposes, n.material, n.published_at as "publishedAt",
      (select jsonb_object_agg(t.locale, t.content) from notice_text t
       where t.notice_id = n.notice_id and t.version = n.version) as texts
    from notice_version n order by n.notice_id, n.version`);
}

export async function insertNotice(
  tx: Tx,
  notice: Notice,
  hashes: Readonly<Partial<Record<Locale, string>>>,
  by: string,
): Promise<void> {
  await tx.query(sql`
    insert into notice_version (notice_id, version, purposes, material, published_at, published_by)
    values (${notice.id}, ${notice.version}, ${[...notice.purposes]}::text[], ${notice.material}, ${notice.publishedAt}, ${by})`);
  const texts = Object.entries(notice.texts).map(([locale, content]) => ({
    locale,
    content,
    sha256: hex(Buffer.from(hashes[locale as Locale] ?? "", "hex")),
  }));
  await tx.query(sql`
    insert into notice_text (notice_id, version, locale, sha256, content)
    select ${notice.id}, ${notice.version}, locale, sha256, content
    from jsonb_to_recordset(${rows(texts)}::jsonb) as t(locale text, sha256 bytea, content jsonb)`);
}

export async function readController(db: Reader): Promise<{ since: Date; details: unknown } | null> {
  const [row] = await db.query<{ since: Date; details: unknown }>(sql`
    select since, details from controller_version order by since desc limit 1`);
  return row ?? null;
}

export async function insertController(tx: Tx, details: object, at: Date, by: string): Promise<void> {
  await tx.query(sql`
    insert into controller_version (since, details, set_by) values (${at}, ${JSON.stringify(details)}::jsonb, ${by})`);
}

export async function readSourceCategories(db: Reader): Promise<{ sourceId: string; categories: unknown }[]> {
  return db.query(sql`select source_id as "sourceId", categories from source_consent`);
}

export async function saveSourceCategories(
  tx: Tx,
  sourceId: string,
  categories: object,
  at: Date,
): Promise<void> {
  await tx.query(sql`
    insert into source_consent (source_id, categories, updated_at)
    values (${sourceId}::uuid, ${JSON.stringify(categories)}::jsonb, ${at})
    on conflict (source_id) do update set categories = excluded.categories, updated_at = excluded.updated_at`);
}

export interface SigningKeyRow {
  readonly kid: string;
  readonly publicJwk: Readonly<Record<string, unknown>>;
  readonly keyId: string;
  readonly cell: Buffer;
}

/** Signing keys, newest first. */
export async function readSigningKeys(db: Reader): Promise<SigningKeyRow[]> {
  return db.query<SigningKeyRow>(sql`
    select kid, public_jwk as "publicJwk", key_id as "keyId", cell from signing_key order by created_at desc, kid`);
}

export async function insertSigningKey(tx: Tx, row: SigningKeyRow, at: Date): Promise<void> {
  await tx.query(sql`
    insert into signing_key (kid, public_jwk, key_id, cell, created_at)
    values (${row.kid}, ${JSON.stringify(row.publicJwk)}::jsonb, ${row.keyId}::uuid, ${row.cell}, ${at})`);
}
