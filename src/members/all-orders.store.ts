import { sql, type Tx } from "../db/index.ts";
import type { OrderState } from "./orders.ts";

/** The folded orders of some subjects. */
export async function readFoldedOrders(
  db: Pick<Tx, "query">,
  subjectIds: readonly string[],
): Promise<{ subjectId: string; orderKey: string; folded: OrderState }[]> {
  if (subjectIds.length === 0) return [];
  return db.query(sql`
    select subject_id as "subjectId", order_key as "orderKey", folded from order_state
    where subject_id = any(${[...subjectIds]}::uuid[])`);
}
