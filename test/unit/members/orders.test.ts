import { expect } from "chai";
import fc from "fast-check";
import { canonicalJson } from "../../../src/kernel/canonical-json.ts";
import { foldOrder, type OrderFactRow } from "../../../src/members/orders.ts";
import { aFact, aLine, factsArbitrary } from "./facts.ts";

describe("folding the facts of an order", () => {
  it("adds up the lines of one receipt sent one by one", () => {
    const order = foldOrder([
      aFact({
        totalMinor: 300,
        lines: [aLine({ line: "1", category: "tea", quantity: 2, amountMinor: 300 })],
      }),
      aFact({ totalMinor: 150, lines: [aLine({ line: "2", category: "cup", amountMinor: 150 })] }),
    ]);
    expect(order).to.deep.include({ kind: "order", grossMinor: 450, netMinor: 450, units: 3, lineCount: 2 });
    expect(canonicalJson(order.categories)).to.equal(
      '{"cup":{"netMinor":150,"units":1},"tea":{"netMinor":300,"units":2}}',
    );
  });

  it("counts a fact sent twice once", () => {
    const sale = aFact({ eventId: "same", totalMinor: 300 });
    expect(foldOrder([sale, { ...sale }]).netMinor).to.equal(300);
  });

  it("takes back at most what was bought under the same key", () => {
    const sale = aFact({
      totalMinor: 300,
      lines: [aLine({ category: "tea", quantity: 2, amountMinor: 300 })],
    });
    const back = (totalMinor: number, quantity: number) =>
      aFact({
        effect: "return",
        totalMinor,
        lines: [aLine({ category: "tea", quantity, amountMinor: totalMinor })],
      });
    expect(foldOrder([sale, back(-100, -1)])).to.include({ returnedMinor: 100, netMinor: 200, units: 1 });
    const all = foldOrder([back(-300, -2), sale, back(-300, -2)]);
    expect(all).to.include({ grossMinor: 300, returnedMinor: 300, netMinor: 0, units: 0 });
    expect(Object.keys(all.categories)).to.deep.equal([]);
  });

  it("counts a return in a document of its own by itself and keeps what it refers to", () => {
    const order = foldOrder([
      aFact({
        effect: "return",
        totalMinor: -120,
        returnsOrderKey: "o-9",
        lines: [aLine({ quantity: -1, amountMinor: -120 })],
      }),
    ]);
    expect(order).to.include({
      kind: "return",
      grossMinor: 0,
      returnedMinor: 120,
      netMinor: -120,
      units: -1,
      lineCount: 1,
      returnsOrderKey: "o-9",
    });
  });

  it("lets the latest restatement replace earlier sales and keeps when it was ordered", () => {
    const order = foldOrder([
      aFact({ totalMinor: 500, occurredAt: new Date("2026-01-01") }),
      aFact({ effect: "replace", totalMinor: 400, occurredAt: new Date("2026-01-02") }),
      aFact({ effect: "replace", totalMinor: 350, occurredAt: new Date("2026-01-03") }),
      aFact({ totalMinor: 50, occurredAt: new Date("2026-01-04") }),
      aFact({ effect: "return", totalMinor: -30, occurredAt: new Date("2026-01-02") }),
    ]);
    expect(order).to.include({ grossMinor: 400, returnedMinor: 30, netMinor: 370 });
    expect(order.orderedAt).to.equal("2026-01-01T00:00:00.000Z");
    expect(order.lastAt).to.equal("2026-01-04T00:00:00.000Z");
  });

  it("voids a cancelled order until a later restatement revives it", () => {
    const sale = aFact({ totalMinor: 500, occurredAt: new Date("2026-01-01") });
    const cancel = aFact({ effect: "cancel", totalMinor: 0, occurredAt: new Date("2026-01-02") });
    const replace = (day: string) => aFact({ effect: "replace", totalMinor: 450, occurredAt: new Date(day) });
    expect(foldOrder([cancel, sale])).to.include({ cancelled: true, netMinor: 0, grossMinor: 0 });
    expect(foldOrder([cancel, sale, replace("2026-01-02")])).to.include({ cancelled: true, netMinor: 0 });
    expect(foldOrder([cancel, sale, replace("2026-01-03")])).to.include({ cancelled: false, netMinor: 450 });
    expect(foldOrder([cancel])).to.include({ kind: "order", cancelled: true, netMinor: 0 });
  });

  it("keeps currencies apart", () => {
    const order = foldOrder([
      aFact({ totalMinor: 500, currency: "TWD", occurredAt: new Date("2026-01-01") }),
      aFact({ totalMinor: 20, currency: "EUR", occurredAt: new Date("2026-01-02") }),
      aFact({ effect: "return", totalMinor: -600, currency: "EUR", occurredAt: new Date("2026-01-03") }),
    ]);
    expect(order).to.include({ currency: "TWD", netMinor: 500 });
    expect(canonicalJson(order.byCurrency)).to.equal(
      '{"EUR":{"grossMinor":20,"netMinor":0,"returnedMinor":20},"TWD":{"grossMinor":500,"netMinor":500,"returnedMinor":0}}',
    );
  });

  it("adds weights exactly, and takes any category as a name", () => {
    const order = foldOrder([
      aFact({
        totalMinor: 0,
        lines: [0.1, 0.2, 0.3].map((quantity) => aLine({ category: "__proto__", quantity, amountMinor: 0 })),
      }),
    ]);
    expect(order.units).to.equal(0.6);
    expect(Object.keys(order.categories)).to.deep.equal(["__proto__"]);
  });

  it("refuses to fold nothing", () => {
    expect(() => foldOrder([])).to.throw(RangeError);
  });

  it("depends on the set of facts only", () => {
    const mixed = factsArbitrary({ maxOrders: 1 }).chain((facts) =>
      fc.tuple(
        fc.constant(facts),
        fc
          .shuffledSubarray([...facts, ...facts], { minLength: 0 })
          .map((some) => [...some, ...[...facts].reverse()]),
      ),
    );
    fc.assert(
      fc.property(mixed, ([facts, other]) => {
        expect(JSON.stringify(foldOrder(other))).to.equal(JSON.stringify(foldOrder(facts)));
      }),
      { numRuns: 200 },
    );
  });

  it("never nets a known sale below zero by returns, and nets gross less returned", () => {
    fc.assert(
      fc.property(factsArbitrary({ maxOrders: 1 }), (facts: readonly OrderFactRow[]) => {
        const order = foldOrder(facts);
        for (const { grossMinor, returnedMinor, netMinor } of Object.values(order.byCurrency)) {
          expect(netMinor).to.equal(grossMinor - returnedMinor);
          if (order.kind === "order") expect(netMinor).to.be.at.least(0);
        }
      }),
    );
  });
});
