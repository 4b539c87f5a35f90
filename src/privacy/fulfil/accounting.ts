import { randomUUID } from "node:crypto";
import { foldOrder, type OrderFactRow } from "../../members/index.ts";
import { keptUntil, taxRuleOf } from "./tax-records.ts";

/** A sale as accounting needs it: no buyer, no time of day, no products. Amounts in minor units. */
export interface AccountingLine {
  readonly lineId: string;
  readonly documentNo: string;
  readonly kind: "order" | "return";
  readonly soldOn: string;
  readonly storeId: string | null;
  readonly channel: string;
  readonly currency: string;
  readonly grossMinor: number;
  readonly returnedMinor: number;
  readonly netMinor: number;
  readonly units: number;
  readonly ground: string;
  readonly keptUntil: string;
}

/**
 * Turns what is known of a person's documents into accounting lines, one for each document and currency. Documents
 * whose term has ended, that were cancelled or that moved no money leave none. Ids are random, so that nothing but
 * their content tells lines of one buyer from others'.
 */
export function accountingLines(
  orders: readonly { readonly orderKey: string; readonly facts: readonly OrderFactRow[] }[],
  regime: string | null,
  today: string,
): AccountingLine[] {
  const rule = taxRuleOf(regime);
  const byKey = new Map<string, OrderFactRow[]>();
  for (const { orderKey, facts } of orders) byKey.set(orderKey, [...(byKey.get(orderKey) ?? []), ...facts]);
  return [...byKey.values()].flatMap((facts) => {
    if (facts.length === 0) return [];
    const folded = foldOrder(facts);
    const soldOn = folded.orderedAt.slice(0, 10);
    const until = keptUntil(soldOn, rule);
    if (folded.cancelled || until < today) return [];
    return Object.entries(folded.byCurrency).map(([currency, amounts], i) => ({
      lineId: randomUUID(),
      documentNo: folded.orderKey,
      kind: folded.kind,
      soldOn,
      storeId: folded.storeId,
      channel: folded.channel,
      currency,
      ...amounts,
      units: i === 0 ? folded.units : 0,
      ground: rule.code,
      keptUntil: until,
    }));
  });
}
