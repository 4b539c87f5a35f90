import type { KeyId } from "../kernel/ids.ts";

/** Where a cell stands. It is bound into the cell's associated data: a cell moved elsewhere does not open. */
export interface Place {
  readonly table: string;
  readonly column: string;
  readonly recordId: string;
  /** The data category; each has a key of its own, derived from the data key. */
  readonly category: string;
}

/** What a data key protects. */
export type KeyUse = "subject" | "quarantine" | "evidence" | "source";

/** An unwrapped data key held in memory for a short while. Its bytes never leave the vault. */
export interface DataKey {
  readonly id: KeyId;
  readonly use: KeyUse;
}

/** Field encryption, subject keys and blind indexes. */
export interface Vault {
  /** Makes data keys and commits them, wrapped, to the keystore before it resolves: keys commit before data. */
  createKeys(use: KeyUse, count: number): Promise<DataKey[]>;
  /**
   * Unwraps keys by id (cached for at most 60 s). Destroyed and unknown ids are absent from the answer.
   * Throws `keystore-unavailable` when the keystore or the root key provider is away.
   */
  loadKeys(ids: readonly string[]): Promise<Map<string, DataKey>>;
  /** Seals bytes with AES-256-GCM. Synchronous and cheap: a few microseconds. */
  seal(key: DataKey, place: Place, plaintext: Buffer): Buffer;
  /** Opens a cell; throws `cell-unreadable` for any cell that is not exactly as it was sealed at that place. */
  open(key: DataKey, place: Place, cell: Buffer): Buffer;
  /** Destroys keys for good, here and in every cache of this process. Destroying twice is fine. */
  destroyKeys(ids: readonly string[]): Promise<void>;
  /** 16 bytes: HMAC-SHA256 under the index key of the identifier's space. The value is already normalised. */
  blindIndex(space: string, issuer: string, normalised: string): Buffer;
  /** 16 bytes: HMAC-SHA256 under a key of its own for each label, over length-prefixed parts. */
  mac(label: string, ...parts: readonly (string | Buffer)[]): Buffer;
  close(): Promise<void>;
}
