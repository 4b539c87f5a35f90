import { sql, type Tx } from "../../db/index.ts";

type Reader = Pick<Tx, "query">;

export interface CodeRow {
  readonly codeId: string;
  readonly codeHash: Buffer;
  readonly expiresAt: Date;
  readonly tries: number;
}

export async function insertCode(
  tx: Tx,
  code: {
    readonly codeId: string;
    readonly requestId: string;
    readonly codeHash: Buffer;
    readonly contactMac: Buffer;
    readonly sentAt: Date;
    readonly expiresAt: Date;
  },
): Promise<void> {
  // An older code ends with the new one: there is never more than one to guess at.
  await tx.query(
    sql`update dsr_code set expires_at = least(expires_at, ${code.sentAt}) where request_id = ${code.requestId}::uuid`,
  );
  await tx.query(sql`
    insert into dsr_code (code_id, request_id, code_hash, contact_mac, sent_at, expires_at)
    values (${code.codeId}::uuid, ${code.requestId}::uuid, ${code.codeHash}, ${code.contactMac}, ${code.sentAt}, ${code.expiresAt})`);
}

/** How many codes went to a contact point since a moment, whatever the request. */
export async function countCodes(db: Reader, contactMac: Buffer, since: Date): Promise<number> {
  const [row] = await db.query<{ n: number }>(
    sql`select count(*)::int as n from dsr_code where contact_mac = ${contactMac} and sent_at > ${since}`,
  );
  return row?.n ?? 0;
}

/** Takes one try at the code of a request that may still be used, and answers it; null when there is none. */
export async function takeTry(tx: Tx, requestId: string, most: number, now: Date): Promise<CodeRow | null> {
  const [row] = await tx.query<CodeRow>(sql`
    update dsr_code set tries = tries + 1
    where request_id = ${requestId}::uuid and used_at is null and expires_at > ${now} and tries < ${most}
    returning code_id as "codeId", code_hash as "codeHash", expires_at as "expiresAt", tries`);
  return row ?? null;
}

export async function useCode(tx: Tx, codeId: string, now: Date): Promise<void> {
  await tx.query(sql`update dsr_code set used_at = ${now} where code_id = ${codeId}::uuid`);
}

/** Forgets codes that ended before a moment. */
export async function deleteOldCodes(db: Reader, before: Date): Promise<void> {
  await db.query(sql`delete from dsr_code where expires_at < ${before}`);
}
