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
): Promise<{ packageId: string; runId: string; content: Buffer; subjects: readonly string[] } | null> {
  const [row] = await tx.query<{
    packageId: string;
    runId: string;
    content: Buffer;
    subjects: readonly string[];
  }>(sql`
    with ready as (
      select package_id, content from privacy_package
      where token_hash = ${tokenHash} and state = 'ready' and expires_at > ${at} for update
    )
    update privacy_package p set state = 'fetched', content = null, ended_at = ${at}
    from ready r where p.package_id = r.package_id
    returning p.package_id as "packageId", p.run_id as "runId", r.content, p.subjects`);
  return row ?? null;
}

/** Deletes packages whose time is over; answers their keys, to be destroyed. */
export async function expirePackages(tx: Tx, at: Date): Promise<{ packageId: string; keyId: string }[]> {
  return tx.query(sql`
    update privacy_package set state = 'expired', content = null, delivery = null, ended_at = ${at}
    where ended_at is null and expires_at <= ${at} returning package_id as "packageId", key_id as "keyId"`);
}

/** Ends the packages of people who are being erased: what was made of their data goes with it. Answers their keys. */
export async function endPackagesOf(
  tx: Tx,
  subjectIds: readonly string[],
  at: Date,
): Promise<{ keyId: string; subjects: readonly string[] }[]> {
  return tx.query(sql`
    update privacy_package set state = 'expired', content = null, delivery = null, ended_at = ${at}
    where subjects && ${[...subjectIds]}::uuid[] and ended_at is null
    returning key_id as "keyId", subjects`);
}
