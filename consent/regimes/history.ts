import { createHash } from "node:crypto";
import { canonicalJson } from "../../src/kernel/canonical-json.ts";
import type { RegimeId } from "../vocabulary.ts";
import type { RegimePack } from "./regime.schema.ts";
import type { RegimePacks } from "./regimes.ts";

/** A pack from the moment on at which it came into force; null: it was taken out then. */
export interface RegimeVersion {
  readonly regimeId: RegimeId;
  readonly inForceFrom: Date;
  readonly sha256: Buffer | null;
  readonly pack: RegimePack | null;
}

const HASHES = new WeakMap<RegimePack, Buffer>();

/** SHA-256 over a pack's canonical JSON: two packs of one version that differ in a word are two. */
export function regimeSha256(pack: RegimePack): Buffer {
  let hash = HASHES.get(pack);
  if (hash === undefined) {
    hash = createHash("sha256").update(canonicalJson(pack), "utf8").digest();
    HASHES.set(pack, hash);
  }
  return hash;
}

/** Before anything was written down: the packs that a history begins with count for all time before it. */
const FROM_THE_BEGINNING = new Date(0);

/** What a history lacks to say that these packs are in force from a moment on. `history`: oldest first. */
export function missingVersions(
  history: readonly RegimeVersion[],
  packs: RegimePacks,
  at: Date,
): RegimeVersion[] {
  const newest = new Map(history.map((v) => [v.regimeId, v]));
  const inForceFrom = history.length === 0 ? FROM_THE_BEGINNING : at;
  const missing: RegimeVersion[] = [];
  for (const [regimeId, pack] of packs) {
    const sha256 = regimeSha256(pack);
    if (newest.get(regimeId)?.sha256?.equals(sha256) !== true)
      missing.push({ regimeId, inForceFrom, sha256, pack });
  }
  for (const [regimeId, { pack }] of newest)
    if (pack !== null && !packs.has(regimeId))
      missing.push({ regimeId, inForceFrom, sha256: null, pack: null });
  return missing;
}

/** The packs that were in force at a moment. `history`: oldest first. */
export function packsAt(history: readonly RegimeVersion[], at: Date): RegimePacks {
  const packs = new Map<RegimeId, RegimePack>();
  for (const { regimeId, inForceFrom, pack } of history) {
    if (inForceFrom > at) break;
    if (pack === null) packs.delete(regimeId);
    else packs.set(regimeId, pack);
  }
  return packs;
}
