import { sql, type Tx } from "../../db/index.ts";

type Reader = Pick<Tx, "query">;

export interface PackageRow {
  readonly packageId: string;
  readonly runId: string;
  readonly subjects: readonly string[];
  readonly kind: "access" | "portability";
  readonly locale: string;
  readonly state: "making" | "ready" | "fetched" | "expired";
  readonly keyId: string;
  readonly delivery: Buffer | null;
  readonly expiresAt: Date;
  readonly size: number | null;
  readonly madeAt: Date | null;
  readonly endedAt: Date | null;
}

const columns = sql`package_id as "packageId", run_id as "runId", subjects, kind, locale, state, key_id as "keyId", delivery,
  expires_at as "expiresAt", size, made_at as "madeAt", ended_at as "endedAt"`;

export async function insertPackage(
  tx: Tx,
  row: Pick<PackageRow, "packageId" | "runId" | "subjects" | "kind" | "locale" | "keyId" | "expiresAt"> & {
    readonly delivery: Buffer;
    readonly tokenHash: Buffer;
    readonly createdAt: Date;
  },
): Promise<void> {
  await tx.query(sql`
    insert into privacy_package (package_id, run_id, subjects, kind, locale, state, key_id, delivery, token_hash, created_at,
      expires_at)
    values (${row.packageId}::uuid, ${row.runId}::uuid, ${[...row.subjects]}::uuid[], ${row.kind}, ${row.locale}, 'making',
      ${row.keyId}::uuid, ${row.delivery}, ${row.tokenHash}, ${row.createdAt}, ${row.expiresAt})`);
}

export async function findPackage(db: Reader, packageId: string): Promise<PackageRow | null> {
  const [row] = await db.query<PackageRow>(
    sql`select ${columns} from privacy_package where package_id = ${packageId}::uuid`,
  );
  return row ?? null;
}

export async function findPackageByToken(db: Reader, tokenHash: Buffer): Promise<PackageRow | null> {
  const [row] = await db.query<PackageRow>(
    sql`select ${columns} from privacy_package where token_hash = ${tokenHash}`,
  );
  return row ?? null;
}

/** Gives an open package another link and another end; the old link ends. */
export async function replaceToken(
  tx: Tx,
  packageId: string,
  to: { readonly tokenHash: Buffer; readonly expiresAt: Date },
): Promise<void> {
  await tx.query(sql`
    update privacy_package set token_hash = ${to.tokenHash}, expires_at = ${to.expiresAt}
    where package_id = ${packageId}::uuid and ended_at is null`);
}

/** Keeps the finished message and forgets what it was encrypted with. */
export async function keepPackage(
  tx: Tx,
  packageId: string,
  made: { readonly content: Buffer; readonly sha256: Buffer; readonly at: Date },
): Promise<void> {
  await tx.query(sql`
    update privacy_package set state = 'ready', content = ${made.content}, size = ${made.content.length},
      sha256 = ${made.sha256}, delivery = null, made_at = ${made.at}
    where package_id = ${packageId}::uuid and state = 'making'`);
}

/** Hands a ready package out for the only time: takes the content away as it gives it. Null when there is none. */
export async function takePackage(
  tx: Tx,
  tokenHash: Buffer,
  at: Date,
): Promise<{ packageId: string; content: Buffer } | null> {
  const [row] = await tx.query<{ packageId: string; content: Buffer }>(sql`
    with ready as (
      select package_id, content from privacy_package
      where token_hash = ${tokenHash} and state = 'ready' and expires_at > ${at} for update
    )
    update privacy_package p set state = 'fetched', content = null, ended_at = ${at}
    from ready r where p.package_id = r.package_id
    returning p.package_id as "packageId", r.content`);
  return row ?? null;
}

/** How many packages wait whose time is over. */
export async function countExpiredPackages(db: Reader, at: Date): Promise<number> {
  const [row] = await db.query<{ n: number }>(
    sql`select count(*)::int as n from privacy_package where ended_at is null and expires_at <= ${at}`,
  );
  return row?.n ?? 0;
}

/** Deletes packages whose time is over; answers how many. */
export async function expirePackages(tx: Tx, at: Date): Promise<number> {
  const gone = await tx.query(sql`
    update privacy_package set state = 'expired', content = null, delivery = null, ended_at = ${at}
    where ended_at is null and expires_at <= ${at} returning 1`);
  return gone.length;
}

/** Keys of packages that were fetched or ended since a moment. */
export async function readEndedKeys(db: Reader, since: Date): Promise<string[]> {
  const found = await db.query<{ keyId: string }>(
    sql`select key_id as "keyId" from privacy_package where ended_at >= ${since}`,
  );
  return found.map((f) => f.keyId);
}

/**
 * Ends the packages of people who are being erased: what was made of their data goes with it. Answers the keys of all that
 * were ever made for them, which open the passphrases in old backups.
 */
export async function endPackagesOf(
  tx: Tx,
  subjectIds: readonly string[],
  at: Date,
): Promise<{ keyId: string; subjects: readonly string[]; waited: boolean }[]> {
  return tx.query(sql`
    with mine as (
      select package_id, ended_at is null as waited from privacy_package
      where subjects && ${[...subjectIds]}::uuid[] for update
    )
    update privacy_package p set content = null, delivery = null, ended_at = coalesce(p.ended_at, ${at}::timestamptz),
      state = case when m.waited then 'expired' else p.state end
    from mine m where p.package_id = m.package_id
    returning p.key_id as "keyId", p.subjects, m.waited`);
}
