import { randomFillSync } from "node:crypto";
import { fileURLToPath } from "node:url";
import { migrate, readMigrations } from "../db/index.ts";
import { SECOND } from "../kernel/clock.ts";
import { isUuid, type KeyId } from "../kernel/ids.ts";
import { AppError } from "../kernel/problems.ts";
import { withDeadline } from "./deadline.ts";
import { KEY_BYTES } from "./derive.ts";
import type { ErasureLedger } from "./erasure-ledger.ts";
import { frame } from "./framing.ts";
import { HeldKey, type KeyCache } from "./key-cache.ts";
import {
  type DataKeyRow,
  destroyDataKeys,
  findKeyStates,
  findLiveDataKeys,
  findLiveKeysByUse,
  insertDataKeys,
  type NewDataKey,
} from "./keystore.store.ts";
import type { NonceSource } from "./nonce.ts";
import { openLedger } from "./open-ledger.ts";
import {
  type Guard,
  type IndexKeyVersions,
  type Kek,
  type KekRing,
  kekRing,
  loadIndexKeys,
  type RootWrappedDeps,
  rewrapRoot,
} from "./root-wrapped.ts";
import { type KeyRotations, keyRotations } from "./rotation.ts";
import type { KeyListing, KeyListRequest, KeyState, KeyUse } from "./vault.ts";
import { unwrapBytes, wrapBytes } from "./wrapping.ts";

const MIGRATIONS = new URL("./migrations/", import.meta.url);
const MIGRATION_TABLE = "keystore_migration";
const WRAP_VERSION = 1;
const BATCH = 10_000;
const PROVIDER_DEADLINE = 10 * SECOND;
const STORE_DEADLINE = 30 * SECOND;
const LOOK_EVERY = 5 * SECOND;
const LOOK_PATIENCE = 2 * SECOND;

export interface KeystoreDeps extends Omit<RootWrappedDeps, "guard"> {
  readonly cache: KeyCache;
  readonly nonces: NonceSource;
  /** How long one call may take before it counts as away, in milliseconds. */
  readonly deadlines?: { readonly provider?: number; readonly store?: number };
}

/** Where keys are kept, wrapped, and from where they come, unwrapped, into the cache. */
export interface Keystore {
  /** Brings the keystore's own database up to date. */
  prepare(): Promise<void>;
  indexKeys(labels: readonly string[]): Promise<ReadonlyMap<string, IndexKeyVersions>>;
  createKeys(use: KeyUse, count: number): Promise<HeldKey[]>;
  loadKeys(ids: readonly string[]): Promise<Map<string, HeldKey>>;
  destroyKeys(ids: readonly string[]): Promise<void>;
  keyStates(ids: readonly string[]): Promise<Map<string, KeyState>>;
  listKeys(ask: KeyListRequest): Promise<KeyListing[]>;
  readonly erasures: ErasureLedger;
  rewrapRoot(): Promise<number>;
  readonly rotations: KeyRotations;
  isRootKeyThere(): Promise<boolean>;
  /** Zeroes every key in memory. The database stays open: whoever opened it closes it. */
  close(): void;
}

function guardOf(deadlines: KeystoreDeps["deadlines"]): Guard {
  const failClosed = async <T>(work: () => Promise<T>, ms: number, what: string): Promise<T> => {
    try {
      return await withDeadline(work(), ms, what);
    } catch (error) {
      // What the migration, the settings or the provider say in Candor's own words goes through.
      if (error instanceof AppError) throw error;
      throw new AppError("keystore-unavailable", { cause: error });
    }
  };
  return {
    store: (work) => failClosed(work, deadlines?.store ?? STORE_DEADLINE, "the keystore"),
    provider: (work) => failClosed(work, deadlines?.provider ?? PROVIDER_DEADLINE, "the root key provider"),
  };
}

function wrapContext(keyId: string, use: string, kekId: string): Buffer {
  return frame(["candor", "data-key", String(WRAP_VERSION), keyId, use, kekId]);
}

function* chunks<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let i = 0; i < all.length; i += BATCH) yield all.slice(i, i + BATCH);
}

/** UUIDs in the spelling of the database; anything else names no key. */
function knownForm(ids: readonly string[]): string[] {
  return [...new Set(ids.filter(isUuid).map((id) => id.toLowerCase()))];
}

export function openKeystore(deps: KeystoreDeps): Keystore {
  const { db, cache, clock, ids: mint, nonces } = deps;
  const guard = guardOf(deps.deadlines);
  const rootDeps: RootWrappedDeps = { db, provider: deps.provider, clock, ids: mint, guard };
  const keks: KekRing = kekRing(rootDeps);
  /** Ids destroyed while a load is under way: what it read may be older than the destruction. */
  const loadsUnderWay = new Set<Set<string>>();

  let closed = false;
  const refuseClosed = (): void => {
    if (closed) throw new AppError("keystore-unavailable", { detail: "The vault is closed." });
  };
  /** More keys at once than the cache holds would push each other out before they are used. */
  const refuseTooMany = (count: number): void => {
    if (count > cache.capacity)
      throw new RangeError(`${count} keys at once are more than the key cache holds (${cache.capacity})`);
  };

  const endDestroyed = (ids: readonly string[]): void => {
    for (const id of ids) {
      cache.end(id, "destroyed");
      for (const load of loadsUnderWay) load.add(id);
    }
  };

  const createBatch = async (use: KeyUse, count: number): Promise<HeldKey[]> => {
    for (;;) {
      const made = await tryBatch(use, count, await keks.current());
      if (made !== null) return made;
      // A rotation has put another key-encryption key in its place since this process looked.
      await keks.reload();
    }
  };

  const tryBatch = async (use: KeyUse, count: number, kek: Kek): Promise<HeldKey[] | null> => {
    refuseClosed();
    const random = randomFillSync(Buffer.alloc(count * KEY_BYTES));
    const at = clock.now();
    const made: HeldKey[] = [];
    const batch: NewDataKey[] = [];
    for (let i = 0; i < count; i++) {
      const keyId = mint.next().toLowerCase() as KeyId;
      const bytes = random.subarray(i * KEY_BYTES, (i + 1) * KEY_BYTES);
      batch.push({ keyId, wrapped: wrapBytes(kek.bytes, bytes, wrapContext(keyId, use, kek.id), nonces) });
      made.push(new HeldKey(keyId, use, bytes, at.getTime()));
    }
    let isStored = false;
    try {
      isStored = await guard.store(() =>
        insertDataKeys(db, batch, { use, kekId: kek.id, wrapVersion: WRAP_VERSION, at }),
      );
    } finally {
      if (!isStored) for (const key of made) key.end("expired");
    }
    if (!isStored) return null;
    cache.add(made);
    return made;
  };

  const unwrapRow = (row: DataKeyRow, kek: Kek | undefined): Buffer => {
    const bytes =
      kek !== undefined && row.wrap_version === WRAP_VERSION
        ? unwrapBytes(kek.bytes, row.wrapped, wrapContext(row.key_id, row.use, row.kek_id))
        : null;
    // Absent would mean destroyed, and somebody would believe the data gone. Fail closed instead.
    if (bytes === null || bytes.length !== KEY_BYTES) {
      throw new AppError("keystore-unavailable", {
        detail: `Data key ${row.key_id} in the keystore was altered and cannot be unwrapped.`,
      });
    }
    return bytes;
  };

  /** Reads keys the cache does not hold, or holds for too long to trust, and puts them there. */
  const fetchBatch = async (ids: readonly string[], into: Map<string, HeldKey>): Promise<void> => {
    const destroyedMeanwhile = new Set<string>();
    loadsUnderWay.add(destroyedMeanwhile);
    try {
      const askedAt = clock.now().getTime();
      const found = await guard.store(() => findLiveDataKeys(db, ids));
      const byId = found.length > 0 ? await keks.forIds(new Set(found.map((row) => row.kek_id))) : null;
      refuseClosed();
      const added: HeldKey[] = [];
      const live = new Set<string>();
      try {
        for (const row of found) {
          if (destroyedMeanwhile.has(row.key_id)) continue;
          live.add(row.key_id);
          let key = cache.peek(row.key_id);
          if (key !== undefined) {
            cache.renew(key, askedAt);
          } else {
            key = new HeldKey(row.key_id as KeyId, row.use, unwrapRow(row, byId?.get(row.kek_id)), askedAt);
            added.push(key);
          }
          into.set(row.key_id, key);
        }
      } catch (error) {
        for (const key of added) key.end("expired");
        throw error;
      }
      cache.add(added);
      for (const id of ids) if (!live.has(id)) cache.end(id, "destroyed");
    } finally {
      loadsUnderWay.delete(destroyedMeanwhile);
    }
  };

  let looked: { readonly at: number; readonly there: boolean } | undefined;

  return {
    async isRootKeyThere() {
      const at = clock.now().getTime();
      if (looked !== undefined && Math.abs(at - looked.at) < LOOK_EVERY) return looked.there;
      const there = await guard
        .provider(() => withDeadline(deps.provider.currentVersion(), LOOK_PATIENCE, "the root key provider"))
        .then(
          () => true,
          () => false,
        );
      looked = { at, there };
      return there;
    },
    async prepare() {
      const migrations = readMigrations(fileURLToPath(MIGRATIONS));
      await guard.store(() => migrate(db, migrations, MIGRATION_TABLE));
      await keks.current();
    },
    indexKeys: (labels) => loadIndexKeys(rootDeps, labels),

    async createKeys(use, count) {
      if (!Number.isSafeInteger(count) || count < 0) throw new RangeError("count must be a whole number");
      refuseTooMany(count);
      const made: HeldKey[] = [];
      for (let left = count; left > 0; left -= BATCH) {
        made.push(...(await createBatch(use, Math.min(left, BATCH))));
      }
      return made;
    },

    async loadKeys(ids) {
      const answer = new Map<string, HeldKey>();
      const missing: string[] = [];
      const at = clock.now().getTime();
      for (const id of ids) {
        const key = cache.find(id, at);
        if (key === undefined) missing.push(id);
        else answer.set(id, key);
      }
      if (missing.length === 0) return answer;
      const asked = knownForm(missing);
      refuseTooMany(answer.size + asked.length);
      const found = new Map<string, HeldKey>();
      for (const batch of chunks(asked)) await fetchBatch(batch, found);
      for (const id of missing) {
        const key = found.get(id.toLowerCase());
        if (key !== undefined) answer.set(id, key);
      }
      return answer;
    },

    async destroyKeys(ids) {
      const doomed = knownForm(ids);
      for (const batch of chunks(doomed)) {
        await guard.store(() => db.retryingTx((tx) => destroyDataKeys(tx, batch, clock.now())));
        endDestroyed(batch);
      }
    },

    async keyStates(ids) {
      const asked = knownForm(ids);
      const answer = new Map<string, KeyState>(asked.map((id) => [id, "unknown"]));
      for (const batch of chunks(asked)) {
        for (const row of await guard.store(() => findKeyStates(db, batch)))
          answer.set(row.key_id, row.state);
      }
      return answer;
    },

    async listKeys(ask) {
      const found = await guard.store(() => findLiveKeysByUse(db, { ...ask, after: ask.after ?? null }));
      return found.map((row) => ({ id: row.key_id as KeyId, createdAt: row.created_at }));
    },

    erasures: openLedger({ db, clock, guard, ended: endDestroyed }),

    rewrapRoot: () => rewrapRoot(rootDeps),
    rotations: keyRotations({
      ...rootDeps,
      keks,
      rewrap(row, from, to) {
        const bytes = unwrapRow(row, from);
        try {
          return wrapBytes(to.bytes, bytes, wrapContext(row.key_id, row.use, to.id), nonces);
        } finally {
          bytes.fill(0);
        }
      },
    }),

    close() {
      closed = true;
      cache.clear();
      keks.clear();
    },
  };
}
