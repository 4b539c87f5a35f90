import type { CanonicalEvent } from "../events/index.ts";
import type { DataKey, PackPart } from "../vault/index.ts";
import type { NamedIdentifier } from "./named.ts";

/** What one event says about its person in one data category. */
export interface TraitSet {
  readonly category: string;
  /** JSON: `values` by name, `unset` names, and `verified`: names among `values` for which the source vouches. */
  readonly text: string;
}

/** What must still be known of an event once its content has been put into writing. */
export type EventHead = Pick<
  CanonicalEvent,
  | "type"
  | "name"
  | "occurredAt"
  | "channel"
  | "storeId"
  | "identifiers"
  | "traits"
  | "properties"
  | "context"
  | "order"
>;

/**
 * An event ready to be stored: everything that can be computed before a transaction is open. It waits for its turn, so
 * what it says is text already: a few flat values, where its objects would be copied by every collection of garbage.
 */
export interface PreparedEvent {
  readonly sourceId: string;
  readonly eventId: string;
  readonly contentMac: Buffer;
  readonly event: EventHead;
  /** In canonical order; the first anchors the subject. */
  readonly named: readonly NamedIdentifier[];
  readonly receivedAt: Date;
  /** What may stand in the clear, as JSON; null when nothing may. */
  readonly plain: string | null;
  /** The rest by data category, as JSON, in the order of the categories. */
  readonly sealed: readonly PackPart[];
  readonly traits: readonly TraitSet[];
}

/** The subject an event will be stored on, and the key it is sealed under. */
export interface Assignment {
  readonly subjectId: string;
  readonly key: DataKey;
  /** Whether the subject was not known when the assignment was made. */
  readonly minted: boolean;
}
