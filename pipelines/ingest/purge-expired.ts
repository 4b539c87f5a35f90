import type { Db } from "../../src/db/index.ts";
import type { Clock } from "../../src/kernel/clock.ts";
import type { Vault } from "../../src/vault/index.ts";
import { deleteExpired } from "./quarantine.store.ts";
import { forgetNonces } from "./webhook-nonce.store.ts";

const BATCH = 1_000;

/** Removes quarantined items and webhook nonces whose time is over, and destroys the items' keys. Returns how many items went. */
export async function purgeExpired(deps: { db: Db; vault: Vault; clock: Clock }): Promise<number> {
  await forgetNonces(deps.db, deps.clock.now());
  let total = 0;
  for (;;) {
    const { items, keys } = await deps.db.tx((tx) => deleteExpired(tx, deps.clock.now(), BATCH));
    await deps.vault.destroyKeys(keys);
    total += items;
    if (items < BATCH) return total;
  }
}
