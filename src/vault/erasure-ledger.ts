import { createHash } from "node:crypto";
import { canonicalJson } from "../kernel/canonical-json.ts";

/** What an erased person was known by, as a keyed hash. The hashes of the ledger do not cover it. */
export interface ListedIdentifier {
  readonly mac: Buffer;
  readonly strength: "strong" | "weak";
  readonly erasedAt: Date;
  readonly rejoinedAt: Date | null;
}

/** One subject whose keys are to be destroyed for good. It names nobody: ids are minted, the reason is a code. */
export interface Erasure {
  readonly subjectId: string;
  /** Every data key of the subject. */
  readonly keyIds: readonly string[];
  /** The erasure run that asks for it. */
  readonly runId: string;
  /** Why, as a code: `request`, `retention`, `orphan`. */
  readonly reason: string;
  readonly at: Date;
  /** What its run put on the list of suppressions: it comes back with a replay. */
  readonly listed?: readonly ListedIdentifier[];
}

/** How far the ledger has come: the number of its last entry (0: empty) and the hash that covers all entries. */
export interface LedgerHead {
  readonly seq: number;
  readonly hash: Buffer;
}

export interface LedgerEntry extends Erasure, LedgerHead {}

/** The head of a ledger without entries. */
export const EMPTY_LEDGER: LedgerHead = { seq: 0, hash: Buffer.alloc(32) };

/**
 * The append-only list of erased subjects, kept in the keystore. Replayed before anything decrypts, so that a restored
 * backup of the data does not bring anybody back.
 */
export interface ErasureLedger {
  /**
   * Writes the subjects into the ledger and destroys their keys, in one transaction of the keystore; the keys end in the
   * caches of this process too. A subject that is in the ledger already gets no second entry, and its keys are destroyed
   * all the same: doing it again changes nothing. Returns the head after it.
   */
  appendErasure(erasures: readonly Erasure[]): Promise<LedgerHead>;
  /**
   * Takes over entries of a newer copy of this very ledger, as they are, and destroys their keys. Throws
   * `keystore-behind` when they do not follow upon its head.
   */
  adopt(entries: readonly LedgerEntry[]): Promise<LedgerHead>;
  head(): Promise<LedgerHead>;
  /** Notes that the people of these runs have joined again. */
  noteRejoined(runIds: readonly string[], at: Date): Promise<void>;
  /** Which of these subjects are in the ledger: one look-up by index for all. */
  isErased(subjectIds: readonly string[]): Promise<Set<string>>;
  /** The entries behind number `seq`, in order, at most `limit` (1,000). */
  entriesAfter(seq: number, limit?: number): Promise<LedgerEntry[]>;
}

/** The hash of an entry: SHA-256 over the hash before it and its own canonical JSON. Key ids stand sorted. */
export function hashEntry(before: Buffer, seq: number, erasure: Erasure): Buffer {
  const text = canonicalJson({
    v: 1,
    seq,
    subjectId: erasure.subjectId,
    keyIds: [...erasure.keyIds].sort(),
    runId: erasure.runId,
    reason: erasure.reason,
    at: erasure.at,
  });
  return createHash("sha256").update(before).update(text, "utf8").digest();
}

/** Puts erasures behind a head, one after the other. */
export function chainErasures(head: LedgerHead, erasures: readonly Erasure[]): LedgerEntry[] {
  let { seq, hash } = head;
  return erasures.map((erasure) => {
    seq += 1;
    hash = hashEntry(hash, seq, erasure);
    return { ...erasure, keyIds: [...erasure.keyIds].sort(), seq, hash };
  });
}

/** Whether the entries follow upon the head without a gap and every hash is right. */
export function followsHead(head: LedgerHead, entries: readonly LedgerEntry[]): boolean {
  let { seq, hash } = head;
  for (const entry of entries) {
    seq += 1;
    hash = hashEntry(hash, seq, entry);
    if (entry.seq !== seq || !entry.hash.equals(hash)) return false;
  }
  return true;
}
