import { randomBytes } from "node:crypto";
import type { Db } from "../db/index.ts";
import { type Clock, MINUTE } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import { AppError } from "../kernel/problems.ts";
import { KEY_BYTES } from "./derive.ts";
import {
  type FoundKek,
  findIndexKeys,
  findKeks,
  type IndexKeyRow,
  insertIndexKeys,
  insertKek,
  type KekRow,
  replaceIndexKeyWrapping,
  replaceKekWrapping,
} from "./keystore.store.ts";
import type { RootKeyProvider, WrapContext } from "./provider.ts";

export const TENANT_KEK = "tenant";
const KEK_TTL = 5 * MINUTE;

/** Runs a call to the keystore or the provider; whatever goes wrong becomes `keystore-unavailable`. */
export interface Guard {
  store<T>(work: () => Promise<T>): Promise<T>;
  provider<T>(work: () => Promise<T>): Promise<T>;
}

export interface RootWrappedDeps {
  readonly db: Db;
  readonly provider: RootKeyProvider;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly guard: Guard;
}

export interface Kek {
  readonly id: string;
  readonly version: number;
  readonly bytes: Buffer;
}

/** The unwrapped key-encryption keys. Their bytes are zeroed by `clear` and at no other time. */
export interface KekRing {
  current(): Promise<Kek>;
  /** Key-encryption keys that hold all of these ids; throws `keystore-unavailable` when one is missing. */
  forIds(ids: ReadonlySet<string>): Promise<ReadonlyMap<string, Kek>>;
  /** Asks the keystore again: another process may have made a new one. */
  reload(): Promise<void>;
  clear(): void;
}

/** What a wrapped key-encryption key is bound to. */
export function kekContext(kekId: string): WrapContext {
  return { tenant: "candor", purpose: "kek", key: kekId };
}

function indexContext(label: string, version: number): WrapContext {
  return { tenant: "candor", purpose: "index-key", key: label, version: String(version) };
}

function refuseMissing(what: string): never {
  throw new AppError("keystore-unavailable", { detail: `The keystore has lost ${what}.` });
}

async function unwrapAll(
  deps: RootWrappedDeps,
  items: readonly { wrapped: Buffer; context: WrapContext }[],
): Promise<Buffer[]> {
  const plain = await deps.guard.provider(() =>
    deps.provider.unwrap(items.map((i) => ({ bytes: i.wrapped, context: i.context }))),
  );
  if (plain.length !== items.length || plain.some((p) => p.length !== KEY_BYTES)) {
    throw new AppError("keystore-unavailable", {
      detail: "The root key provider answered with something other than the keys it was asked for.",
    });
  }
  return plain;
}

/** Makes a KEK where there is none. Of several processes that start at once, the first to insert decides. */
async function ensureKek(deps: RootWrappedDeps): Promise<FoundKek[]> {
  const found = await deps.guard.store(() => findKeks(deps.db, TENANT_KEK));
  if (found.length > 0) return found;
  const kekId = deps.ids.next();
  const plain = randomBytes(KEY_BYTES);
  const [wrapped] = await deps.guard.provider(() =>
    deps.provider.wrap([{ plain, context: kekContext(kekId) }]),
  );
  plain.fill(0);
  if (wrapped === undefined) refuseMissing("a key on its way");
  const row: KekRow = {
    kek_id: kekId,
    label: TENANT_KEK,
    version: 1,
    wrapped: wrapped.bytes,
    provider: deps.provider.name,
    provider_version: wrapped.version,
  };
  await deps.guard.store(() => insertKek(deps.db, row, deps.clock.now()));
  return deps.guard.store(() => findKeks(deps.db, TENANT_KEK));
}

/** Loads, or makes, the tenant's key-encryption keys and keeps them for five minutes at most. */
export function kekRing(deps: RootWrappedDeps): KekRing {
  interface Ring {
    readonly byId: ReadonlyMap<string, Kek>;
    readonly newest: Kek;
    readonly loadedAt: number;
  }
  let ring: Ring | undefined;
  let loading: Promise<Ring> | undefined;

  const load = async (): Promise<Ring> => {
    const found = await ensureKek(deps);
    const plain = await unwrapAll(
      deps,
      found.map((row) => ({ wrapped: row.wrapped, context: kekContext(row.kek_id) })),
    );
    const keks = found.map((row, i): Kek => {
      const bytes = plain[i] as Buffer;
      // A key never changes under its id. The copy in use stays: zeroing it could reach somebody who wraps now.
      const known = ring?.byId.get(row.kek_id);
      if (known === undefined) return { id: row.kek_id, version: row.version, bytes };
      bytes.fill(0);
      return known;
    });
    const newest =
      keks.findLast((_, i) => found[i]?.state === "live") ?? refuseMissing("its key-encryption key");
    return { byId: new Map(keks.map((k) => [k.id, k])), newest, loadedAt: deps.clock.now().getTime() };
  };
  const reload = (): Promise<Ring> => {
    loading ??= load()
      .then((next) => {
        ring = next;
        return next;
      })
      .finally(() => {
        loading = undefined;
      });
    return loading;
  };
  const fresh = async (): Promise<Ring> => {
    if (ring !== undefined && Math.abs(deps.clock.now().getTime() - ring.loadedAt) < KEK_TTL) return ring;
    return reload();
  };

  return {
    current: async () => (await fresh()).newest,
    async forIds(ids) {
      let now = await fresh();
      const has = (id: string): boolean => now.byId.has(id);
      // Another process may have made a new one since.
      if (![...ids].every(has)) now = await reload();
      if (![...ids].every(has)) refuseMissing("a key-encryption key that data keys still need");
      return now.byId;
    },
    reload: async () => void (await reload()),
    clear() {
      for (const kek of ring?.byId.values() ?? []) kek.bytes.fill(0);
      ring = undefined;
    },
  };
}

/** All versions of one index key, newest first, and never empty. */
export type IndexKeyVersions = readonly { readonly version: number; readonly bytes: Buffer }[];

/** Loads the index keys of these labels, making those that are missing. Racing processes end with the same keys. */
export async function loadIndexKeys(
  deps: RootWrappedDeps,
  labels: readonly string[],
): Promise<ReadonlyMap<string, IndexKeyVersions>> {
  const find = (): Promise<IndexKeyRow[]> => deps.guard.store(() => findIndexKeys(deps.db));
  let found = await find();
  const missing = labels.filter((label) => !found.some((row) => row.label === label));
  if (missing.length > 0) {
    const plain = missing.map(() => randomBytes(KEY_BYTES));
    const wrapped = await deps.guard.provider(() =>
      deps.provider.wrap(
        missing.map((label, i) => ({ plain: plain[i] as Buffer, context: indexContext(label, 1) })),
      ),
    );
    for (const p of plain) p.fill(0);
    const batch = missing.map((label, i) => {
      const w = wrapped[i] ?? refuseMissing("a key on its way");
      return {
        label,
        version: 1,
        wrapped: w.bytes,
        provider: deps.provider.name,
        provider_version: w.version,
      };
    });
    await deps.guard.store(() => insertIndexKeys(deps.db, batch, deps.clock.now()));
    found = await find();
  }
  const wanted = found.filter((row) => labels.includes(row.label));
  const plain = await unwrapAll(
    deps,
    wanted.map((row) => ({ wrapped: row.wrapped, context: indexContext(row.label, row.version) })),
  );
  const answer = new Map<string, { version: number; bytes: Buffer }[]>();
  for (const [i, row] of wanted.entries()) {
    const versions = answer.get(row.label) ?? [];
    versions.unshift({ version: row.version, bytes: plain[i] as Buffer });
    answer.set(row.label, versions);
  }
  for (const label of labels) if (!answer.has(label)) refuseMissing("an index key");
  return answer;
}

/** The wrapped row of a fresh key: the next version of a label. */
export async function nextIndexKey(
  deps: RootWrappedDeps,
  label: string,
  version: number,
): Promise<IndexKeyRow> {
  const plain = randomBytes(KEY_BYTES);
  const [wrapped] = await deps.guard.provider(() =>
    deps.provider.wrap([{ plain, context: indexContext(label, version) }]),
  );
  plain.fill(0);
  if (wrapped === undefined) refuseMissing("a key on its way");
  return {
    label,
    version,
    wrapped: wrapped.bytes,
    provider: deps.provider.name,
    provider_version: wrapped.version,
  };
}

/**
 * Wraps every root-wrapped key under the root key's current version, and returns how many it changed. Keys are
 * picked by their recorded version, not by key id, so that no old version is left behind; two processes
 * doing this at once are harmless. Data keys are not touched.
 */
export async function rewrapRoot(deps: RootWrappedDeps): Promise<number> {
  const { db, provider, guard } = deps;
  const current = await guard.provider(() => provider.currentVersion());
  let changed = 0;
  const keks = (await guard.store(() => findKeks(db, TENANT_KEK))).filter(
    (k) => k.provider_version !== current,
  );
  const indexKeys = (await guard.store(() => findIndexKeys(db))).filter(
    (k) => k.provider_version !== current,
  );
  const rewrapped = await guard.provider(() =>
    provider.rewrap([
      ...keks.map((k) => ({ bytes: k.wrapped, context: kekContext(k.kek_id) })),
      ...indexKeys.map((k) => ({ bytes: k.wrapped, context: indexContext(k.label, k.version) })),
    ]),
  );
  const rowAt = (i: number) => {
    const w = rewrapped[i] ?? refuseMissing("a key on its way");
    return { wrapped: w.bytes, provider: provider.name, provider_version: w.version };
  };
  for (const [i, k] of keks.entries()) {
    if (await guard.store(() => replaceKekWrapping(db, k.kek_id, k.provider_version, rowAt(i)))) changed++;
  }
  for (const [i, k] of indexKeys.entries()) {
    const to = rowAt(keks.length + i);
    if (await guard.store(() => replaceIndexKeyWrapping(db, k, k.provider_version, to))) changed++;
  }
  return changed;
}
