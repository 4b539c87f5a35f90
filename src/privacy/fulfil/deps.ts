import type { Consent } from "../../../consent/index.ts";
import type { AuditEvidence } from "../../audit/index.ts";
import type { Db, Holding, Tx } from "../../db/index.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Ids } from "../../kernel/ids.ts";
import type { Log } from "../../kernel/log.ts";
import type { KnownSources } from "../../members/index.ts";
import type { Vault } from "../../vault/index.ts";
import type { FulfilmentListener } from "./port.ts";

/** What quarantine offers to an erasure: items that mention somebody, found by opening them. */
export interface QuarantineSearch {
  /** Items in which one of these texts stands, with the texts they hold (lower case). */
  mentioning(texts: readonly string[]): Promise<readonly QuarantinedMention[]>;
  /** Deletes items; answers the keys that sealed them, to be destroyed. */
  drop(tx: Tx, ids: readonly string[]): Promise<readonly string[]>;
}

export interface QuarantinedMention {
  readonly id: string;
  readonly receivedAt: Date;
  readonly code: string;
  readonly raw: unknown;
  readonly texts: readonly string[];
}

export interface FulfilDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly consent: Consent;
  /** The register of everything that is kept. */
  readonly holdings: readonly Holding[];
  /** Numbers changes and tells recipients of them, at once. */
  readonly tellRecipients: () => Promise<unknown>;
  readonly quarantine: QuarantineSearch;
  /** Notes that no rows of erased subjects are left; erased subjects whose rows came back with a backup. */
  readonly mirror: {
    settle(tx: Tx, subjectIds: readonly string[]): Promise<void>;
    sync(): Promise<number>;
    withRows(limit?: number): Promise<readonly { readonly subjectId: string; readonly runId: string }[]>;
  };
  /** The audit log: whom entries speak of, forgetting it, and proofs. */
  readonly evidence: Pick<AuditEvidence, "entriesAbout" | "eraseSalts" | "inclusionProof">;
  readonly sources: () => Promise<KnownSources>;
  readonly listener: FulfilmentListener;
  /** Called at `before|within|after <step>`; tests throw there. */
  readonly fault?: (point: string) => void | Promise<void>;
}
