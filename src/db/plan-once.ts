import type { Sql } from "sql-template-tag";

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
