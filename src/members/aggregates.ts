import type { Channel, EventType } from "../events/index.ts";
import { addUnits, foldOrder, type OrderFactRow, type OrderState } from "./orders.ts";

type Counts = Readonly<Record<string, number>>;

/**
 * What a subject's events and orders add up to: plain JSON. Every part is a sum, or the first or last of things that
 * are never taken back, so that applying changes in any order or batching, and combining subjects in any order, gives
 * exactly what counting everything anew gives. Entries of zero are left out, so equal means byte-identical.
 */
export interface SubjectAggregate {
  /** Orders that stand (not cancelled). */
  readonly orders: number;
  /** Documents that took something back: returns of their own, and orders returned in part or whole. */
  readonly returns: number;
  /** Currency → net amount in minor units. */
  readonly spend: Counts;
  /** Times of the first and last event (RFC 3339 UTC), whatever its type; null before any. */
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
  /** Store → orders that stand. */
  readonly stores: Counts;
  /** Category → net units. */
  readonly categories: Counts;
  /** Channel → events. */
  readonly channels: Counts;
  /** Type → events. */
  readonly eventCounts: Counts;
  /**
   * UTC day (`2026-03-01`) → orders of that day with a positive net amount. First and last purchase come from here, as
   * a cancelled or wholly returned order must be able to leave it. One entry for each calendar day with a purchase
   * (366 a year at most, about 20 bytes each), however many orders the day had.
   */
  readonly purchaseDays: Counts;
}

/** An event, as far as aggregates count it. */
export interface CountedEvent {
  readonly type: EventType;
  readonly channel: Channel;
  readonly occurredAt: Date;
}

export function emptyAggregate(): SubjectAggregate {
  return {
    orders: 0,
    returns: 0,
    spend: {},
    firstSeen: null,
    lastSeen: null,
    stores: {},
    categories: {},
    channels: {},
    eventCounts: {},
    purchaseDays: {},
  };
}

const addWhole = (a: number, b: number): number => a + b;

/** Copies without a prototype: ids and categories are the sender's words, `__proto__` among them. */
function added(counts: Counts, more: Iterable<readonly [string, number]>, add = addWhole): Counts {
  const sum: Record<string, number> = Object.create(null);
  for (const key of Object.keys(counts)) sum[key] = counts[key] as number;
  for (const [key, by] of more) {
    const total = add(sum[key] ?? 0, by);
    if (total === 0) delete sum[key];
    else sum[key] = total;
  }
  return sum;
}

/** One more of a word of ours, never of a sender's. */
function oneMore(counts: Counts, word: Channel | EventType): Counts {
  return { ...counts, [word]: (counts[word] ?? 0) + 1 };
}

/** What an order adds to each part, times `sign`. */
function contribution(
  order: OrderState,
  sign: 1 | -1,
): Partial<Record<keyof SubjectAggregate, [string, number][]>> {
  if (order.cancelled) return {};
  const isOrder = order.kind === "order";
  const amounts = Object.entries(order.byCurrency);
  const bought = isOrder && amounts.some(([, { netMinor }]) => netMinor > 0);
  const tookBack = !isOrder || amounts.some(([, { returnedMinor }]) => returnedMinor > 0);
  return {
    orders: isOrder ? [["", sign]] : [],
    returns: tookBack ? [["", sign]] : [],
    spend: amounts.map(([currency, { netMinor }]) => [currency, sign * netMinor]),
    stores: isOrder && order.storeId !== null ? [[order.storeId, sign]] : [],
    categories: Object.entries(order.categories).map(([category, { units }]) => [category, sign * units]),
    purchaseDays: bought ? [[order.orderedAt.slice(0, order.orderedAt.indexOf("T")), sign]] : [],
  };
}

/** The aggregate after an order that it counted as `before` (null: not at all) has become `after` (null: gone). */
export function applyOrderChange(
  aggregate: SubjectAggregate,
  before: OrderState | null,
  after: OrderState | null,
): SubjectAggregate {
  const parts = [...(before ? [contribution(before, -1)] : []), ...(after ? [contribution(after, 1)] : [])];
  const more = (part: keyof SubjectAggregate): [string, number][] => parts.flatMap((p) => p[part] ?? []);
  const total = (part: keyof SubjectAggregate): number => more(part).reduce((sum, [, by]) => sum + by, 0);
  return {
    ...aggregate,
    orders: aggregate.orders + total("orders"),
    returns: aggregate.returns + total("returns"),
    spend: added(aggregate.spend, more("spend")),
    stores: added(aggregate.stores, more("stores")),
    categories: added(aggregate.categories, more("categories"), addUnits),
    purchaseDays: added(aggregate.purchaseDays, more("purchaseDays")),
  };
}

/** Below zero when `a` is the earlier of two RFC 3339 times; of one spelling, as all of ours are, text compares alike. */
function compareTimes(a: string, b: string): number {
  if (a === b) return 0;
  if (a.length === b.length && a.length === 24) return a < b ? -1 : 1;
  return Date.parse(a) - Date.parse(b);
}

function earlier(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return compareTimes(a, b) <= 0 ? a : b;
}

function later(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return compareTimes(a, b) >= 0 ? a : b;
}

/** The aggregate after one more event. Orders are counted apart, by {@link applyOrderChange}. */
export function applyEvent(aggregate: SubjectAggregate, event: CountedEvent): SubjectAggregate {
  const at = event.occurredAt.toISOString();
  return {
    ...aggregate,
    firstSeen: earlier(aggregate.firstSeen, at),
    lastSeen: later(aggregate.lastSeen, at),
    channels: oneMore(aggregate.channels, event.channel),
    eventCounts: oneMore(aggregate.eventCounts, event.type),
  };
}

/** The aggregate of a member from those of its subjects. Commutative and associative; of none, the empty one. */
export function combine(aggregates: readonly SubjectAggregate[]): SubjectAggregate {
  const entries = (part: "spend" | "stores" | "categories" | "channels" | "eventCounts" | "purchaseDays") =>
    aggregates.flatMap((aggregate) => Object.entries(aggregate[part]));
  return {
    orders: aggregates.reduce((sum, { orders }) => sum + orders, 0),
    returns: aggregates.reduce((sum, { returns }) => sum + returns, 0),
    spend: added({}, entries("spend")),
    firstSeen: aggregates.reduce<string | null>((first, a) => earlier(first, a.firstSeen), null),
    lastSeen: aggregates.reduce<string | null>((last, a) => later(last, a.lastSeen), null),
    stores: added({}, entries("stores")),
    categories: added({}, entries("categories"), addUnits),
    channels: added({}, entries("channels")),
    eventCounts: added({}, entries("eventCounts")),
    purchaseDays: added({}, entries("purchaseDays")),
  };
}

/**
 * The aggregate of a member some of whose orders are known to several of its subjects (a sale on the card, its refund
 * on the e-mail): those are folded from all their facts together, the rest is combined as kept. `shared` holds, for each
 * such order, one entry per subject that knows something about it. Equals counting everything anew.
 */
export function combineWithShared(
  aggregates: readonly SubjectAggregate[],
  shared: readonly { readonly orderKey: string; readonly facts: readonly OrderFactRow[] }[],
): SubjectAggregate {
  let total = combine(aggregates);
  const together = new Map<string, OrderFactRow[]>();
  for (const { orderKey, facts } of shared) {
    if (facts.length === 0) continue;
    total = applyOrderChange(total, foldOrder(facts), null);
    together.set(orderKey, [...(together.get(orderKey) ?? []), ...facts]);
  }
  for (const facts of together.values()) total = applyOrderChange(total, null, foldOrder(facts));
  return total;
}

/** Counts everything anew: what the kept aggregate must always equal. Facts are grouped by their order key. */
export function recompute(events: readonly CountedEvent[], facts: readonly OrderFactRow[]): SubjectAggregate {
  const orders = new Map<string, OrderFactRow[]>();
  for (const fact of facts) {
    const same = orders.get(fact.orderKey);
    if (same) same.push(fact);
    else orders.set(fact.orderKey, [fact]);
  }
  let aggregate = emptyAggregate();
  for (const event of events) aggregate = applyEvent(aggregate, event);
  for (const same of orders.values()) aggregate = applyOrderChange(aggregate, null, foldOrder(same));
  return aggregate;
}

/** The key with the highest count above zero; among equals the first by code unit, so that everyone agrees. */
function favourite(counts: Counts): string | null {
  let best: string | null = null;
  for (const key of Object.keys(counts).sort())
    if ((counts[key] as number) > (best === null ? 0 : (counts[best] as number))) best = key;
  return best;
}

/** The store with the most orders, or null. */
export function favouriteStore(aggregate: SubjectAggregate): string | null {
  return favourite(aggregate.stores);
}

/** The category with the most net units, or null. */
export function favouriteCategory(aggregate: SubjectAggregate): string | null {
  return favourite(aggregate.categories);
}

/** First and last UTC day with a purchase that still stands, net of returns and cancellations; null without any. */
export function purchaseSpan(aggregate: SubjectAggregate): {
  readonly firstOrderDay: string | null;
  readonly lastOrderDay: string | null;
} {
  const days = Object.keys(aggregate.purchaseDays).sort();
  return { firstOrderDay: days[0] ?? null, lastOrderDay: days.at(-1) ?? null };
}
