import type { Tx } from "../db/index.ts";
import { readFoldedOrders } from "./all-orders.store.ts";
import type { BulkMember } from "./bulk.ts";
import { readSharedOrders } from "./orders.store.ts";
import { foldOrder, type OrderFactRow, type OrderState } from "./orders.ts";

/** Orders of many members, each once: those that several subjects of a member know are folded from all their facts. */
export async function readAllOrders(
  tx: Pick<Tx, "query">,
  members: readonly BulkMember[],
): Promise<Map<string, OrderState[]>> {
  const memberOf = new Map(members.flatMap((m) => m.subjects.map((s) => [s.subjectId, m.memberId] as const)));
  const orders = new Map<string, Map<string, OrderState>>(members.map((m) => [m.memberId, new Map()]));
  for (const { subjectId, orderKey, folded } of await readFoldedOrders(tx, [...memberOf.keys()]))
    orders.get(memberOf.get(subjectId) as string)?.set(orderKey, folded);
  const several = members.filter((m) => m.subjects.length > 1);
  const facts = new Map<string, OrderFactRow[]>();
  for (const row of await readSharedOrders(
    tx,
    several.flatMap((m) => m.subjects.map((s) => s.subjectId)),
  )) {
    const id = `${memberOf.get(row.subjectId)} ${row.orderKey}`;
    facts.set(id, [...(facts.get(id) ?? []), ...row.facts]);
  }
  for (const [id, known] of facts) {
    const at = id.indexOf(" ");
    orders.get(id.slice(0, at))?.set(id.slice(at + 1), foldOrder(known));
  }
  return new Map([...orders].map(([memberId, own]) => [memberId, [...own.values()]]));
}
