import { type Db, sql } from "../../src/db/index.ts";

/**
 * Claims a webhook's nonce; answers the body hash under which it was used before, or null when it is new. One whose
 * time is over counts as new: the platform's own time window refuses it before it comes here.
 */
export async function claimNonce(
  db: Pick<Db, "query">,
  sourceId: string,
  nonce: { key: string; bodyHash: string; expiresAt: Date },
): Promise<string | null> {
  const [stored] = await db.query<{ hash: Buffer; fresh: boolean }>(sql`
    insert into webhook_nonce as n (source_id, nonce_mac, body_hash, expires_at)
    values (${sourceId}::uuid, ${Buffer.from(nonce.key, "hex")}, ${Buffer.from(nonce.bodyHash, "hex")}, ${nonce.expiresAt})
    on conflict (source_id, nonce_mac) do update set body_hash = n.body_hash
    returning body_hash as hash, (xmax = 0) as fresh`);
  return stored === undefined || stored.fresh ? null : stored.hash.toString("hex");
}

/** Forgets nonces whose time is over. */
export async function forgetNonces(db: Pick<Db, "query">, now: Date): Promise<void> {
  await db.query(sql`delete from webhook_nonce where expires_at < ${now}`);
}
