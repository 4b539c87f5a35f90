import { expect } from "chai";
import type { FileMapping } from "../../../../pipelines/mapping/index.ts";
import { arrival, aSource, eventOf, itemsOf, rejectedOf } from "../files/builders.ts";

const MAPPING: FileMapping = {
  fields: {
    memberCard: "card",
    occurredAt: "when",
    storeId: "store",
    tillId: "till",
    receiptNo: "receipt",
    line: "line",
    productId: "sku",
    quantity: "qty",
    amount: "amount",
    kind: "kind",
    originalReceiptNo: "original",
  },
};
const HEADER = "card,when,store,till,receipt,line,sku,qty,amount,kind,original\n";

async function eventsOf(rows: string, mapping: FileMapping = MAPPING, source = aSource()) {
  return (await itemsOf(HEADER + rows, mapping, source)).map(eventOf);
}

describe("till lines", () => {
  it("become sales with exact amounts, of one order when they are of one receipt", async () => {
    const [first, second, third] = await eventsOf(
      "A1,2026-03-05 10:00,S1,T1,100,1,P1,2,24.98,sale,\nA1,2026-03-05 10:00,S1,T1,100,2,P2,1,5,,\n" +
        "A1,2026-03-05 10:00,S1,T2,100,1,P2,1,5,,\n",
    );
    expect(first).to.deep.include({
      type: "order.completed",
      name: null,
      channel: "store",
      storeId: "S1",
      occurredAt: new Date("2026-03-05T10:00:00Z"),
      identifiers: [{ kind: "member_id", issuer: "", value: "A1", verified: false }],
      order: {
        orderKey: "S1/T1/100",
        effect: "sale",
        currency: "EUR",
        totalMinor: 2498,
        lines: [{ line: "1", productId: "P1", category: null, quantity: 2, amountMinor: 2498 }],
        storeId: "S1",
        tillId: "T1",
        receiptNo: "100",
        returnsOrderKey: null,
      },
    });
    expect(second?.order?.orderKey).to.equal("S1/T1/100");
    expect(third?.order?.orderKey).to.equal("S1/T2/100");
    expect(new Set([first?.messageId, second?.messageId, third?.messageId]).size).to.equal(3);
  });

  it("become returns by kind, by negative quantity or by the mapping's condition, always with negative signs", async () => {
    const byPrefix: FileMapping = { ...MAPPING, return: { when: { column: "receipt", matches: "^C\\d" } } };
    const events = await eventsOf(
      "A1,2026-03-05,S1,T1,101,1,P1,2,24.98,退货,100\nA1,2026-03-05,S1,T1,102,1,P1,-2,-24.98,,100\n" +
        "A1,2026-03-05,S1,T1,C103,1,P1,2,24.98,,\n",
      byPrefix,
    );
    for (const event of events) {
      expect(event.type).to.equal("order.refunded");
      expect(event.order).to.deep.include({ effect: "return", totalMinor: -2498 });
      expect(event.order?.lines[0]).to.deep.include({ quantity: -2, amountMinor: -2498 });
    }
    expect(events.map((e) => e.order?.returnsOrderKey)).to.deep.equal(["S1/T1/100", "S1/T1/100", null]);
  });

  it("tell the two sides of an exchange apart, and keep a discount line a sale", async () => {
    const events = await eventsOf(
      "A1,2026-03-05,S1,T1,101,1,P1,-1,-10,exchange,\nA1,2026-03-05,S1,T1,101,2,P2,1,12,exchange,\n" +
        "A1,2026-03-05,S1,T1,101,3,P3,1,-2,sale,\n",
    );
    expect(events.map((e) => [e.order?.effect, e.order?.totalMinor])).to.deep.equal([
      ["return", -1000],
      ["sale", 1200],
      ["sale", -200],
    ]);
  });

  it("take a whole document back when they are voids, and are no conflict with what they void", async () => {
    const [sale, voided] = await eventsOf(
      "A1,2026-03-05,S1,T1,101,1,P1,1,10,sale,\nA1,2026-03-05,S1,T1,101,1,P1,1,10,void,\n",
    );
    expect(voided).to.deep.include({ type: "order.cancelled" });
    expect(voided?.order).to.deep.include({
      orderKey: "S1/T1/101",
      effect: "cancel",
      totalMinor: 0,
      lines: [],
    });
    expect(voided?.messageId).not.to.equal(sale?.messageId);
  });

  it("keep receipts apart by the till's own day where numbers start again daily", async () => {
    const mapping: FileMapping = { ...MAPPING, ids: { receipts: "daily" } };
    const events = await eventsOf(
      "A1,2026-03-05 23:30,S1,T1,1,1,P1,1,10,,\nA1,2026-03-06 00:30,S1,T1,1,1,P1,1,10,,\n",
      mapping,
      aSource({ timeZone: "Asia/Taipei" }),
    );
    expect(events.map((e) => e.order?.orderKey)).to.deep.equal(["S1/T1/1/2026-03-05", "S1/T1/1/2026-03-06"]);
    expect(events[0]?.messageId).not.to.equal(events[1]?.messageId);
  });

  it("multiply price and quantity where no amount is given, and turn signs where the mapping says so", async () => {
    const text = "card,when,price,qty\nA1,2026-03-05,2.55,0.345\n";
    const fields = { memberCard: "card", occurredAt: "when", unitPrice: "price", quantity: "qty" };
    const [event] = (await itemsOf(text, { fields })).map(eventOf);
    expect(event?.order?.totalMinor).to.equal(88);
    const turned: FileMapping = { fields: { ...fields, quantity: { column: "qty", negate: true } } };
    expect((await itemsOf(text, turned)).map(eventOf)[0]?.order).to.deep.include({
      effect: "return",
      totalMinor: -88,
    });
  });

  it("read ids that a number column wrote as 17850.0", async () => {
    const [event] = await eventsOf("17850.0,2026-03-05,S1,T1,101,1,P1,1,10,,\n");
    expect(event?.identifiers[0]?.value).to.equal("17850");
  });

  it("keep what may not stand in the clear out of the order", async () => {
    const [event] = await eventsOf('A1,2026-03-05,"Mr Smith\'s shop",T 1,R 1,1,red wine,1,10,,\n');
    expect(event?.order).to.deep.include({ tillId: null, receiptNo: null });
    expect(event?.order?.lines[0]?.productId).to.equal(null);
    expect(event?.storeId).to.match(/^h:[0-9a-f]{32}$/);
    expect(event?.order?.orderKey).to.match(/^h:[0-9a-f]{32}$/);
    expect(event?.properties).to.deep.include({
      store_id: "Mr Smith's shop",
      till_id: "T 1",
      receipt_no: "R 1",
      product_id: "red wine",
    });
  });

  it("keep unmapped columns sealed under their names, and what identifies nobody", async () => {
    const text = "card,email,when,amount,note\nA1,no address,2026-03-05,1,hello\n";
    const [event] = (
      await itemsOf(text, {
        fields: { memberCard: "card", email: "email", occurredAt: "when", amount: "amount" },
      })
    ).map(eventOf);
    expect(event?.properties).to.deep.equal({ "unusable.email": "no address", "unmapped.note": "hello" });
    expect(event?.traits).to.deep.equal({});
  });

  it("reject each bad row by its own reason, without repeating a value", async () => {
    const items = await itemsOf(
      HEADER +
        [
          "A1,2026-03-05,S1,T1,100,1,P1,1,10,,",
          ",2026-03-05,S1,T1,100,2,P1,1,10,,",
          "0000,2026-03-05,S1,T1,100,3,P1,1,10,,",
          "A1,,S1,T1,100,4,P1,1,10,,",
          "A1,05/03/26,S1,T1,100,5,P1,1,10,,",
          "A1,2026-11-30,S1,T1,100,6,P1,1,10,,",
          "A1,2026-03-05,S1,T1,100,7,P1,1,1O.00,,",
          "A1,2026-03-05,S1,T1,100,8,P1,1,10.005,,",
          "A1,2026-03-05,S1,T1,100,9,P1,1,,,",
          "A1,2026-03-05,S1,T1,100,10,P1,many,10,,",
          "A1,2026-03-05,S1,T1,100,11,P1,1,10,gift,",
          "A1,2026-03-05,S1,T1,100,12,P1,1,10,",
          "A1,9999-01-01,S1,T1,100,13,P1,1,10,,",
        ].join("\n"),
      MAPPING,
    );
    expect(rejectedOf(items)).to.deep.equal({
      3: "missing-identifier",
      4: "blocked-identifier",
      5: "missing-field",
      6: "invalid-time",
      7: "time-in-future",
      8: "invalid-amount",
      9: "invalid-amount",
      10: "missing-field",
      11: "invalid-field",
      12: "invalid-field",
      13: "wrong-column-count",
      14: "invalid-time",
    });
    const details = items.flatMap(({ item }) => (item.kind === "rejected" ? [item.rejection.detail] : []));
    expect(details.join()).not.to.match(/1O\.00|many|gift|05\/03\/26|10\.005/);
    expect(details.join()).to.contain('amount (column "amount")');
  });

  it("ask for a currency when neither the row, the mapping nor the source has one", async () => {
    const items = await itemsOf(
      `${HEADER}A1,2026-03-05,S1,T1,100,1,P1,1,10,,\n`,
      MAPPING,
      aSource({ currency: null }),
    );
    expect(rejectedOf(items)).to.deep.equal({ 2: "missing-currency" });
    const stated = await itemsOf(
      `${HEADER}A1,2026-03-05,S1,T1,100,1,P1,1,10,,\n`,
      { ...MAPPING, currency: "JPY" },
      aSource({ currency: null }),
    );
    expect(eventOf(stated[0]).order).to.deep.include({ currency: "JPY", totalMinor: 10 });
  });

  it("are left out with the mapping's reason where it says so", async () => {
    const items = await itemsOf(`${HEADER}A1,2026-03-05,S1,T1,100,1,POST,1,10,,\n`, {
      ...MAPPING,
      skip: [{ when: { column: "sku", equals: ["POST", "D"] }, reason: "postage is no product" }],
    });
    expect(rejectedOf(items)).to.deep.equal({ 2: "skipped-by-mapping" });
  });

  it("are all rejected by name when a column that the mapping names is missing, and read without one that it does not need", async () => {
    const text = "card,when,amount,receipt_number\nA1,2026-03-05,10,1\n";
    const fields = {
      memberCard: "card",
      occurredAt: "when",
      amount: "amount",
      receiptNo: "receipt",
      cashierId: { column: "clerk", required: false },
    };
    const [item] = await itemsOf(text, { fields });
    expect(item?.item).to.deep.equal({
      kind: "rejected",
      messageId: null,
      rejection: {
        code: "column-missing",
        detail: 'The column "receipt" (receiptNo) is not in the file.',
        column: "receipt",
      },
    });
    const fixed: FileMapping = { fields: { ...fields, receiptNo: "receipt_number" } };
    expect(eventOf((await itemsOf(text, fixed))[0]).order?.orderKey).to.equal("-/-/1");
  });

  it("need every identifying column that is named, unless the mapping says that a file may lack it", async () => {
    const text = "phone,when,amount\n0912,2026-03-05,10\n";
    const fields = { phone: "phone", occurredAt: "when", amount: "amount" };
    const both = await itemsOf(text, { fields: { ...fields, memberCard: "card" } });
    expect(rejectedOf(both)).to.deep.equal({ 2: "column-missing" });
    const either: FileMapping = { fields: { ...fields, memberCard: { column: "card", required: false } } };
    expect(eventOf((await itemsOf(text, either))[0]).identifiers[0]?.kind).to.equal("phone");
    const composed = (rule: object): FileMapping => ({
      fields,
      identifiers: [{ kind: "person", columns: ["phone", "surname"], ...rule }],
    });
    expect(rejectedOf(await itemsOf(text, composed({})))).to.deep.equal({ 2: "column-missing" });
    expect(rejectedOf(await itemsOf(text, composed({ required: false })))).to.deep.equal({});
  });

  it("do without some of the columns that a text is joined of, not without all, and never without part of an id", async () => {
    const text = "card,when,amount,first\nA1,2026-03-05,10,Mei\n";
    const fields = { memberCard: "card", occurredAt: "when", amount: "amount" };
    const joined = (target: string, ...columns: string[]) =>
      itemsOf(text, { fields: { ...fields, [target]: { columns } } });
    expect(eventOf((await joined("name", "first", "last"))[0]).traits).to.deep.equal({ name: "Mei" });
    expect(rejectedOf(await joined("name", "given", "last"))).to.deep.equal({ 2: "column-missing" });
    expect(rejectedOf(await joined("receiptNo", "first", "number"))).to.deep.equal({ 2: "column-missing" });
  });

  it("come as NDJSON too, nested, with ids of any length", async () => {
    const text =
      '{"customer":{"card":9007199254740993,"note":"n"},"at":1772694489,"sum":24.990000000000002}\n{"at":1,"sum":1}\n';
    const items = await itemsOf(text, {
      fields: {
        memberCard: { path: "customer.card" },
        occurredAt: { column: "at", format: "epoch-s" },
        amount: "sum",
      },
    });
    const event = eventOf(items[0]);
    expect(event.identifiers[0]?.value).to.equal("9007199254740993");
    expect(event.order?.totalMinor).to.equal(2499);
    expect(event.properties).to.deep.equal({ "unmapped.customer": { note: "n" } });
    expect(rejectedOf(items)).to.deep.equal({ 2: "missing-identifier" });
  });

  it("are judged against the moment of their arrival", async () => {
    const later = { ...arrival, receivedAt: new Date("2026-12-01T00:00:00Z") };
    const items = await itemsOf(`${HEADER}A1,2026-11-30,S1,T1,100,1,P1,1,10,,\n`, MAPPING, aSource(), later);
    expect(rejectedOf(items)).to.deep.equal({});
  });
});
