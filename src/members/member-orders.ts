import type { Tx } from "../db/index.ts";
import { readOrdersSince } from "./orders.store.ts";
import { foldOrder, type OrderState } from "./orders.ts";

/** An order of a member, folded from what all its subjects know of it. */
export interface MemberOrder {
  /** The subject by whose identifier it is known; the smallest when several know it. */
  readonly subjectId: string;
  readonly order: OrderState;
  /** Cancelled, or taken back to nothing, also by a document of its own that names it. */
  readonly returned: boolean;
}

/** The orders of members of which anything was said since a moment, by member; returns of their own left out. */
export async function readMemberOrders(
  tx: Pick<Tx, "query">,
  members: readonly {
    readonly memberId: string;
    readonly subjects: readonly { readonly subjectId: string }[];
  }[],
  since: Date,
): Promise<Map<string, MemberOrder[]>> {
  const memberOf = new Map(members.flatMap((m) => m.subjects.map((s) => [s.subjectId, m.memberId] as const)));
  const facts = new Map<string, Awaited<ReturnType<typeof readOrdersSince>>>();
  for (const row of await readOrdersSince(tx, [...memberOf.keys()], since)) {
    const key = `${memberOf.get(row.subjectId)}|${row.orderKey}`;
    const known = facts.get(key);
    if (known === undefined) facts.set(key, [row]);
    else known.push(row);
  }
  const folded = new Map<string, { subjectId: string; order: OrderState }[]>();
  for (const [key, rows] of facts) {
    const memberId = key.slice(0, key.indexOf("|"));
    const list = folded.get(memberId) ?? [];
    const subjectId = rows.map((r) => r.subjectId).sort()[0] as string;
    list.push({ subjectId, order: foldOrder(rows.flatMap((r) => r.facts)) });
    folded.set(memberId, list);
  }
  return new Map(
    [...folded].map(([memberId, list]) => {
      const takenBack = new Map<string, number>();
      for (const { order } of list) {
        if (order.kind !== "return" || order.returnsOrderKey === null) continue;
        takenBack.set(
          order.returnsOrderKey,
          (takenBack.get(order.returnsOrderKey) ?? 0) + Math.abs(order.netMinor),
        );
      }
      return [
        memberId,
        list
          .filter(({ order }) => order.kind === "order")
          .map(({ subjectId, order }) => ({
            subjectId,
            order,
            returned: order.cancelled || order.netMinor - (takenBack.get(order.orderKey) ?? 0) <= 0,
          })),
      ];
    }),
  );
}
