import { expect } from "chai";
import fc from "fast-check";
import { CHANNELS, EVENT_TYPES } from "../../../src/events/index.ts";
import { canonicalJson } from "../../../src/kernel/canonical-json.ts";
import {
  applyEvent,
  applyOrderChange,
  type CountedEvent,
  combine,
  combineWithShared,
  emptyAggregate,
  favouriteCategory,
  favouriteStore,
  purchaseSpan,
  recompute,
  type SubjectAggregate,
} from "../../../src/members/aggregates.ts";
import { foldOrder, type OrderFactRow } from "../../../src/members/orders.ts";
import { aFact, aLine, factsArbitrary } from "./facts.ts";

const event: fc.Arbitrary<CountedEvent> = fc.record({
  type: fc.constantFrom(...EVENT_TYPES),
  channel: fc.constantFrom(...CHANNELS),
  occurredAt: fc.nat(1_000).map((n) => new Date(Date.parse("2026-01-01") + n * 1_000)),
});

/** Counts as ingestion does: batch by batch, each touched order folded before and after; kept as JSON in between. */
function ingest(batches: readonly (readonly (CountedEvent | OrderFactRow)[])[]): SubjectAggregate {
  let kept = JSON.stringify(emptyAggregate());
  const known = new Map<string, OrderFactRow[]>();
  for (const batch of batches) {
    let aggregate = JSON.parse(kept) as SubjectAggregate;
    const fresh = new Map<string, OrderFactRow[]>();
    for (const item of batch) {
      if ("orderKey" in item) fresh.set(item.orderKey, [...(fresh.get(item.orderKey) ?? []), item]);
      else aggregate = applyEvent(aggregate, item);
    }
    for (const [key, facts] of fresh) {
      const before = known.get(key) ?? [];
      known.set(key, [...before, ...facts]);
      aggregate = applyOrderChange(
        aggregate,
        before.length > 0 ? foldOrder(before) : null,
        foldOrder([...before, ...facts]),
      );
    }
    kept = JSON.stringify(aggregate);
  }
  return JSON.parse(kept) as SubjectAggregate;
}

describe("aggregates of a subject", () => {
  it("equal full recomputation, in whatever order and batches things arrive", () => {
    const streams = fc
      .tuple(factsArbitrary({ maxOrders: 3 }), fc.array(event, { maxLength: 10 }))
      .chain(([facts, events]) => {
        const all: (CountedEvent | OrderFactRow)[] = [...facts, ...events];
        return fc.record({
          facts: fc.constant(facts),
          events: fc.constant(events),
          order: fc.shuffledSubarray(all, { minLength: all.length }),
          size: fc.integer({ min: 1, max: 6 }),
        });
      });
    fc.assert(
      fc.property(streams, ({ facts, events, order, size }) => {
        const batches = Array.from({ length: Math.ceil(order.length / size) }, (_, i) =>
          order.slice(i * size, (i + 1) * size),
        );
        expect(canonicalJson(ingest(batches))).to.equal(canonicalJson(recompute(events, facts)));
      }),
      { numRuns: 200 },
    );
  });

  it("combine alike in any order and grouping, and with nothing", () => {
    const aggregate = fc
      .tuple(fc.array(event, { maxLength: 6 }), factsArbitrary({ maxOrders: 2 }))
      .map(([events, facts]) => recompute(events, facts));
    fc.assert(
      fc.property(aggregate, aggregate, aggregate, (a, b, c) => {
        const all = canonicalJson(combine([a, b, c]));
        expect(canonicalJson(combine([c, a, b]))).to.equal(all);
        expect(canonicalJson(combine([a, combine([b, c])]))).to.equal(all);
        expect(canonicalJson(combine([combine([a, b]), c]))).to.equal(all);
        expect(canonicalJson(combine([a, emptyAggregate()]))).to.equal(canonicalJson(a));
      }),
    );
    expect(combine([])).to.deep.equal(emptyAggregate());
  });

  it("fold an order that several subjects know about as one, equal to counting the member anew", () => {
    const split = fc
      .tuple(
        factsArbitrary({ maxOrders: 3 }),
        fc.array(event, { maxLength: 6 }),
        fc.infiniteStream(fc.nat(2)),
      )
      .map(([facts, events, subjects]) => {
        const of = facts.map((fact) => ({ fact, subject: subjects.next().value as number }));
        return { facts, events, of };
      });
    fc.assert(
      fc.property(split, ({ facts, events, of }) => {
        const bySubject = [0, 1, 2].map((subject) =>
          of.filter((o) => o.subject === subject).map((o) => o.fact),
        );
        const kept = bySubject.map((own, i) => recompute(i === 0 ? events : [], own));
        const shared = bySubject.flatMap((own) =>
          [...new Set(own.map((f) => f.orderKey))]
            .filter((key) => bySubject.filter((other) => other.some((f) => f.orderKey === key)).length > 1)
            .map((orderKey) => ({ orderKey, facts: own.filter((f) => f.orderKey === orderKey) })),
        );
        expect(canonicalJson(combineWithShared(kept, shared))).to.equal(
          canonicalJson(recompute(events, facts)),
        );
      }),
    );
  });

  it("leave no trace of an order that goes", () => {
    const order = foldOrder([
      aFact({ totalMinor: 500, storeId: "north", lines: [aLine({ category: "tea", quantity: 0.3 })] }),
    ]);
    const before = recompute(
      [],
      [aFact({ orderKey: "o-2", lines: [aLine({ category: "tea", quantity: 0.1 })] })],
    );
    const after = applyOrderChange(applyOrderChange(before, null, order), order, null);
    expect(canonicalJson(after)).to.equal(canonicalJson(before));
  });

  it("keep the first and last purchase right when the first order is cancelled and the last returned", () => {
    const on = (day: string, more: Partial<OrderFactRow>) => aFact({ occurredAt: new Date(day), ...more });
    const facts = [
      on("2026-01-01", { orderKey: "a" }),
      on("2026-02-01", { orderKey: "b" }),
      on("2026-03-01", { orderKey: "c" }),
    ];
    expect(purchaseSpan(recompute([], facts))).to.deep.equal({
      firstOrderDay: "2026-01-01",
      lastOrderDay: "2026-03-01",
    });
    const later = [
      on("2026-04-01", { orderKey: "a", effect: "cancel", totalMinor: 0 }),
      on("2026-04-01", { orderKey: "c", effect: "return", totalMinor: -100 }),
    ];
    const aggregate = ingest([facts, later]);
    expect(purchaseSpan(aggregate)).to.deep.equal({
      firstOrderDay: "2026-02-01",
      lastOrderDay: "2026-02-01",
    });
    expect(aggregate).to.deep.include({ orders: 2, returns: 1, spend: { EUR: 100 } });
    expect(purchaseSpan(emptyAggregate())).to.deep.equal({ firstOrderDay: null, lastOrderDay: null });
  });

  it("count several purchases of one day as one purchase day", () => {
    const facts = ["a", "b"].map((orderKey) => aFact({ orderKey }));
    expect(recompute([], facts).purchaseDays).to.deep.include({ "2026-01-01": 2 });
  });

  it("case 4: move the first sighting back for a late event and nothing else in time", () => {
    const seen = (day: string): CountedEvent => ({
      type: "track",
      channel: "web",
      occurredAt: new Date(day),
    });
    const aggregate = [seen("2026-02-01"), seen("2025-02-01")].reduce(applyEvent, emptyAggregate());
    expect(aggregate).to.deep.include({
      firstSeen: "2025-02-01T00:00:00.000Z",
      lastSeen: "2026-02-01T00:00:00.000Z",
    });
    expect({ ...aggregate.channels }).to.deep.equal({ web: 2 });
  });

  it("name the favourite store and category, the same one for everybody when several tie", () => {
    const sale = (orderKey: string, storeId: string, category: string) =>
      aFact({ orderKey, storeId, lines: [aLine({ category })] });
    const tied = recompute([], [sale("1", "south", "tea"), sale("2", "north", "cup")]);
    expect([favouriteStore(tied), favouriteCategory(tied)]).to.deep.equal(["north", "cup"]);
    const clear = combine([tied, recompute([], [sale("3", "south", "tea")])]);
    expect([favouriteStore(clear), favouriteCategory(clear)]).to.deep.equal(["south", "tea"]);
    expect([favouriteStore(emptyAggregate()), favouriteCategory(emptyAggregate())]).to.deep.equal([
      null,
      null,
    ]);
    const back = recompute(
      [],
      [aFact({ effect: "return", totalMinor: -9, lines: [aLine({ category: "tea", quantity: -1 })] })],
    );
    expect(favouriteCategory(back)).to.equal(null);
  });
});
