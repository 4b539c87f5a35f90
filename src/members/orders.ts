import type { Channel, OrderFact } from "../events/index.ts";

/** What one event says about an order, with when and where it was said. */
export interface OrderFactRow extends OrderFact {
  readonly eventId: string;
  readonly occurredAt: Date;
  readonly channel: Channel;
}

/** Amounts in minor units of one currency; net is gross less returned. */
export interface OrderAmounts {
  readonly grossMinor: number;
  readonly returnedMinor: number;
  readonly netMinor: number;
}

/** What is known of one document, plain JSON. Times are RFC 3339 UTC. */
export interface OrderState {
  readonly orderKey: string;
  /** `return`: a document of its own that only takes back. */
  readonly kind: "order" | "return";
  /** The currency of the first sale; facts in another are kept apart in `byCurrency`, never summed with it. */
  readonly currency: string;
  /** In `currency`. */
  readonly grossMinor: number;
  readonly returnedMinor: number;
  readonly netMinor: number;
  readonly byCurrency: Readonly<Record<string, OrderAmounts>>;
  /** When it was bought: the first sale or restatement, else the first fact. */
  readonly orderedAt: string;
  readonly firstAt: string;
  readonly lastAt: string;
  /** Net of returns; thousandths at the finest, so that sums are exact. */
  readonly units: number;
  /** Lines sold, returned ones included. */
  readonly lineCount: number;
  readonly storeId: string | null;
  readonly channel: Channel;
  readonly returnsOrderKey: string | null;
  /** Category → net units (all lines) and net amount (lines in `currency`); those without effect are left out. */
  readonly categories: Readonly<Record<string, { readonly units: number; readonly netMinor: number }>>;
  readonly cancelled: boolean;
}

const THOUSAND = 1_000;

/** Adds quantities exactly to the thousandth: 0.35 kg thrice is 1.05, in whatever order. */
export function addUnits(a: number, b: number): number {
  return (Math.round(a * THOUSAND) + Math.round(b * THOUSAND)) / THOUSAND;
}

/** Canonical: an order's facts by time, then by event. */
function compareFacts(a: OrderFactRow, b: OrderFactRow): number {
  return (
    a.occurredAt.getTime() - b.occurredAt.getTime() ||
    (a.eventId < b.eventId ? -1 : a.eventId > b.eventId ? 1 : 0)
  );
}

/** A sale and what was taken back, each a plain sum; taking back stops at what is known to have been sold. */
function netOf(sold: number, returned: number, saleKnown: boolean): number {
  return saleKnown ? Math.min(returned, Math.max(0, sold)) : returned;
}

/**
 * Folds all facts of one document. A function of their set: order and repetition (by event id) change nothing.
 *
 * Sales add up; the latest `replace` states the order anew and drops sales at or before it; a `cancel` voids the order
 * unless a later `replace` revives it (at the same instant the cancel wins: value that may be void is not counted);
 * returns take back at most what was sold under the same key and, in a document of their own, count by themselves.
 * Throws RangeError when there are no facts.
 */
export function foldOrder(facts: readonly OrderFactRow[]): OrderState {
  const all = [...new Map(facts.map((fact) => [fact.eventId, fact])).values()].sort(compareFacts);
  const first = all[0];
  const last = all.at(-1);
  if (!first || !last) throw new RangeError("an order needs at least one fact");

  const restated = all.findLast((fact) => fact.effect === "replace");
  const voided = all.findLast((fact) => fact.effect === "cancel");
  const cancelled =
    voided !== undefined && (!restated || restated.occurredAt.getTime() <= voided.occurredAt.getTime());
  const buying = all.filter((fact) => fact.effect === "sale" || fact.effect === "replace");
  const sales = buying.filter(
    (fact) =>
      !restated ||
      fact === restated ||
      (fact.effect === "sale" && fact.occurredAt.getTime() > restated.occurredAt.getTime()),
  );
  const returns = all.filter((fact) => fact.effect === "return");
  const isReturn = buying.length === 0 && returns.length > 0;
  const head = buying[0] ?? first;
  const told = [...sales, ...returns, ...all];
  const { currency } = sales[0] ?? head;
  const counted = cancelled ? [] : [...sales, ...returns];

  const byCurrency = amountsOf(counted, !isReturn);
  const { categories, units } = quantitiesOf(counted, currency, !isReturn);
  const amounts = byCurrency[currency] ?? { grossMinor: 0, returnedMinor: 0, netMinor: 0 };
  return {
    orderKey: first.orderKey,
    kind: isReturn ? "return" : "order",
    currency,
    ...amounts,
    byCurrency,
    orderedAt: head.occurredAt.toISOString(),
    firstAt: first.occurredAt.toISOString(),
    lastAt: last.occurredAt.toISOString(),
    units,
    lineCount: counted.reduce(
      (n, fact) => n + (isReturn || fact.effect !== "return" ? fact.lines.length : 0),
      0,
    ),
    storeId: told.find((fact) => fact.storeId !== null)?.storeId ?? null,
    channel: (sales[0] ?? head).channel,
    returnsOrderKey: told.find((fact) => fact.returnsOrderKey !== null)?.returnsOrderKey ?? null,
    categories,
    cancelled,
  };
}

function amountsOf(facts: readonly OrderFactRow[], saleKnown: boolean): Record<string, OrderAmounts> {
  const sums = new Map<string, { sold: number; returned: number }>();
  for (const fact of facts) {
    const sum = sums.get(fact.currency) ?? { sold: 0, returned: 0 };
    if (fact.effect === "return") sum.returned -= fact.totalMinor;
    else sum.sold += fact.totalMinor;
    sums.set(fact.currency, sum);
  }
  const amounts: Record<string, OrderAmounts> = Object.create(null);
  for (const currency of [...sums.keys()].sort()) {
    const { sold, returned } = sums.get(currency) as { sold: number; returned: number };
    const back = netOf(sold, returned, saleKnown);
    if (sold === 0 && back === 0) continue;
    amounts[currency] = { grossMinor: sold, returnedMinor: back, netMinor: sold - back };
  }
  return amounts;
}

function quantitiesOf(
  facts: readonly OrderFactRow[],
  currency: string,
  saleKnown: boolean,
): Pick<OrderState, "categories" | "units"> {
  const tally = { soldUnits: 0, backUnits: 0, soldMinor: 0, backMinor: 0 };
  const byCategory = new Map<string, typeof tally>();
  for (const fact of facts) {
    for (const line of fact.lines) {
      const amount = fact.currency === currency ? line.amountMinor : 0;
      const tallies = [tally];
      if (line.category !== null) {
        const own = byCategory.get(line.category) ?? {
          soldUnits: 0,
          backUnits: 0,
          soldMinor: 0,
          backMinor: 0,
        };
        byCategory.set(line.category, own);
        tallies.push(own);
      }
      for (const t of tallies) {
        if (fact.effect === "return") {
          t.backUnits = addUnits(t.backUnits, -line.quantity);
          t.backMinor -= amount;
        } else {
          t.soldUnits = addUnits(t.soldUnits, line.quantity);
          t.soldMinor += amount;
        }
      }
    }
  }
  const unitsOf = (t: typeof tally): number =>
    addUnits(t.soldUnits, -netOf(t.soldUnits, t.backUnits, saleKnown));
  const categories: Record<string, { units: number; netMinor: number }> = Object.create(null);
  for (const category of [...byCategory.keys()].sort()) {
    const t = byCategory.get(category) as typeof tally;
    const units = unitsOf(t);
    const netMinor = t.soldMinor - netOf(t.soldMinor, t.backMinor, saleKnown);
    if (units !== 0 || netMinor !== 0) categories[category] = { units, netMinor };
  }
  return { categories, units: unitsOf(tally) };
}
