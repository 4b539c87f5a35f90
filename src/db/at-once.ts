import type { Tx } from "./db.ts";
import { planOnce } from "./plan-once.ts";
import { empty, join, type Sql, sql } from "./sql.ts";

/**
 * Runs several writes that need nothing of each other as one statement, so that they cost one round trip. Each is an
 * insert, update or delete that answers nothing; null stands for one with nothing to do. They all see the store as it
 * was before any of them (PostgreSQL 15, 7.8.2): no two may touch the same row. `provided`: nothing is written unless this
 * holds as they see it; then a serialization failure says so.
 */
export async function atOnce(
  tx: Pick<Tx, "query">,
  writes: readonly (Sql | null)[],
  options: { readonly provided?: Sql } = {},
): Promise<void> {
  const { provided } = options;
  const all = writes.filter((write) => write !== null);
  const [only] = all;
  if (only === undefined) return;
  if (all.length === 1 && provided === undefined) {
    await tx.query(only);
    return;
  }
  const then = provided === undefined ? empty : sql`refuse_unless(${provided})`;
  const named = all.map((write, i) => sql`${NAMES[i] ?? empty} as (${write})`);
  await tx.query(planOnce(sql`with ${join(named)} select ${then}`));
}

/** More writes than these at once have no name and would be refused by the store. */
const NAMES: readonly Sql[] = [sql`w1`, sql`w2`, sql`w3`, sql`w4`, sql`w5`, sql`w6`, sql`w7`, sql`w8`];
