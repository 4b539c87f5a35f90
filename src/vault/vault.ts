import type { KeyId } from "../kernel/ids.ts";
import type { ErasureLedger } from "./erasure-ledger.ts";
import type { Normaliser } from "./normalise.ts";
import type { KeyRotations } from "./rotation.ts";

/** Where a cell stands. It is bound into the cell's associated data: a cell moved elsewhere does not open. */
export interface Place {
  readonly table: string;
  readonly column: string;
  readonly recordId: string;
  /** The data category; each has a key of its own, derived from the data key. */
  readonly category: string;
}

/** What a data key protects. */
export const KEY_USES = ["subject", "quarantine", "evidence", "source", "staff"] as const;
export type KeyUse = (typeof KEY_USES)[number];

/** An unwrapped data key held in memory for a short while. Its bytes never leave the vault. */
export interface DataKey {
  readonly id: KeyId;
  readonly use: KeyUse;
}

/** What the keystore knows of a key id. Destroyed keys are remembered; the rest it never held. */
export type KeyState = "live" | "destroyed" | "unknown";

/** A page of live keys, in the order of their ids. */
export interface KeyListRequest {
  readonly use: KeyUse;
  readonly createdBefore: Date;
  /** The last id of the page before. */
  readonly after?: KeyId;
  readonly limit: number;
}

export interface KeyListing {
  readonly id: KeyId;
  readonly createdAt: Date;
}

/** Field encryption, subject keys and blind indexes. */
export interface Vault {
  /** Makes data keys and commits them, wrapped, to the keystore before it resolves: keys commit before data. */
  createKeys(use: KeyUse, count: number): Promise<DataKey[]>;
  /**
   * Unwraps keys by id (cached for at most 60 s). Destroyed and unknown ids are absent from the answer.
   * Throws `keystore-unavailable` when the keystore or the root key provider is away. A key that was handed
   * out is good for 30 seconds at least and 60 at most; used later it throws `keystore-unavailable`: load again.
   * At most as many keys at once as the cache holds (50,000 unless set otherwise).
   */
  loadKeys(ids: readonly string[]): Promise<Map<string, DataKey>>;
  /** Seals bytes, or text as UTF-8, with AES-256-GCM. Synchronous and cheap: a few microseconds. */
  seal(key: DataKey, place: Place, plaintext: Buffer | string): Buffer;
  /** Opens a cell; throws `cell-unreadable` for any cell that is not exactly as it was sealed at that place. */
  open(key: DataKey, place: Place, cell: Buffer): Buffer;
  /**
   * Opens many cells of text at once, beside the main thread when they are many, and answers their plaintexts by their
   * places; throws as `open` does when one of them does not open. Cells are asked for as they are needed and not kept.
   */
  openMany(
    count: number,
    cellAt: (index: number) => { readonly key: DataKey; readonly place: Place; readonly cell: Buffer },
  ): Promise<(index: number) => string>;
  /** Destroys keys for good, here and in every cache of this process. Destroying twice is fine. */
  destroyKeys(ids: readonly string[]): Promise<void>;
  /** The rules by which identifiers are spelled before they are indexed. */
  readonly normaliser: Normaliser;
  /** 16 bytes: HMAC-SHA256 under the index key of the identifier's space. The value is already normalised. */
  blindIndex(space: string, issuer: string, normalised: string): Buffer;
  /** The same under one version of that key; throws RangeError for one that is not loaded. */
  blindIndexAt(version: number, space: string, issuer: string, normalised: string): Buffer;
  /** The versions of the key of blind indexes that are loaded, newest first. */
  indexVersions(): readonly number[];
  /** Loads the index keys anew, after a rotation. */
  reloadIndexKeys(): Promise<void>;
  /** 16 bytes: HMAC-SHA256 under a key of its own for each label, over length-prefixed parts. */
  mac(label: string, ...parts: readonly (string | Buffer)[]): Buffer;
  /** `mac` under every version of its key, newest first: a list that outlives a rotation is checked with all. */
  macVersions(
    label: string,
    ...parts: readonly (string | Buffer)[]
  ): { readonly version: number; readonly mac: Buffer }[];
  /** Whether keys are live, destroyed or were never there, asked of the keystore itself. */
  keyStates(ids: readonly string[]): Promise<Map<string, KeyState>>;
  /** Lists live keys, so that those whose data never came (keys commit first) can be found and destroyed. */
  listKeys(ask: KeyListRequest): Promise<KeyListing[]>;
  /** Who was erased: the append-only ledger in the keystore, whose entries take the keys they name with them. */
  readonly erasures: ErasureLedger;
  /** Rotation of the root key and of the key-encryption key, while all else goes on. */
  readonly rotations: KeyRotations;
  /** Wraps what the root key wraps under its current version; returns how many keys changed. */
  rewrapRoot(): Promise<number>;
  /** Whether the holder of the root key answers, asked at most every five seconds. Never throws. */
  isRootKeyThere(): Promise<boolean>;
  /** Zeroes the keys in memory. The keystore's database stays open: whoever opened it closes it. */
  close(): Promise<void>;
}
