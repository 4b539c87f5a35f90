import { expect } from "chai";
import fc from "fast-check";
import { purchaseDaysOf } from "../../../src/loyalty/purchases.ts";
import { foldOrder, type OrderFactRow, type OrderState } from "../../../src/members/index.ts";

let made = 0;
function fact(
  orderKey: string,
  effect: "sale" | "return",
  day: number,
  minor: number,
  hour = 10,
): OrderFactRow {
  made++;
  const line = { line: "1", productId: "P", category: null, quantity: effect === "sale" ? 1 : -1 };
  const totalMinor = effect === "sale" ? minor : -minor;
  return {
    orderKey,
    effect,
    currency: "TWD",
    totalMinor,
    lines: [{ ...line, amountMinor: totalMinor }],
    storeId: "S1",
    tillId: null,
    receiptNo: null,
    returnsOrderKey: null,
    eventId: `e${String(made).padStart(8, "0")}`,
    occurredAt: new Date(Date.UTC(2026, 0, 1 + day, hour)),
    channel: "store",
  };
}

const sale = (key: string, day: number, minor: number, hour = 10): OrderState =>
  foldOrder([fact(key, "sale", day, minor, hour)]);
/** A return document of its own; `of` names the order it takes back. */
const back = (key: string, day: number, minor: number, of: string | null = null): OrderState => ({
  ...foldOrder([fact(key, "return", day, minor)]),
  returnsOrderKey: of,
});

const someOrders = fc
  .array(fc.record({ day: fc.nat(20), minor: fc.integer({ min: 1, max: 5_000 }), takesBack: fc.boolean() }), {
    maxLength: 12,
  })
  .map((list) =>
    list.map(({ day, minor, takesBack }, i) =>
      takesBack ? back(`R${i}`, day, minor) : sale(`O${i}`, day, minor),
    ),
  );

describe("purchase days", () => {
  it("count one purchase a day, whatever the number of receipts", () => {
    const found = purchaseDaysOf([sale("A", 0, 100), sale("B", 0, 50, 15), sale("C", 3, 70)]);
    expect(found?.amounts).to.deep.equal([150, 70]);
    expect(found?.days.map((d) => d - (found.days[0] ?? 0))).to.deep.equal([0, 3]);
  });

  it("leave out what was returned: off the order that is named, else off the newest days before", () => {
    const orders = [sale("A", 0, 100), sale("B", 3, 70), sale("C", 9, 40)];
    expect(purchaseDaysOf([...orders, back("R", 5, 100, "A")])?.amounts).to.deep.equal([70, 40]);
    expect(purchaseDaysOf([...orders, back("R", 5, 100)])?.amounts).to.deep.equal([70, 40]);
    expect(purchaseDaysOf([sale("A", 0, 100), back("R", 1, 100)])).to.equal(null);
    expect(purchaseDaysOf([])).to.equal(null);
  });

  it("are as if nothing had happened when what was refunded is bought again on the same day", () => {
    fc.assert(
      fc.property(someOrders, fc.nat(20), fc.integer({ min: 1, max: 5_000 }), (others, day, minor) => {
        const once = purchaseDaysOf([...others, sale("X", day, minor)]);
        const refunded = foldOrder([fact("X", "sale", day, minor, 9), fact("X", "return", day, minor, 11)]);
        expect(purchaseDaysOf([...others, refunded, sale("Y", day, minor, 12)])).to.deep.equal(once);
      }),
    );
  });

  it("do not depend on the order in which orders are known", () => {
    fc.assert(
      fc.property(someOrders, (orders) => {
        expect(purchaseDaysOf([...orders].reverse())).to.deep.equal(purchaseDaysOf(orders));
      }),
    );
  });

  it("never count a day on which nothing is left, nor more than was spent", () => {
    fc.assert(
      fc.property(someOrders, (orders) => {
        const found = purchaseDaysOf(orders);
        const spent = orders.reduce((sum, o) => sum + Math.max(0, o.netMinor), 0);
        expect(found?.amounts.every((a) => a > 0) ?? true).to.equal(true);
        expect(found?.amounts.reduce((a, b) => a + b, 0) ?? 0).to.be.at.most(spent);
      }),
    );
  });
});
