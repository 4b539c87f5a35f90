import { expect } from "chai";
import { sql } from "../../../src/db/index.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { importCounts, quarantineOf } from "../files/sending.ts";
import { profileOf, sendBatch } from "./reading.ts";

describe("one currency under several names", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer("currencies");
  });
  after(() => server.close());

  const spendOf = async (value: string) =>
    (await profileOf(server, { kind: "member_id", value })).facts.spend;
  const order = (id: string, card: string, more: object) => ({
    type: "track",
    event: "Order Completed",
    messageId: id,
    context: { traits: { memberCard: card } },
    properties: { order_id: id, total: "10.00", ...more },
  });

  it("is one sum, whichever door, file or setting names it", async () => {
    const till = await server.source({ name: "RMB till", kind: "pos", currency: "RMB" });
    const kept = await server.call<{ currency: string }>("GET", `/v1/sources/${till.id}`);
    expect(kept.body.currency).to.equal("CNY");
    const head = "time,receipt,line,amount,card";
    expect(await importCounts(server, till, `${head}\n2026-10-01,A1,1,10.00,CUR-1\n`)).to.deep.equal([
      1, 0, 0,
    ]);
    expect(
      await importCounts(server, till, `${head},currency\n2026-10-01,A2,1,10.00,CUR-1,rmb\n`),
    ).to.deep.equal([1, 0, 0]);
    const mapped = await server.source({ name: "Mapped", kind: "pos", mapping: { currency: "RMB" } });
    expect(await importCounts(server, mapped, `${head}\n2026-10-01,A3,1,10.00,CUR-1\n`)).to.deep.equal([
      1, 0, 0,
    ]);
    const shop = await server.source({ name: "Shop", kind: "web", currency: "CNY" });
    const sent = [order("w1", "CUR-1", {}), order("w2", "CUR-1", { currency: "RMB" })];
    expect((await sendBatch(server, shop.writeKey, sent)).map((r) => r.status)).to.deep.equal([
      "accepted",
      "accepted",
    ]);
    expect(await spendOf("CUR-1")).to.deep.equal([{ amount: 5_000, currency: "CNY" }]);
  });

  it("is none where ISO 4217 knows none: settings are refused, rows and events wait with the same reason", async () => {
    const refused = async (method: string, path: string, body: object) => {
      const answer = await server.call<{ errors: { path: string; code: string }[] }>(method, path, { body });
      expect(answer.status, JSON.stringify(answer.body)).to.equal(400);
      return answer.body.errors.map((e) => [e.path, e.code]);
    };
    const base = { name: "Nowhere", kind: "pos", purposes: ["service"] };
    expect(await refused("POST", "/v1/sources", { ...base, currency: "ZZZ" })).to.deep.equal([
      ["/currency", "unknown-currency"],
    ]);
    expect(await refused("POST", "/v1/sources", { ...base, mapping: { currency: "ZZZ" } })).to.deep.equal([
      ["/mapping/currency", "unknown-currency"],
    ]);
    const till = await server.source({ name: "Some", kind: "pos", currency: "TWD" });
    expect(await refused("PATCH", `/v1/sources/${till.id}`, { currency: "ZZZ" })).to.deep.equal([
      ["/currency", "unknown-currency"],
    ]);
    const csv = "time,receipt,line,amount,card,currency\n2026-10-01,Z1,1,10,CUR-2,ZZZ\n";
    expect(await importCounts(server, till, csv)).to.deep.equal([0, 0, 1]);
    expect((await quarantineOf(server, till.id)).map((q) => q.code)).to.deep.equal(["invalid-amount"]);
    const [result] = await sendBatch(server, till.writeKey, [order("z2", "CUR-2", { currency: "ZZZ" })]);
    expect(result).to.include({ status: "quarantined", code: "invalid-amount" });
  });

  it("is read aright of a source that was registered when any three letters would do", async () => {
    const till = await server.source({ name: "Old", kind: "pos", currency: "CNY" });
    await server.database.db.query(
      sql`update source set currency = 'RMB' where source_id = ${till.id}::uuid`,
    );
    const csv = "time,receipt,line,amount,card\n2026-10-01,O1,1,10.00,CUR-3\n";
    expect(await importCounts(server, till, csv)).to.deep.equal([1, 0, 0]);
    expect(await spendOf("CUR-3")).to.deep.equal([{ amount: 1_000, currency: "CNY" }]);
  });
});
