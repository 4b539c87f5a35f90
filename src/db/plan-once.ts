import type { Sql } from "sql-template-tag";
import type { Tx } from "./db.ts";

const MARKED = new WeakSet<Sql>();

/**
 * Marks a statement that is planned once for each connection, whatever its parameters. PostgreSQL plans one that takes
 * lists anew for each run, because it expects long ones and finds a plan for the lists at hand cheaper; of a small
 * statement by keys that is more than half of what it costs. Only for statements whose best plan is always the same, and
 * only outside transactions: there it runs on connections that are set so. The embedded engine takes no notice.
 */
export function planOnce(statement: Sql): Sql {
  MARKED.add(statement);
  return statement;
}

export function isPlannedOnce(statement: Sql): boolean {
  return MARKED.has(statement);
}

/**
 * Lets every statement of a transaction on PostgreSQL be planned once for each connection. The first thing that is asked
 * of the transaction: then it travels with its beginning. Only where each statement finds its rows by keys.
 */
export async function planAllOnce(tx: Pick<Tx, "exec">): Promise<void> {
  await tx.exec(PLAN_ALL_ONCE);
}

const PLAN_ALL_ONCE = "set local plan_cache_mode = force_generic_plan";

/**
 * The same for a transaction that reads all it reads as of one moment. Pages of thousands of ids are else planned by
 * scanning whole tables, the first few times on every connection.
 */
export async function planAllOnceInSnapshot(tx: Pick<Tx, "exec">): Promise<void> {
  await tx.exec(`set transaction isolation level repeatable read; ${PLAN_ALL_ONCE}`);
}
