import type { CanonicalEvent } from "../events/index.ts";
import type { DataKey } from "../vault/index.ts";
import type { NamedIdentifier } from "./named.ts";

/** What one event says about its person in one data category. */
export interface TraitSet {
  readonly category: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly unset: readonly string[];
  /** Names among `values` for which the source vouches. */
  readonly verified: readonly string[];
}

/** An event ready to be stored: everything that can be computed before a transaction is open. */
export interface PreparedEvent {
  readonly sourceId: string;
  readonly eventId: string;
  readonly contentMac: Buffer;
  readonly event: CanonicalEvent;
  /** In canonical order; the first anchors the subject. */
  readonly named: readonly NamedIdentifier[];
  readonly receivedAt: Date;
  readonly plain: Readonly<Record<string, unknown>>;
  readonly sealed: ReadonlyMap<string, unknown>;
  readonly traits: readonly TraitSet[];
}

/** The subject an event will be stored on, and the key it is sealed under. */
export interface Assignment {
  readonly subjectId: string;
  readonly key: DataKey;
  /** Whether the subject was not known when the assignment was made. */
  readonly minted: boolean;
}
