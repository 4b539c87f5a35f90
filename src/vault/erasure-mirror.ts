import type { Db, Tx } from "../db/index.ts";
import { AppError } from "../kernel/problems.ts";
import type { ErasureAnchor } from "./anchor.ts";
import {
  insertCopy,
  lockLedgerCopy,
  readCopy,
  readCopyHead,
  readWithRows,
  settleRows,
} from "./erasure-ledger.store.ts";
import {
  EMPTY_LEDGER,
  type ErasureLedger,
  type LedgerEntry,
  type LedgerHead,
  type ListedIdentifier,
} from "./erasure-ledger.ts";

const PAGE = 1_000;

export interface ErasureMirrorDeps {
  /** The main store. */
  readonly db: Db;
  readonly vault: { readonly erasures: ErasureLedger };
  /** Where the head is written outside both stores; null: nowhere. */
  readonly anchor: ErasureAnchor | null;
  /** Takes subjects out of use in the data and answers which of them it still has. */
  readonly markErased: (tx: Tx, subjectIds: readonly string[]) => Promise<readonly string[]>;
  /** The data's own list of what erased people were known by. */
  readonly listed: {
    /** Puts identifiers of runs back on it; those that are there stay as they are. */
    restore(tx: Tx, erasures: readonly Pick<LedgerEntry, "runId" | "listed">[]): Promise<void>;
    /** What it holds of these runs, by run. */
    read(
      db: Pick<Tx, "query">,
      runIds: readonly string[],
    ): Promise<ReadonlyMap<string, readonly ListedIdentifier[]>>;
  };
}

/** Keeps the data, the keystore and the anchor of one mind about who was erased. */
export interface ErasureMirror {
  /**
   * Refuses an old keystore. Throws `keystore-behind` when its ledger lacks entries that the data or the anchor knows,
   * or has another history; `anchor-unavailable` when the anchor cannot be asked. Run it before anything decrypts.
   */
  guard(): Promise<void>;
  /**
   * Copies the ledger's new entries into the data, where their subjects are marked erased, then writes the head to the
   * anchor. Returns how many entries it copied. Any number of processes may call it at any time.
   */
  sync(): Promise<number>;
  /**
   * Gives an old keystore the entries it lacks, from the data's own copy or from `entries`, destroying the keys they name.
   * Returns how many.
   */
  catchUp(entries?: readonly LedgerEntry[]): Promise<number>;
  /** Erased subjects of which the data had rows when their entry came: an erasure under way, or a restored backup. */
  withRows(limit?: number): Promise<LedgerEntry[]>;
  /** Notes, in the transaction that deleted the last of them, that no rows of these subjects are left. */
  settle(tx: Pick<Tx, "query">, subjectIds: readonly string[]): Promise<void>;
}

function behind(detail: string): AppError {
  return new AppError("keystore-behind", { detail });
}

const CURE =
  "Restore a newer backup of the keystore, or run `candor keys catch-up`; docs/backup.md explains both.";

export function createErasureMirror(deps: ErasureMirrorDeps): ErasureMirror {
  const { db, vault, anchor } = deps;

  /** The hash that the ledger has at a head's number must be the head's own. */
  const refuseOther = async (known: LedgerHead, who: string): Promise<void> => {
    if (known.seq === 0) return;
    const [at] = await vault.erasures.entriesAfter(known.seq - 1, 1);
    if (at === undefined) {
      const { seq } = await vault.erasures.head();
      throw behind(
        `The keystore's erasure ledger ends at entry ${seq}, but ${who} knows entry ${known.seq}: this keystore is an old one. ${CURE}`,
      );
    }
    if (!at.hash.equals(known.hash)) {
      throw behind(
        `The keystore's erasure ledger and ${who} disagree about entry ${known.seq}: they have different histories. ${CURE}`,
      );
    }
  };

  let anchored: number | undefined;
  const writeAnchor = async (): Promise<void> => {
    if (anchor === null) return;
    const head = await vault.erasures.head();
    if (anchored === head.seq) return;
    const written = await anchor.read();
    // Never write an older head over a newer one: what the anchor knows is what an old keystore is recognised by.
    if (written !== null) await refuseOther(written, "the anchor");
    if (written === null || written.seq < head.seq) await anchor.write(head);
    anchored = head.seq;
  };

  const copyPage = (): Promise<number> =>
    db.retryingTx(async (tx) => {
      await lockLedgerCopy(tx);
      const copied = await readCopyHead(tx);
      await refuseOther(copied, "the data");
      const entries = await vault.erasures.entriesAfter(copied.seq, PAGE);
      if (entries.length === 0) return 0;
      const present = await deps.markErased(
        tx,
        entries.map((e) => e.subjectId),
      );
      await insertCopy(tx, entries, new Set(present));
      // Data restored from before an erasure have lost who is to be kept out.
      await deps.listed.restore(tx, entries);
      return entries.length;
    });

  return {
    async guard() {
      // The keystore moves first, so it is asked last.
      const known = anchor === null ? EMPTY_LEDGER : ((await anchor.read()) ?? EMPTY_LEDGER);
      const copied = await readCopyHead(db);
      await refuseOther(copied, "the data");
      await refuseOther(known, "the anchor");
    },

    async sync() {
      let total = 0;
      for (let copied = PAGE; copied === PAGE; total += copied) copied = await copyPage();
      await writeAnchor();
      return total;
    },

    async catchUp(entries) {
      const before = (await vault.erasures.head()).seq;
      if (entries !== undefined && entries.length > 0) await vault.erasures.adopt(entries);
      for (let head = await vault.erasures.head(); ; ) {
        const missing = await readCopy(db, head.seq, PAGE);
        if (missing.length === 0) return head.seq - before;
        const listed = await deps.listed.read(db, [...new Set(missing.map((e) => e.runId))]);
        head = await vault.erasures.adopt(missing.map((e) => ({ ...e, listed: listed.get(e.runId) ?? [] })));
      }
    },

    withRows: (limit = PAGE) => readWithRows(db, limit),
    settle: settleRows,
  };
}
