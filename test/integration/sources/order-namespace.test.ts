import { expect } from "chai";
import { sql } from "../../../src/db/index.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { importCounts, type Source } from "../files/sending.ts";
import { profileOf, sendBatch } from "./reading.ts";

describe("order numbers of sources", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer("order-namespace");
  });
  after(() => server.close());

  const shop = (name: string, more: object = {}): Promise<Source> =>
    server.source({ name, kind: "web", currency: "EUR", ...more });
  const send = async (source: Source, event: string, userId: string, properties: object) => {
    const [result] = await sendBatch(server, source.writeKey, [
      { type: "track", event, userId, messageId: `${event} ${JSON.stringify(properties)}`, properties },
    ]);
    expect(result).to.include({ status: "accepted" });
  };
  const factsOf = async (value: string) => (await profileOf(server, { kind: "user_id", value })).facts;

  it("are one row of numbers unless a source says otherwise: its page and its server tell of one order", async () => {
    const [page, backend] = [await shop("Page"), await shop("Backend")];
    await send(page, "Order Completed", "NS-1", { order_id: "1001", total: "10.00" });
    await send(backend, "Order Updated", "NS-1", { order_id: "1001", total: "12.00" });
    expect(await factsOf("NS-1")).to.deep.include({ orders: 1, spend: [{ amount: 1_200, currency: "EUR" }] });
  });

  it("are apart where two shops number independently, shared within one, and returns find theirs", async () => {
    const one = await shop("One shop");
    const other = await shop("Other shop", { orderNamespace: "other-shop" });
    const counter = await shop("Other shop's counter", { orderNamespace: "other-shop" });
    for (const number of ["2001", "No. 2002 / ü"]) {
      await send(one, "Order Completed", "NS-2", { order_id: number, total: "10.00" });
      await send(other, "Order Completed", "NS-2", { order_id: number, total: "30.00" });
    }
    expect(await factsOf("NS-2")).to.deep.include({ orders: 4, spend: [{ amount: 8_000, currency: "EUR" }] });
    await send(counter, "Order Refunded", "NS-2", { order_id: "2001", total: "5.00" });
    await send(counter, "Order Cancelled", "NS-2", { order_id: "No. 2002 / ü" });
    expect((await factsOf("NS-2")).spend).to.deep.equal([{ amount: 4_500, currency: "EUR" }]);
    await send(one, "Order Cancelled", "NS-2", { order_id: "2001" });
    expect((await factsOf("NS-2")).spend).to.deep.equal([{ amount: 3_500, currency: "EUR" }]);
  });

  it("count for tills too, which without store and till would share every receipt", async () => {
    const till = async (name: string, orderNamespace?: string) =>
      server.source({
        name,
        kind: "pos",
        currency: "EUR",
        mapping: {
          fields: {
            ...{ occurredAt: "time", receiptNo: "receipt", amount: "amount", userId: "user", kind: "kind" },
            originalReceiptNo: "original",
          },
        },
        ...(orderNamespace === undefined ? {} : { orderNamespace }),
      });
    const head = "time,receipt,amount,user,kind,original";
    const north = await till("North", "north");
    const south = await till("South", "south");
    for (const source of [north, south])
      expect(await importCounts(server, source, `${head}\n2026-10-01,R1,10.00,NS-3,sale,\n`)).to.deep.equal([
        1, 0, 0,
      ]);
    expect(await factsOf("NS-3")).to.deep.include({ orders: 2, returns: 0 });
    const back = `${head}\n2026-10-02,R2,10.00,NS-3,return,R1\n`;
    expect(await importCounts(server, south, back)).to.deep.equal([1, 0, 0]);
    const keys = await server.database.db.query<{ key: string; back: string | null }>(sql`
      select order_key as key, facts->0->>'returnsOrderKey' as back from order_state
      where order_key like '%/R_' order by 1`);
    expect(keys).to.deep.equal([
      { key: "north~-/-/R1", back: null },
      { key: "south~-/-/R1", back: null },
      { key: "south~-/-/R2", back: "south~-/-/R1" },
    ]);
  });

  it("are a setting that is shown, changed, taken away, and refused where it is no plain name", async () => {
    const source = await shop("Setting", { orderNamespace: "first_1" });
    const shown = async () => {
      const answer = await server.call<{ orderNamespace: string | null }>("GET", `/v1/sources/${source.id}`);
      return answer.body.orderNamespace;
    };
    const change = async (orderNamespace: unknown) =>
      (await server.call("PATCH", `/v1/sources/${source.id}`, { body: { orderNamespace } })).status;
    expect(await shown()).to.equal("first_1");
    for (const bad of ["", "a b", "a~b", "a:b", "é", "x".repeat(65), 1])
      expect(await change(bad)).to.equal(400);
    expect(await change("second")).to.equal(200);
    expect(await shown()).to.equal("second");
    expect(await change(null)).to.equal(200);
    expect(await shown()).to.equal(null);
  });
});
