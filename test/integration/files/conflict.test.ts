import { expect } from "chai";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { importCounts, quarantineOf } from "./sending.ts";

const HEADER = "store_id,receipt_no,line,time,sku,category,quantity,amount,member_card";

describe("a till line that comes again with other content", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer("files-conflict");
  });
  after(() => server.close());

  const line = (change: Partial<Record<"sku" | "category" | "quantity" | "amount", string>> = {}) => {
    const cells = { sku: "SKU-1", category: "tea", quantity: "2", amount: "300", ...change };
    return `${HEADER}\nS1,R-1,1,2026-10-01T12:30:00Z,${cells.sku},${cells.category},${cells.quantity},${cells.amount},CARD-1`;
  };

  for (const [what, change] of [
    ["amount", { amount: "301" }],
    ["quantity", { quantity: "3" }],
    ["product", { sku: "SKU-2" }],
    ["category", { category: "coffee" }],
  ] as const) {
    it(`is quarantined as a conflict when only its ${what} differs, in one file or in two`, async () => {
      const till = await server.source({ name: `Other ${what}`, kind: "pos", currency: "TWD" });
      expect(await importCounts(server, till, line())).to.deep.equal([1, 0, 0]);
      expect(await importCounts(server, till, line())).to.deep.equal([0, 1, 0]);
      expect(await importCounts(server, till, line(change))).to.deep.equal([0, 0, 1]);
      expect((await quarantineOf(server, till.id)).map((i) => i.code)).to.deep.equal(["message-id-conflict"]);

      const other = await server.source({ name: `Other ${what} at once`, kind: "pos", currency: "TWD" });
      const both = `${line()}\n${line(change).split("\n")[1]}`;
      expect(await importCounts(server, other, both)).to.deep.equal([1, 0, 1]);
    });
  }
});
