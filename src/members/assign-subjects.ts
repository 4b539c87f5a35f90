import type { Db } from "../db/index.ts";
import type { Ids } from "../kernel/ids.ts";
import type { DataKey, Vault } from "../vault/index.ts";
import { createObservations, type Observations } from "./observations.ts";
import type { Assignment, PreparedEvent } from "./prepared.ts";
import { findSubjectsByAnchor } from "./subjects.store.ts";

interface Known {
  readonly subjectId: string;
  readonly keyId: string;
}

/** Remembers which subject an anchor has. An entry can only become wrong by erasure, which forgets it. */
export interface SubjectCache {
  get(anchorHex: string): Known | undefined;
  set(anchorHex: string, known: Known): void;
  forget(anchorHexes: readonly string[]): void;
  clear(): void;
  /** Those (kind, issuer) pairs that this process has not written yet. */
  newIssuers(named: readonly { kind: string; issuer: string }[]): { kind: string; issuer: string }[];
  /** Remembers pairs that have been committed. */
  wroteIssuers(pairs: readonly { kind: string; issuer: string }[]): void;
  /** Which identifiers subjects have been seen to name. */
  readonly observations: Observations;
}

/** A bounded cache: when full, the oldest half goes. */
export function createSubjectCache(limit = 200_000): SubjectCache {
  const known = new Map<string, Known>();
  const issuers = new Set<string>();
  return {
    get: (anchor) => known.get(anchor),
    set(anchor, entry) {
      if (known.size >= limit) {
        let drop = limit / 2;
        for (const key of known.keys()) {
          if (drop-- <= 0) break;
          known.delete(key);
        }
      }
      known.set(anchor, entry);
    },
    forget: (anchors) => {
      for (const a of anchors) known.delete(a);
    },
    clear: () => known.clear(),
    newIssuers(named) {
      const fresh = new Map<string, { kind: string; issuer: string }>();
      for (const { kind, issuer } of named) {
        const pair = `${kind}\u0000${issuer}`;
        if (!issuers.has(pair)) fresh.set(pair, { kind, issuer });
      }
      return [...fresh.values()];
    },
    wroteIssuers(pairs) {
      for (const { kind, issuer } of pairs) issuers.add(`${kind}\u0000${issuer}`);
    },
    observations: createObservations(),
  };
}

/**
 * Finds each event's subject and key, and mints subjects for anchors nobody has named before. New keys are committed
 * to the keystore before this resolves, so no data can ever be stored under a key that is lost.
 * Runs outside any transaction. `spare` holds assignments of an attempt that was rolled back: what it minted and
 * nobody else has named since is used again.
 */
export async function assignSubjects(
  deps: { db: Db; vault: Vault; ids: Ids; cache: SubjectCache },
  events: readonly PreparedEvent[],
  spare: ReadonlyMap<string, Assignment> = new Map(),
): Promise<Map<string, Assignment>> {
  const { db, vault, ids, cache } = deps;
  const anchors = new Map<string, Buffer>();
  for (const e of events) {
    const anchor = e.named[0];
    if (anchor !== undefined) anchors.set(anchor.biHex, anchor.bi);
  }
  const unknown = [...anchors].filter(([hexed]) => cache.get(hexed) === undefined);
  for (const row of await findSubjectsByAnchor(
    db,
    unknown.map(([, bi]) => bi),
  )) {
    cache.set(row.anchorBi.toString("hex"), { subjectId: row.subjectId, keyId: row.keyId });
  }
  const known = new Map<string, Known>();
  for (const hexed of anchors.keys()) {
    const entry = cache.get(hexed);
    if (entry !== undefined) known.set(hexed, entry);
  }
  const keys = await vault.loadKeys([...known.values()].map((k) => k.keyId));
  // A key that is gone means a subject that is gone: its cached entry is from before an erasure.
  for (const [hexed, entry] of known) if (!keys.has(entry.keyId)) cache.forget([hexed]);
  const missing = [...anchors.keys()].filter((hexed) => !keys.has(known.get(hexed)?.keyId ?? ""));
  const unminted = missing.filter((hexed) => !spare.get(hexed)?.minted);
  const minted = await vault.createKeys("subject", unminted.length);
  const assigned = new Map<string, Assignment>();
  for (const [hexed, entry] of known) {
    const key = keys.get(entry.keyId);
    if (key !== undefined) assigned.set(hexed, { subjectId: entry.subjectId, key, minted: false });
  }
  for (const hexed of missing) {
    const before = spare.get(hexed);
    if (before?.minted) assigned.set(hexed, before);
  }
  unminted.forEach((hexed, i) => {
    assigned.set(hexed, { subjectId: ids.next(), key: minted[i] as DataKey, minted: true });
  });
  return assigned;
}
