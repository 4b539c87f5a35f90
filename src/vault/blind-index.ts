import { AppError } from "../kernel/problems.ts";
import { deriveKey } from "./derive.ts";
import { type HmacKey, hmacKey, hmacOfParts } from "./hmac.ts";
import type { IndexKeyVersions } from "./root-wrapped.ts";

/** The random keys behind indexes and message authentication codes; independent of each other and of data keys. */
export const INDEX_KEY_LABELS = ["blind-index", "mac", "suppression"] as const;
export type IndexKeyLabel = (typeof INDEX_KEY_LABELS)[number];

const INDEX_BYTES = 16;
const MOST_DERIVED = 4_096;

export interface VersionedMac {
  readonly version: number;
  readonly mac: Buffer;
}

export interface IndexKeys {
  blindIndex(space: string, issuer: string, normalised: string): Buffer;
  /** The same under one version of the key; throws RangeError for a version that is not loaded. */
  blindIndexAt(version: number, space: string, issuer: string, normalised: string): Buffer;
  /** The versions of the key of blind indexes, newest first. */
  indexVersions(): readonly number[];
  mac(label: string, ...parts: readonly (string | Buffer)[]): Buffer;
  macVersions(label: string, ...parts: readonly (string | Buffer)[]): VersionedMac[];
  clear(): void;
}

/**
 * The key that stands behind a label. Suppression has one of its own: it outlives the index keys, whose old
 * versions end when the backups that could be matched with them have ended.
 */
function rootOf(label: string): IndexKeyLabel {
  return label === "suppression" || label.startsWith("suppression/") ? "suppression" : "mac";
}

function shortMac(key: HmacKey, parts: readonly (string | Buffer)[]): Buffer {
  return Buffer.from(hmacOfParts(key, parts).slice(0, 2 * INDEX_BYTES), "hex");
}

/** Builds the MACs over keys that were loaded once. `keys` holds every label, newest version first. */
export function indexKeys(keys: ReadonlyMap<string, IndexKeyVersions>): IndexKeys {
  /** By label, then version, then name. */
  const derived = new Map<IndexKeyLabel, Map<string, HmacKey>[]>();

  let cleared = false;
  const versionsOf = (label: IndexKeyLabel): IndexKeyVersions => {
    const versions = keys.get(label);
    if (versions === undefined || versions.length === 0) throw new TypeError("an index key was not loaded");
    return versions;
  };
  const derivedKey = (root: IndexKeyLabel, at: number, name: string): HmacKey => {
    if (cleared) throw new AppError("keystore-unavailable", { detail: "The vault is closed." });
    let versions = derived.get(root);
    if (versions === undefined) {
      versions = [];
      derived.set(root, versions);
    }
    let names = versions[at];
    if (names === undefined) {
      names = new Map();
      versions[at] = names;
    }
    let key = names.get(name);
    if (key === undefined) {
      const version = versionsOf(root)[at];
      if (version === undefined) throw new TypeError("there is no such version of an index key");
      // Names of spaces may be the sender's own; the memory they take must not grow without end.
      if (names.size >= MOST_DERIVED) names.clear();
      key = hmacKey(deriveKey(version.bytes, "candor", root, name));
      names.set(name, key);
    }
    return key;
  };

  return {
    blindIndex: (space, issuer, normalised) =>
      shortMac(derivedKey("blind-index", 0, space), [issuer, normalised]),
    blindIndexAt(wanted, space, issuer, normalised) {
      const at = versionsOf("blind-index").findIndex(({ version }) => version === wanted);
      if (at === -1) throw new RangeError("that version of the index key is not loaded");
      return shortMac(derivedKey("blind-index", at, space), [issuer, normalised]);
    },
    indexVersions: () => versionsOf("blind-index").map(({ version }) => version),
    mac: (label, ...parts) => shortMac(derivedKey(rootOf(label), 0, label), parts),
    macVersions: (label, ...parts) =>
      versionsOf(rootOf(label)).map(({ version }, at) => ({
        version,
        mac: shortMac(derivedKey(rootOf(label), at, label), parts),
      })),
    clear() {
      cleared = true;
      for (const versions of derived.values())
        for (const names of versions) for (const key of names?.values() ?? []) key.erase();
      derived.clear();
      for (const versions of keys.values()) for (const { bytes } of versions) bytes.fill(0);
    },
  };
}
