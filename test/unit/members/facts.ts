import fc from "fast-check";
import type { OrderLine } from "../../../src/events/index.ts";
import type { OrderFactRow } from "../../../src/members/orders.ts";

let made = 0;

export function aLine(with_: Partial<OrderLine> = {}): OrderLine {
  return { line: "1", productId: "p", category: null, quantity: 1, amountMinor: 100, ...with_ };
}

/** A sale of nothing unless told otherwise; each has an event id of its own. */
export function aFact(with_: Partial<OrderFactRow> = {}): OrderFactRow {
  made += 1;
  return {
    eventId: `event-${String(made).padStart(6, "0")}`,
    occurredAt: new Date("2026-01-01T10:00:00Z"),
    channel: "store",
    orderKey: "o-1",
    effect: "sale",
    currency: "EUR",
    totalMinor: 100,
    lines: [],
    storeId: null,
    tillId: null,
    receiptNo: null,
    returnsOrderKey: null,
    ...with_,
  };
}

/** Facts of a few orders that collide in time, currency and category. Event ids are distinct. */
export function factsArbitrary({ maxOrders }: { maxOrders: number }): fc.Arbitrary<OrderFactRow[]> {
  const line = fc.record({
    line: fc.constantFrom("1", "2"),
    productId: fc.constant("p"),
    category: fc.constantFrom("tea", "cup", "__proto__", null),
    quantity: fc.integer({ min: 1, max: 5_000 }).map((n) => n / 1_000),
    amountMinor: fc.integer({ min: 0, max: 10_000 }),
  });
  const fact = fc
    .record({
      orderKey: fc.integer({ min: 1, max: maxOrders }).map((n) => `o-${n}`),
      effect: fc.constantFrom<OrderFactRow["effect"]>(
        "sale",
        "sale",
        "return",
        "return",
        "replace",
        "cancel",
      ),
      currency: fc.constantFrom("EUR", "EUR", "TWD"),
      totalMinor: fc.integer({ min: 0, max: 10_000 }),
      lines: fc.array(line, { maxLength: 2 }),
      hour: fc.nat(60),
      storeId: fc.constantFrom("north", "south", null),
      channel: fc.constantFrom<OrderFactRow["channel"]>("store", "web"),
    })
    .map(({ hour, effect, lines, totalMinor, ...rest }) => {
      const sign = effect === "return" ? -1 : 1;
      return aFact({
        ...rest,
        effect,
        totalMinor: effect === "cancel" ? 0 : sign * totalMinor || 0,
        lines: lines.map((l) => ({
          ...l,
          quantity: sign * l.quantity,
          amountMinor: sign * l.amountMinor || 0,
        })),
        occurredAt: new Date(Date.parse("2026-01-01") + hour * 3_600_000),
      });
    });
  return fc.array(fact, { minLength: 1, maxLength: 14 });
}
