import { sql, type Tx } from "../src/db/index.ts";

export interface OptInToken {
  readonly subjectId: string;
  readonly recordId: string;
  readonly expiresAt: Date;
  readonly usedAt: Date | null;
}

export async function insertOptInToken(
  tx: Tx,
  token: { hash: Buffer; subjectId: string; recordId: string; at: Date; expiresAt: Date },
): Promise<void> {
  await tx.query(sql`
    insert into opt_in_token (token_hash, subject_id, record_id, created_at, expires_at)
    values (${token.hash}, ${token.subjectId}::uuid, ${token.recordId}::uuid, ${token.at}, ${token.expiresAt})`);
}

export async function findOptInToken(db: Pick<Tx, "query">, hash: Buffer): Promise<OptInToken | null> {
  const [row] = await db.query<OptInToken>(sql`
    select subject_id as "subjectId", record_id as "recordId", expires_at as "expiresAt", used_at as "usedAt"
    from opt_in_token where token_hash = ${hash}`);
  return row ?? null;
}

/** Uses a token up; null when it was used before, has expired or never was. */
export async function useOptInToken(tx: Tx, hash: Buffer, at: Date): Promise<OptInToken | null> {
  const [row] = await tx.query<OptInToken>(sql`
    update opt_in_token set used_at = ${at}
    where token_hash = ${hash} and used_at is null and expires_at > ${at}
    returning subject_id as "subjectId", record_id as "recordId", expires_at as "expiresAt", used_at as "usedAt"`);
  return row ?? null;
}

/** Removes tokens that ended before a day; answers how many. */
export async function deleteOldOptInTokens(tx: Pick<Tx, "query">, before: Date): Promise<number> {
  const gone = await tx.query(sql`delete from opt_in_token where expires_at < ${before} returning 1`);
  return gone.length;
}
