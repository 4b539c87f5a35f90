import { performance } from "node:perf_hooks";
import type { Db, Row, Sql, Tx } from "../../src/db/index.ts";

export interface StatementTime {
  readonly label: string;
  readonly count: number;
  /** Milliseconds as the server's main thread sees them: waiting for that thread is within. */
  readonly totalMs: number;
}

/** Times of statements, by label. */
export interface StatementTimes {
  add(label: string, ms: number): void;
  list(): StatementTime[];
  clear(): void;
}

export function statementTimes(): StatementTimes {
  const sums = new Map<string, { count: number; totalMs: number }>();
  return {
    add(label, ms) {
      const sum = sums.get(label);
      if (sum === undefined) sums.set(label, { count: 1, totalMs: ms });
      else {
        sum.count++;
        sum.totalMs += ms;
      }
    },
    list: () => [...sums].map(([label, s]) => ({ label, ...s })).sort((a, b) => b.totalMs - a.totalMs),
    clear: () => sums.clear(),
  };
}

/** Answers a statement in the database's stead, or undefined to let it through. */
export type Stand = (statement: Sql) => readonly Row[] | undefined;

const labels = new Map<string, string>();

function labelOf(text: string): string {
  let label = labels.get(text);
  if (label === undefined) {
    label = text.replace(/\s+/g, " ").trim().slice(0, 90);
    labels.set(text, label);
  }
  return label;
}

/**
 * A database that notes how long each statement takes, and how long a transaction spends beginning, committing and
 * outside its statements. `prefix` tells two databases apart in one list. `stand` may answer statements itself.
 */
export function timedDb(db: Db, prefix: string, times: StatementTimes, stand: Stand = () => undefined): Db {
  const timed = async <R>(statement: Sql, run: () => Promise<R[]>): Promise<R[]> => {
    const instead = stand(statement);
    if (instead !== undefined) return instead as R[];
    const from = performance.now();
    try {
      return await run();
    } finally {
      times.add(`${prefix}${labelOf(statement.text)}`, performance.now() - from);
    }
  };
  const timedWork =
    <T>(work: (tx: Tx) => Promise<T>, mark: { ended: number }, asked: number) =>
    async (tx: Tx): Promise<T> => {
      const began = performance.now();
      times.add(`${prefix}(waiting for a connection and begin)`, began - asked);
      let inStatements = 0;
      const result = await work({
        query: async <R = Row>(statement: Sql) => {
          const from = performance.now();
          try {
            return await timed(statement, () => tx.query<R>(statement));
          } finally {
            inStatements += performance.now() - from;
          }
        },
        exec: (script) => tx.exec(script),
      });
      mark.ended = performance.now();
      times.add(`${prefix}(in the transaction, between statements)`, mark.ended - began - inStatements);
      return result;
    };
  const transaction =
    (open: Db["tx"]): Db["tx"] =>
    async (work) => {
      const mark = { ended: 0 };
      const result = await open(timedWork(work, mark, performance.now()));
      times.add(`${prefix}(commit)`, performance.now() - mark.ended);
      return result;
    };
  return {
    engine: db.engine,
    query: (statement) => timed(statement, () => db.query(statement)),
    tx: transaction((work) => db.tx(work)),
    retryingTx: transaction((work) => db.retryingTx(work)),
    close: () => db.close(),
  };
}
