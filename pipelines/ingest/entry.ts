import type { AuditActor } from "../../src/audit/index.ts";
import type { Concern, ReasonCode, Rejection, Verdict } from "../../src/kernel/verdicts.ts";
import type { PreparedEvent } from "../../src/members/index.ts";
import type { SourceKind } from "../adapter.ts";
import type { Door } from "./quarantine.store.ts";

/** Who asked for an act, and by which request: what its audit entry says. */
export interface Decider {
  readonly actor: AuditActor;
  readonly requestId: string;
}

interface Origin {
  readonly sourceId: string;
  readonly sourceKind: SourceKind;
  /** The purposes for which the source may collect. */
  readonly purposes: readonly string[];
  /** Country of the source's store or site, where it states one. */
  readonly region: string | null;
  readonly door: Door;
  /** Where in its delivery the item stood, such as "line 12"; never personal. */
  readonly place: string | null;
  /** The item as it came, for when it is not stored and must be read again. */
  readonly raw: () => unknown;
  /** About how many characters it holds; see `weightOf`. */
  readonly weight: number;
  readonly receivedAt: Date;
  readonly sentAt: Date | null;
  /** The quarantined item that this is another attempt of. */
  readonly replayOf: string | null;
  /** Who had it tried again. */
  readonly replayedBy?: Decider;
  /** An attempt with an edited payload: when it fails, the item keeps the reason it had. */
  readonly isEdited?: boolean;
}

/** One item on its way into the store. */
export type Entry = Origin &
  (
    | { readonly kind: "event"; readonly messageId: string; readonly prepared: PreparedEvent }
    | { readonly kind: "rejected"; readonly messageId: string | null; readonly rejection: Rejection }
  );

export type EventEntry = Extract<Entry, { readonly kind: "event" }>;
export type RejectedEntry = Extract<Entry, { readonly kind: "rejected" }>;

/** What became of an item, decided only after the commit. */
export interface Outcome extends Concern {
  readonly status: Verdict;
  readonly code?: ReasonCode;
  readonly detail?: string;
  readonly quarantineId?: string;
  readonly eventId?: string;
}
