import type { Db } from "../db/index.ts";
import { type Clock, SECOND } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import { INDEX_KEY_LABELS, indexKeys } from "./blind-index.ts";
import { openCell, sealCell } from "./cell.ts";
import { HeldKey, keyCache, LONGEST_TTL } from "./key-cache.ts";
import { type KeystoreDeps, openKeystore } from "./keystore.ts";
import { noncePool } from "./nonce.ts";
import { NORMALISER, type Normaliser } from "./normalise.ts";
import { openerOfMany } from "./open-many.ts";
import type { RootKeyProvider } from "./provider.ts";
import type { DataKey, Vault } from "./vault.ts";

const SWEEP_EVERY = 15 * SECOND;
const CACHED_KEYS = 50_000;

export interface VaultDeps {
  /** The keystore's own database: never the one that holds the data. The caller closes it, after the vault. */
  readonly keystore: Db;
  readonly provider: RootKeyProvider;
  readonly clock: Clock;
  readonly ids: Ids;
  /** How many unwrapped keys may be held at once; many times the keys in use at one moment. */
  readonly cachedKeys?: number;
  /** How long an unwrapped key is held, in milliseconds: 60 seconds unless shorter. */
  readonly keyTtl?: number;
  /** How long the provider or the keystore may take to answer, in milliseconds (10 s and 30 s). */
  readonly deadlines?: KeystoreDeps["deadlines"];
  /** Other rules of spelling than this Candor's own. */
  readonly normaliser?: Normaliser;
}

function held(key: DataKey): HeldKey {
  if (key instanceof HeldKey) return key;
  throw new TypeError("this data key did not come from a vault");
}

/**
 * Opens the vault: brings the keystore's schema up to date, makes the first keys when it is empty (any number of
 * processes may do so at once and will agree), and loads the index keys.
 *
 * Throws `keystore-unavailable` when the keystore or the provider is away, `invalid-settings` when the root key
 * is not the one this keystore was made with, `schema-too-new` when a newer Candor wrote it.
 */
export async function openVault(deps: VaultDeps): Promise<Vault> {
  const nonces = noncePool();
  const cache = keyCache(deps.clock, {
    capacity: deps.cachedKeys ?? CACHED_KEYS,
    ttl: deps.keyTtl ?? LONGEST_TTL,
  });
  const keystore = openKeystore({
    db: deps.keystore,
    provider: deps.provider,
    clock: deps.clock,
    ids: deps.ids,
    cache,
    nonces,
    ...(deps.deadlines === undefined ? {} : { deadlines: deps.deadlines }),
  });
  await keystore.prepare();
  let index = indexKeys(await keystore.indexKeys(INDEX_KEY_LABELS));
  const sweep = setInterval(() => cache.sweep(), SWEEP_EVERY);
  sweep.unref();
  const many = openerOfMany();

  return {
    createKeys: keystore.createKeys,
    loadKeys: keystore.loadKeys,
    destroyKeys: keystore.destroyKeys,
    keyStates: keystore.keyStates,
    listKeys: keystore.listKeys,
    erasures: keystore.erasures,
    rotations: keystore.rotations,
    isRootKeyThere: keystore.isRootKeyThere,
    rewrapRoot: keystore.rewrapRoot,
    seal(key, place, plaintext) {
      const mine = held(key);
      cache.check(mine);
      return sealCell(mine, place, plaintext, nonces);
    },
    open(key, place, cell) {
      const mine = held(key);
      cache.check(mine);
      return openCell(mine, place, cell);
    },
    async openMany(count, cellAt) {
      const at = deps.clock.now().getTime();
      return many.open(count, (index) => {
        const { key, place, cell } = cellAt(index);
        const mine = held(key);
        cache.check(mine, at);
        return { key: mine, place, cell };
      });
    },
    normaliser: deps.normaliser ?? NORMALISER,
    blindIndex: (...value) => index.blindIndex(...value),
    blindIndexAt: (...value) => index.blindIndexAt(...value),
    indexVersions: () => index.indexVersions(),
    async reloadIndexKeys() {
      const fresh = indexKeys(await keystore.indexKeys(INDEX_KEY_LABELS));
      index.clear();
      index = fresh;
    },
    mac: (label, ...parts) => index.mac(label, ...parts),
    macVersions: (label, ...parts) => index.macVersions(label, ...parts),
    async close() {
      clearInterval(sweep);
      await many.close();
      keystore.close();
      index.clear();
    },
  };
}
