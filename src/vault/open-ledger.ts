import type { Db } from "../db/index.ts";
import type { Clock } from "../kernel/clock.ts";
import { isUuid } from "../kernel/ids.ts";
import { AppError } from "../kernel/problems.ts";
import {
  findErased,
  insertLedger,
  insertListed,
  lockLedger,
  markListedRejoined,
  readLedger,
  readLedgerHash,
  readLedgerHead,
} from "./erasure-ledger.store.ts";
import { chainErasures, type Erasure, type ErasureLedger, followsHead } from "./erasure-ledger.ts";
import { destroyDataKeys } from "./keystore.store.ts";
import type { Guard } from "./root-wrapped.ts";

const PAGE = 1_000;

export interface LedgerDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly guard: Guard;
  /** Told of keys whose destruction is committed, so that no cache keeps them. */
  readonly ended: (keyIds: readonly string[]) => void;
}

/** One spelling for ids, whoever sent them: the hashes cover it. Throws TypeError for what is no UUID. */
function spelled(erasure: Erasure): Erasure {
  const id = (text: string): string => {
    if (!isUuid(text)) throw new TypeError("the erasure ledger takes ids of subjects and keys only");
    return text.toLowerCase();
  };
  return { ...erasure, subjectId: id(erasure.subjectId), keyIds: [...new Set(erasure.keyIds.map(id))] };
}

/** The erasure ledger over the keystore's database. */
export function openLedger({ db, clock, guard, ended }: LedgerDeps): ErasureLedger {
  const destroyed = (erasures: readonly Erasure[]): string[] => erasures.flatMap((e) => e.keyIds);

  return {
    async appendErasure(erasures) {
      const asked = new Map(erasures.map(spelled).map((e) => [e.subjectId, e]));
      const keys = destroyed(erasures.map(spelled));
      const head = await guard.store(() =>
        db.retryingTx(async (tx) => {
          await lockLedger(tx);
          const before = await readLedgerHead(tx);
          const known = new Set(await findErased(tx, [...asked.keys()]));
          const entries = chainErasures(
            before,
            [...asked.values()].filter((e) => !known.has(e.subjectId)),
          );
          if (entries.length > 0) await insertLedger(tx, entries);
          await insertListed(tx, [...asked.values()]);
          await destroyDataKeys(tx, keys, clock.now());
          return entries.at(-1) ?? before;
        }),
      );
      ended(keys);
      return { seq: head.seq, hash: head.hash };
    },

    async adopt(entries) {
      const head = await guard.store(() =>
        db.retryingTx(async (tx) => {
          await lockLedger(tx);
          const before = await readLedgerHead(tx);
          const fresh = entries.filter((e) => e.seq > before.seq);
          const known = entries.filter((e) => e.seq <= before.seq).at(-1);
          const own = known === undefined ? null : await readLedgerHash(tx, known.seq);
          if ((known !== undefined && own?.equals(known.hash) !== true) || !followsHead(before, fresh)) {
            throw new AppError("keystore-behind", {
              detail:
                "These entries do not follow upon the keystore's erasure ledger: it has another history.",
            });
          }
          if (fresh.length > 0) await insertLedger(tx, fresh);
          await insertListed(tx, entries);
          await destroyDataKeys(tx, destroyed(entries), clock.now());
          return fresh.at(-1) ?? before;
        }),
      );
      ended(destroyed(entries));
      return { seq: head.seq, hash: head.hash };
    },

    noteRejoined: (runIds, at) => guard.store(() => markListedRejoined(db, runIds, at)),
    head: () => guard.store(() => readLedgerHead(db)),
    async isErased(subjectIds) {
      if (subjectIds.length === 0) return new Set();
      return new Set(await guard.store(() => findErased(db, subjectIds)));
    },
    entriesAfter: (seq, limit = PAGE) => guard.store(() => readLedger(db, seq, limit)),
  };
}
