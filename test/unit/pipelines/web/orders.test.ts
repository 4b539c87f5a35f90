import { expect } from "chai";
import fc from "fast-check";
import { parseWebItem } from "../../../../pipelines/sources/web/index.ts";
import type { OrderFact } from "../../../../src/events/index.ts";
import { anArrival, aSource, codeOf, eventOf, someDeps } from "../steps/builders.ts";

function parse(event: string, properties: object, changes = {}) {
  const raw = { type: "track", event, userId: "u1", messageId: "m1", properties };
  return parseWebItem(raw, aSource({ currency: "EUR", ...changes }), anArrival(), someDeps());
}

function orderOf(event: string, properties: object, changes = {}): OrderFact & { type: string } {
  const parsed = eventOf(parse(event, properties, changes));
  return { ...(parsed.order as OrderFact), type: parsed.type };
}

describe("orders of web shops", () => {
  it("reads Order Completed as a sale with its lines, in minor units", () => {
    const event = eventOf(
      parse("Order Completed", {
        order_id: "O-1",
        total: 27.5,
        revenue: 25,
        currency: "usd",
        products: [
          { product_id: "p1", sku: "s1", category: "Tea & Cups", price: 9.99, quantity: 2 },
          { sku: "s2", price: "5.02" },
        ],
      }),
    );
    expect(event).to.deep.include({ type: "order.completed", name: null, channel: "web", storeId: null });
    expect(event.order).to.deep.equal({
      orderKey: "O-1",
      effect: "sale",
      currency: "USD",
      totalMinor: 2750,
      lines: [
        { line: "1", productId: "p1", category: "Tea & Cups", quantity: 2, amountMinor: 1998 },
        { line: "2", productId: "s2", category: null, quantity: 1, amountMinor: 502 },
      ],
      storeId: null,
      tillId: null,
      receiptNo: null,
      returnsOrderKey: null,
    });
  });

  it("takes total before revenue before the sum of the lines", () => {
    const products = [{ price: 3, quantity: 2 }];
    expect(orderOf("Order Completed", { order_id: 1, total: 9, revenue: 8, products }).totalMinor).to.equal(
      900,
    );
    expect(orderOf("Order Completed", { order_id: 1, revenue: "8.00", products }).totalMinor).to.equal(800);
    expect(orderOf("Order Completed", { order_id: 1, products }).totalMinor).to.equal(600);
    expect(codeOf(parse("Order Completed", { order_id: 1 }))).to.equal("missing-field");
    expect(codeOf(parse("Order Completed", { order_id: 1, products: [{ sku: "a" }] }))).to.equal(
      "missing-field",
    );
  });

  it("reads old names and other spellings alike", () => {
    for (const name of ["Completed Order", "order completed", "order_completed", "OrderCompleted"]) {
      expect(orderOf(name, { orderId: "O", total: 1 }).effect, name).to.equal("sale");
    }
    expect(orderOf("Order Updated", { order_id: "O", total: 1 })).to.include({
      effect: "replace",
      type: "order.updated",
    });
    expect(orderOf("Canceled Order", { order_id: "O" })).to.include({
      effect: "cancel",
      totalMinor: 0,
      type: "order.cancelled",
    });
  });

  it("takes back the refunded lines only, the refunded amount only, or the whole order", () => {
    const lines = orderOf("Order Refunded", {
      order_id: "O",
      products: [{ sku: "a", price: 4.5, quantity: 2 }],
    });
    expect(lines).to.deep.include({ effect: "return", totalMinor: -900, type: "order.refunded" });
    expect(lines.lines).to.deep.equal([
      { line: "1", productId: "a", category: null, quantity: -2, amountMinor: -900 },
    ]);
    expect(orderOf("Order Refunded", { order_id: "O", total: 4 })).to.deep.include({
      effect: "return",
      totalMinor: -400,
      lines: [],
    });
    expect(orderOf("Order Refunded", { order_id: "O" })).to.deep.include({ effect: "cancel", totalMinor: 0 });
  });

  it("reads JSON's noisy floats and other currencies' decimals exactly", () => {
    expect(orderOf("Order Completed", { order_id: 1, total: 24.990000000000002 }).totalMinor).to.equal(2499);
    expect(orderOf("Order Completed", { order_id: 1, total: 1200, currency: "JPY" }).totalMinor).to.equal(
      1200,
    );
    expect(orderOf("Order Completed", { order_id: 1, total: "1.234", currency: "KWD" }).totalMinor).to.equal(
      1234,
    );
    expect(orderOf("Order Completed", { order_id: 1, total: 5, currency: "RMB" }).currency).to.equal("CNY");
  });

  it("rounds weighed goods once, and refuses a written price that does not come out", () => {
    const amountOf = (price: unknown, quantity: unknown) =>
      orderOf("Order Completed", { order_id: 1, total: 1, products: [{ price, quantity }] }).lines[0]
        ?.amountMinor;
    expect(amountOf("12.99", 0.352)).to.equal(457);
    expect(amountOf("1.459", 40)).to.equal(5836);
    expect(amountOf(0.1, 3)).to.equal(30);
    expect(
      codeOf(parse("Order Completed", { order_id: 1, products: [{ price: "1.459", quantity: 1 }] })),
    ).to.equal("invalid-amount");
  });

  it("refuses amounts, quantities and currencies that cannot be read", () => {
    expect(codeOf(parse("Order Completed", { order_id: 1, total: "12,50" }))).to.equal("invalid-amount");
    expect(codeOf(parse("Order Completed", { order_id: 1, total: 1e18 }))).to.equal("invalid-amount");
    expect(codeOf(parse("Order Completed", { order_id: 1, total: {} }))).to.equal("invalid-amount");
    expect(
      codeOf(parse("Order Completed", { order_id: 1, total: 1, products: [{ quantity: "two" }] })),
    ).to.equal("invalid-field");
    expect(codeOf(parse("Order Completed", { order_id: 1, total: 1, products: "tea" }))).to.equal(
      "invalid-field",
    );
    expect(codeOf(parse("Order Completed", { order_id: 1, total: 1, products: [1] }))).to.equal(
      "invalid-field",
    );
    expect(codeOf(parse("Order Completed", { order_id: 1, total: 1, currency: "€" }))).to.equal(
      "invalid-amount",
    );
    expect(codeOf(parse("Order Completed", { order_id: 1, total: 1 }, { currency: null }))).to.equal(
      "missing-currency",
    );
    expect(codeOf(parse("Order Completed", { total: 1 }))).to.equal("missing-field");
  });

  it("never lets a number that is no document number stand in the clear", () => {
    const order = orderOf("Order Completed", {
      order_id: "mei@example.com",
      total: 1,
      products: [{ sku: "for Mei", category: "call 0912345678" }],
    });
    expect(order.orderKey).to.match(/^h:[0-9a-f]{32}$/);
    expect(order.lines[0]).to.include({ productId: null, category: null });
    expect(orderOf("Order Refunded", { order_id: "mei@example.com" }).orderKey).to.equal(order.orderKey);
  });

  it("keeps equal lines of one document apart, also when the sender numbers them alike", () => {
    const { lines } = orderOf("Order Completed", {
      order_id: 1,
      products: [{ price: 1, line: "7" }, { price: 1, line: "7" }, { price: 1 }],
    });
    expect(lines.map((l) => l.line)).to.deep.equal(["7", "7#2", "3"]);
  });

  it("sums lines of whole cents without losing one, whatever the prices", () => {
    const cents = fc.integer({ min: 0, max: 10_000_000 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cents, fc.integer({ min: 1, max: 99 }), fc.boolean()), {
          minLength: 1,
          maxLength: 20,
        }),
        (rows) => {
          const products = rows.map(([c, quantity, asText]) => ({
            price: asText ? (c / 100).toFixed(2) : c / 100,
            quantity,
          }));
          const expected = rows.reduce((sum, [c, quantity]) => sum + c * quantity, 0);
          expect(orderOf("Order Completed", { order_id: 1, products }).totalMinor).to.equal(expected);
          const refund = orderOf("Order Refunded", { order_id: 1, products });
          expect(refund.totalMinor).to.equal(expected === 0 ? 0 : -expected);
        },
      ),
    );
  });
});

describe("documents of tills", () => {
  const till = { store_id: "S1", till_id: "T2", receipt_no: "000123" };
  const asTill = { kind: "pos" as const };

  it("names a receipt by store, till and number, and happens in the store", () => {
    const event = eventOf(parse("Sale", { ...till, total: 10, member_card: "M7", cashier_id: "c1" }, asTill));
    expect(event).to.deep.include({ type: "order.completed", channel: "store", storeId: "S1" });
    expect(event.order).to.deep.include({
      orderKey: "S1/T2/000123",
      storeId: "S1",
      tillId: "T2",
      receiptNo: "000123",
    });
    expect(event.identifiers.map((i) => [i.kind, i.value])).to.deep.equal([
      ["member_id", "M7"],
      ["user_id", "u1"],
    ]);
    expect(orderOf("Sale", { ...till, order_id: "O9", total: 1 }, asTill).orderKey).to.equal("O9");
  });

  it("does not let a slash make two receipts one", () => {
    const a = orderOf("Sale", { store_id: "a/b", till_id: "c", receipt_no: "1", total: 1 }, asTill).orderKey;
    const b = orderOf("Sale", { store_id: "a", till_id: "b/c", receipt_no: "1", total: 1 }, asTill).orderKey;
    expect(a).not.to.equal(b);
  });

  it("links a return to the receipt it takes back, where the sender says so", () => {
    expect(orderOf("Return", { ...till, total: 5, original_receipt_no: "000100" }, asTill)).to.include({
      effect: "return",
      totalMinor: -500,
      orderKey: "S1/T2/000123",
      returnsOrderKey: "S1/T2/000100",
    });
    expect(orderOf("Return", { ...till, total: -5, returns_order_id: "O1" }, asTill)).to.include({
      totalMinor: -500,
      returnsOrderKey: "O1",
    });
    const elsewhere = { original_receipt_no: "9", original_store_id: "S2", original_till_id: "T1" };
    expect(orderOf("Return", { ...till, ...elsewhere, total: 5 }, asTill).returnsOrderKey).to.equal(
      "S2/T1/9",
    );
  });

  it("keeps the signs of a return that writes them itself", () => {
    const products = [
      { sku: "a", price: 10, quantity: -1 },
      { sku: "fee", price: 2, quantity: 1 },
    ];
    expect(orderOf("Return", { ...till, products }, asTill)).to.deep.include({ totalMinor: -800 });
  });

  it("voids the receipt it names as its original, else its own", () => {
    expect(orderOf("Void", till, asTill)).to.include({ effect: "cancel", orderKey: "S1/T2/000123" });
    expect(orderOf("Void", { ...till, original_receipt_no: "1" }, asTill)).to.include({
      effect: "cancel",
      orderKey: "S1/T2/1",
    });
  });

  it("reads an exchange as one document whose sign decides", () => {
    const products = (price: number) => [
      { sku: "old", price: 30, quantity: -1 },
      { sku: "new", price, quantity: 1 },
    ];
    expect(orderOf("Exchange", { ...till, products: products(45) }, asTill)).to.include({
      effect: "sale",
      totalMinor: 1500,
      type: "order.completed",
    });
    expect(orderOf("Exchange", { ...till, products: products(20) }, asTill)).to.include({
      effect: "return",
      totalMinor: -1000,
      type: "order.refunded",
    });
    expect(orderOf("Exchange", { ...till, products: products(30) }, asTill)).to.include({
      effect: "sale",
      totalMinor: 0,
    });
  });

  it("gives a document without message id the same id each time, and other documents others", () => {
    const idOf = (properties: object, timestamp?: string) => {
      const raw = {
        type: "track",
        event: "Sale",
        userId: "u1",
        timestamp,
        properties: { total: 1, ...properties },
      };
      return eventOf(parseWebItem(raw, aSource(asTill), anArrival(), someDeps())).messageId;
    };
    expect(idOf(till))
      .to.match(/^pos:[0-9a-f]{32}$/)
      .and.to.equal(idOf({ ...till }));
    expect(idOf(till)).not.to.equal(idOf({ ...till, receipt_no: "000124" }));
    expect(idOf(till, "2026-01-01")).not.to.equal(idOf(till, "2026-01-02"));
    expect(idOf({ ...till, line: 1 })).not.to.equal(idOf({ ...till, line: 2 }));
  });

  it("leaves a web site's own Return a track like any other", () => {
    expect(eventOf(parse("Return", { total: 5 }))).to.include({ type: "track", name: "Return", order: null });
    expect(eventOf(parse("Return", { ...till, total: 5 })).type).to.equal("order.refunded");
  });
});
