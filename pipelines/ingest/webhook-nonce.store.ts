import { type Db, sql } from "../../src/db/index.ts";

/**
 * Claims a webhook's nonce; answers the body hash under which it was used before, or null when it is new. Expired
 * ones of the source are forgotten on the way.
 */
export async function claimNonce(
  db: Db,
  sourceId: string,
  nonce: { key: string; bodyHash: string; expiresAt: Date },
  now: Date,
): Promise<string | null> {
  return db.tx(async (tx) => {
    await tx.query(
      sql`delete from webhook_nonce where source_id = ${sourceId}::uuid and expires_at < ${now}`,
    );
    const [stored] = await tx.query<{ hash: Buffer; fresh: boolean }>(sql`
      insert into webhook_nonce as n (source_id, nonce_mac, body_hash, expires_at)
      values (${sourceId}::uuid, ${Buffer.from(nonce.key, "hex")}, ${Buffer.from(nonce.bodyHash, "hex")}, ${nonce.expiresAt})
      on conflict (source_id, nonce_mac) do update set body_hash = n.body_hash
      returning body_hash as hash, (xmax = 0) as fresh`);
    return stored === undefined || stored.fresh ? null : stored.hash.toString("hex");
  });
}
