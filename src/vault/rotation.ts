import { randomBytes } from "node:crypto";
import type { Db } from "../db/index.ts";
import { type Clock, MINUTE, SECOND } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import { AppError } from "../kernel/problems.ts";
import { KEY_BYTES } from "./derive.ts";
import { type DataKeyRow, insertIndexKeys, type KekRow } from "./keystore.store.ts";
import type { RootKeyProvider } from "./provider.ts";
import {
  type Guard,
  type Kek,
  type KekRing,
  kekContext,
  nextIndexKey,
  rewrapRoot,
  TENANT_KEK,
} from "./root-wrapped.ts";
import {
  countKeys,
  countOthers,
  destroyRetired,
  destroyRetiredIndexKeys,
  findOthers,
  finishRotation,
  type KeyCount,
  type KeyVersionRow,
  leaseRotation,
  listRotations,
  listVersions,
  newestIndexVersion,
  newestKekVersion,
  noteRotation,
  type Rewrapped,
  type RotationChange,
  replaceKek,
  retireIndexKeys,
  startRotation,
  storeRewrapped,
} from "./rotation.store.ts";

export const ROTATION_KINDS = ["root", "wrapping", "index"] as const;
export type RotationKind = (typeof ROTATION_KINDS)[number];

/** What a rotation is at: `prepare`, `rewrap`, `settle`, `done`; of the index key `publish`, `index`, `settle`, `again`, `done`. */
export const ROTATION_PHASES = ["prepare", "rewrap", "publish", "index", "settle", "again", "done"] as const;
export type RotationPhase = (typeof ROTATION_PHASES)[number];

/** One rotation and how far it is. */
export interface Rotation {
  readonly id: string;
  readonly kind: RotationKind;
  readonly state: "running" | "done";
  readonly phase: RotationPhase;
  readonly toVersion: string | null;
  readonly cursor: string | null;
  readonly done: number;
  readonly total: number;
  readonly startedAt: Date;
  readonly updatedAt: Date;
  readonly finishedAt: Date | null;
}

export interface KeyVersions {
  readonly rootVersion: string;
  readonly provider: string;
  /** Everything the root key wraps: `wrapping`, `blind-index`, `mac`, `suppression`. */
  readonly versions: readonly {
    readonly what: KeyVersionRow["what"];
    readonly version: number;
    readonly state: KeyVersionRow["state"];
    readonly rootVersion: string;
    readonly createdAt: Date;
  }[];
  readonly dataKeys: readonly KeyCount[];
}

/** What one step did: whether it changed anything, and whether a rotation still runs. */
export interface RotationStep {
  readonly worked: number;
  readonly isRunning: boolean;
}

/**
 * Rotation of the keys in the keystore, a slice at a time. Its state lies in the keystore: whichever process steps next
 * goes on where the last one was killed. Any number may step at once; a lease keeps them from doing the same work twice,
 * and work done twice changes nothing.
 */
export interface KeyRotations {
  /** Starts a rotation. While one of the kind runs, it is that one which is answered. */
  start(kind: RotationKind): Promise<Rotation>;
  list(limit?: number): Promise<Rotation[]>;
  versions(): Promise<KeyVersions>;
  /** Does one slice of the oldest running rotation of the root or wrapping key. */
  step(options?: { readonly batch?: number }): Promise<RotationStep>;
  /**
   * Starts a rotation of the key of blind indexes, or with `again` another round for the version that there is. Its work
   * lies in the data and is done by whoever leases it.
   */
  startIndex(options: { readonly again: boolean }): Promise<Rotation>;
  /** The running rotation of the index key, when nobody else works on it. */
  leaseIndex(): Promise<Rotation | null>;
  noteIndex(id: string, change: RotationChange): Promise<void>;
  /** Everything is found under a version: the older ones are retired. */
  finishIndex(id: string, version: number): Promise<void>;
  /** Destroys the retired versions of the index key for good; answers how many. */
  destroyOldIndexKeys(): Promise<number>;
}

export interface RotationDeps {
  readonly db: Db;
  readonly provider: RootKeyProvider;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly guard: Guard;
  readonly keks: KekRing;
  /** Wraps a data key anew: from the key-encryption key it has to the current one. */
  readonly rewrap: (row: DataKeyRow, from: Kek | undefined, to: Kek) => Buffer;
}

const BLIND_INDEX = "blind-index";
const LEASE = 30 * SECOND;
const BATCH = 2_000;
/** A key that was being inserted when its key-encryption key was retired is there by then; see `insertDataKeys`. */
const SETTLE = MINUTE;

export function keyRotations(deps: RotationDeps): KeyRotations {
  const { db, provider, clock, guard, keks } = deps;
  const owner = deps.ids.next();

  const startWrapping = async (): Promise<Rotation> => {
    const kekId = deps.ids.next();
    const plain = randomBytes(KEY_BYTES);
    const [wrapped] = await guard.provider(() => provider.wrap([{ plain, context: kekContext(kekId) }]));
    plain.fill(0);
    if (wrapped === undefined)
      throw new AppError("keystore-unavailable", { detail: "The root key provider wrapped nothing." });
    return guard.store(() =>
      db.retryingTx(async (tx) => {
        const at = clock.now();
        const id = deps.ids.next();
        const total = await countOthers(tx, kekId);
        const { rotation, isNew } = await startRotation(tx, {
          id,
          kind: "wrapping",
          phase: "rewrap",
          total,
          at,
        });
        if (!isNew) return rotation;
        const row: KekRow = {
          kek_id: kekId,
          label: TENANT_KEK,
          version: (await newestKekVersion(tx, TENANT_KEK)) + 1,
          wrapped: wrapped.bytes,
          provider: provider.name,
          provider_version: wrapped.version,
        };
        // From here on nobody's insert under an older key succeeds: whoever still holds one loads the new one.
        await replaceKek(tx, row, at);
        const toVersion = String(row.version);
        await noteRotation(tx, rotation.id, { toVersion }, at);
        return { ...rotation, toVersion };
      }),
    );
  };

  const startRoot = (): Promise<Rotation> =>
    guard.store(() =>
      db.retryingTx(async (tx) => {
        const at = clock.now();
        const id = deps.ids.next();
        return (await startRotation(tx, { id, kind: "root", phase: "prepare", total: 0, at })).rotation;
      }),
    );

  const startIndex: KeyRotations["startIndex"] = async ({ again }) => {
    const known = await guard.store(() => newestIndexVersion(db, BLIND_INDEX));
    const version = again ? known : known + 1;
    const fresh = again ? null : await nextIndexKey(deps, BLIND_INDEX, version);
    return guard.store(() =>
      db.retryingTx(async (tx) => {
        const at = clock.now();
        const id = deps.ids.next();
        const row = { id, kind: "index", phase: "publish", total: 0, at } as const;
        const { rotation, isNew } = await startRotation(tx, row);
        if (!isNew) return rotation;
        if (fresh !== null) await insertIndexKeys(tx, [fresh], at);
        await noteRotation(tx, rotation.id, { toVersion: String(version) }, at);
        return { ...rotation, toVersion: String(version) };
      }),
    );
  };

  const lease = (ofIndex: boolean): Promise<Rotation | null> => {
    const at = clock.now();
    return guard.store(() => leaseRotation(db, owner, at, new Date(at.getTime() + LEASE), ofIndex));
  };

  const stepRoot = async (rotation: Rotation): Promise<number> => {
    if (rotation.phase === "prepare") {
      // Made before it is noted: killed in between, another version is made, and the one before it wraps nothing.
      const { rotate } = provider;
      if (rotate !== undefined) await guard.provider(() => rotate.call(provider));
      const toVersion = await guard.provider(() => provider.currentVersion());
      await guard.store(() => noteRotation(db, rotation.id, { phase: "rewrap", toVersion }, clock.now()));
      return 1;
    }
    const changed = await rewrapRoot(deps);
    await guard.store(() => noteRotation(db, rotation.id, { more: changed }, clock.now()));
    if (changed > 0) return changed;
    const { forgetPrevious } = provider;
    if (forgetPrevious !== undefined) await guard.provider(() => forgetPrevious.call(provider));
    await guard.store(() => finishRotation(db, rotation.id, clock.now()));
    return 1;
  };

  const settleWrapping = async (rotation: Rotation): Promise<number> => {
    if (clock.now().getTime() - rotation.startedAt.getTime() < SETTLE) return 0;
    const destroyed = await guard.store(() =>
      db.retryingTx((tx) => destroyRetired(tx, TENANT_KEK, clock.now())),
    );
    await guard.store(() =>
      destroyed
        ? finishRotation(db, rotation.id, clock.now())
        : noteRotation(db, rotation.id, { phase: "rewrap", cursor: "" }, clock.now()),
    );
    return 1;
  };

  const stepWrapping = async (rotation: Rotation, batch: number): Promise<number> => {
    if (rotation.phase === "settle") return settleWrapping(rotation);
    let kek = await keks.current();
    if (String(kek.version) !== rotation.toVersion) {
      // This process looked before the rotation began; it must not rewrap to the key that is on its way out.
      await keks.reload();
      kek = await keks.current();
    }
    if (String(kek.version) !== rotation.toVersion) {
      throw new AppError("keystore-unavailable", {
        detail: "The keystore's newest key-encryption key is not the one this rotation made.",
      });
    }
    const found = await guard.store(() => findOthers(db, kek.id, rotation.cursor, batch));
    const last = found.at(-1);
    if (last === undefined) {
      await guard.store(() => noteRotation(db, rotation.id, { phase: "settle", cursor: "" }, clock.now()));
      return 1;
    }
    const ring = await keks.forIds(new Set(found.map((row) => row.kek_id)));
    const rewrapped = found.map(
      (row): Rewrapped => ({
        keyId: row.key_id,
        from: row.kek_id,
        wrapped: deps.rewrap(row, ring.get(row.kek_id), kek),
      }),
    );
    await guard.store(() =>
      db.retryingTx(async (tx) => {
        const more = await storeRewrapped(tx, kek.id, rewrapped);
        await noteRotation(tx, rotation.id, { cursor: last.key_id, more }, clock.now());
      }),
    );
    return found.length;
  };

  return {
    start: (kind) =>
      kind === "index" ? startIndex({ again: false }) : kind === "wrapping" ? startWrapping() : startRoot(),
    startIndex,
    leaseIndex: () => lease(true),
    noteIndex: (id, change) => guard.store(() => noteRotation(db, id, change, clock.now())),
    finishIndex: (id, version) =>
      guard.store(() =>
        db.retryingTx(async (tx) => {
          await retireIndexKeys(tx, BLIND_INDEX, version);
          await finishRotation(tx, id, clock.now());
        }),
      ),
    destroyOldIndexKeys: () =>
      guard.store(() => db.retryingTx((tx) => destroyRetiredIndexKeys(tx, BLIND_INDEX, clock.now()))),
    list: (limit = 20) => guard.store(() => listRotations(db, limit)),

    async versions() {
      const rootVersion = await guard.provider(() => provider.currentVersion());
      const rows = await guard.store(() => listVersions(db));
      return {
        rootVersion,
        provider: provider.name,
        versions: rows.map(({ what, version, state, providerVersion, createdAt }) => ({
          what,
          version,
          state,
          rootVersion: providerVersion,
          createdAt,
        })),
        dataKeys: await guard.store(() => countKeys(db)),
      };
    },

    async step({ batch = BATCH } = {}) {
      const rotation = await lease(false);
      if (rotation === null) return { worked: 0, isRunning: false };
      const worked =
        rotation.kind === "root" ? await stepRoot(rotation) : await stepWrapping(rotation, batch);
      return { worked, isRunning: true };
    },
  };
}
