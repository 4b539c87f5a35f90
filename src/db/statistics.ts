import type { Db } from "./db.ts";
import { raw, sql } from "./sql.ts";

/** Below this many pages (of 8 KiB) a table is read whole as fast as by any index. */
const SMALL = 8;

/**
 * Gathers the planner's statistics anew for tables that have more than doubled since they were last gathered, and
 * returns their names. Without statistics the planner takes any identifier to be shared by one row in two hundred, and
 * plans accordingly. The embedded engine has no autovacuum that would gather them, and a server's looks once a minute:
 * too late for whoever reads after a first import.
 */
export async function refreshStatistics(db: Db): Promise<string[]> {
  // relpages is what the last analyze saw; 0 before any.
  const grown = await db.query<{ name: string }>(sql`
    select quote_ident(relname) as name from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace
      and pg_relation_size(oid) / current_setting('block_size')::int > 2 * relpages + ${SMALL}::int
    order by relname`);
  // One by one: the embedded engine's single connection serves everybody, who may want a turn between.
  for (const { name } of grown) await db.query(sql`analyze ${raw(name)}`);
  return grown.map((t) => t.name);
}
