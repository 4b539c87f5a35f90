import { currencyDecimals } from "../kernel/money.ts";
import type { OrderState } from "../members/index.ts";
import type { PurchaseDays } from "./behaviour.ts";

const DAY = 86_400_000;

function dayOf(time: string): number {
  return Math.floor(Date.parse(time) / DAY);
}

interface DayTally {
  /** Currency → net minor units. */
  readonly net: Map<string, number>;
}

/**
 * The days on which a member bought, net of returns: one purchase a day however many orders it had. What an order had
 * taken back is off its own day; a return document that stands for itself comes off the order it names, else off the
 * newest days at or before it. Days on which nothing is left do not count. The currency is the one of the most days
 * (the first by name among equals). A function of the set of orders; null when nothing was bought.
 */
export function purchaseDaysOf(orders: readonly OrderState[]): PurchaseDays | null {
  const days = new Map<number, DayTally>();
  const dayOfOrder = new Map<string, number>();
  const returns: OrderState[] = [];
  for (const order of orders) {
    if (order.cancelled) continue;
    if (order.kind === "return") {
      returns.push(order);
      continue;
    }
    const on = dayOf(order.orderedAt);
    dayOfOrder.set(order.orderKey, on);
    const tally = days.get(on) ?? { net: new Map() };
    days.set(on, tally);
    for (const [currency, { netMinor }] of Object.entries(order.byCurrency))
      tally.net.set(currency, (tally.net.get(currency) ?? 0) + netMinor);
  }
  // In a fixed order: of two returns that take from the same days, the earlier comes first.
  returns.sort((a, b) =>
    a.orderedAt < b.orderedAt ? -1 : a.orderedAt > b.orderedAt ? 1 : a.orderKey < b.orderKey ? -1 : 1,
  );
  const newestFirst = [...days.keys()].sort((a, b) => b - a);
  for (const back of returns) {
    const named = back.returnsOrderKey === null ? undefined : dayOfOrder.get(back.returnsOrderKey);
    const from = [
      ...(named === undefined ? [] : [named]),
      ...newestFirst.filter((day) => day <= dayOf(back.orderedAt) && day !== named),
    ];
    for (const [currency, { netMinor }] of Object.entries(back.byCurrency)) {
      let left = -netMinor;
      for (const day of from) {
        if (left <= 0) break;
        const net = days.get(day)?.net;
        const there = net?.get(currency) ?? 0;
        if (net === undefined || there <= 0) continue;
        net.set(currency, there - Math.min(there, left));
        left -= Math.min(there, left);
      }
    }
  }
  const bought = [...days]
    .filter(([, { net }]) => [...net.values()].some((v) => v > 0))
    .sort(([a], [b]) => a - b);
  if (bought.length === 0) return null;
  const often = new Map<string, number>();
  for (const [, { net }] of bought)
    for (const [currency, v] of net) if (v > 0) often.set(currency, (often.get(currency) ?? 0) + 1);
  const [[currency] = ["XXX"]] = [...often].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return {
    days: bought.map(([day]) => day),
    amounts: bought.map(([, { net }]) => Math.max(0, net.get(currency) ?? 0)),
    currency,
    unit: 10 ** currencyDecimals(currency),
  };
}
