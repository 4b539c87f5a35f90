import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { calculateJwkThumbprint, type JWK } from "jose";
import type { Db, Tx } from "../src/db/index.ts";
import { type Clock, MINUTE } from "../src/kernel/clock.ts";
import { AppError } from "../src/kernel/problems.ts";
import type { Vault } from "../src/vault/index.ts";
import type { ReceiptSigner } from "./receipts.ts";
import { insertSigningKey, lockRegistry, readSigningKeys } from "./registry.store.ts";

/** The Ed25519 keys that sign receipts. The private halves are sealed under evidence keys. */
export interface SigningKeys {
  /** The newest key; the first call of an installation makes it. */
  signer(): Promise<ReceiptSigner>;
  /** The same inside a transaction that must not be left. */
  signerIn(tx: Tx): Promise<ReceiptSigner>;
  /** All public halves: receipts of older keys stay verifiable (RFC 7517). */
  jwks(): Promise<{ readonly keys: readonly Readonly<Record<string, unknown>>[] }>;
  /** The public half by its id; null for a key that is not ours. */
  findPublic(kid: string): Promise<KeyObject | null>;
}

export function createSigningKeys(deps: {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
}): SigningKeys {
  let held: { readonly signer: ReceiptSigner; readonly until: number } | undefined;

  const load = async (tx: Tx | null = null): Promise<ReceiptSigner> => {
    const reader = tx ?? deps.db;
    let [row] = await readSigningKeys(reader);
    if (row === undefined) {
      await makeKey(deps, tx);
      [row] = await readSigningKeys(reader);
    }
    if (row === undefined) throw new AppError("store-unavailable");
    const key = (await deps.vault.loadKeys([row.keyId])).get(row.keyId);
    if (key === undefined) throw new AppError("key-destroyed");
    const pem = deps.vault.open(key, placeOf(row.kid), row.cell);
    const signer = {
      key: createPrivateKey({ key: pem, format: "der", type: "pkcs8" }),
      keyId: row.kid,
    };
    pem.fill(0);
    // What a transaction saw may be rolled back with it.
    if (tx === null) held = { signer, until: deps.clock.now().getTime() + 10 * MINUTE };
    return signer;
  };

  const kept = () =>
    held !== undefined && deps.clock.now().getTime() < held.until ? held.signer : undefined;

  return {
    signer: async () => kept() ?? load(),
    signerIn: async (tx) => kept() ?? load(tx),
    async jwks() {
      let known = await readSigningKeys(deps.db);
      if (known.length === 0) {
        await load();
        known = await readSigningKeys(deps.db);
      }
      return { keys: known.map((k) => k.publicJwk) };
    },
    async findPublic(kid) {
      const row = (await readSigningKeys(deps.db)).find((k) => k.kid === kid);
      return row === undefined ? null : createPublicKey({ key: row.publicJwk as JWK, format: "jwk" });
    },
  };
}

function placeOf(kid: string) {
  return { table: "signing_key", column: "cell", recordId: kid, category: "evidence" };
}

/** Makes the installation's first key. Of several processes that start at once, one makes it. */
async function makeKey(deps: { db: Db; vault: Vault; clock: Clock }, within: Tx | null): Promise<void> {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const jwk = publicKey.export({ format: "jwk" }) as JWK;
  const kid = await calculateJwkThumbprint(jwk);
  const [key] = await deps.vault.createKeys("evidence", 1);
  if (key === undefined) throw new AppError("keystore-unavailable");
  const der = privateKey.export({ format: "der", type: "pkcs8" });
  const cell = deps.vault.seal(key, placeOf(kid), der);
  der.fill(0);
  const insert = async (tx: Tx): Promise<void> => {
    await lockRegistry(tx);
    if ((await readSigningKeys(tx)).length > 0) return;
    const publicJwk = { ...jwk, kid, use: "sig", alg: "EdDSA" };
    await insertSigningKey(tx, { kid, publicJwk, keyId: key.id, cell }, deps.clock.now());
  };
  await (within === null ? deps.db.tx(insert) : insert(within));
}
