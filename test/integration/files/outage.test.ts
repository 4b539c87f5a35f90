import { expect } from "chai";
import type { Log, LogFields } from "../../../src/kernel/log.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { profileOf, sendBatch } from "../sources/reading.ts";
import { type BreakableDatabase, breakableDatabase } from "./breakable.ts";
import { sendFile } from "./sending.ts";

describe("a store that goes away under a running server", () => {
  let server: TestServer;
  let breakable: BreakableDatabase;
  let shop: { id: string; writeKey: string };
  let list: { id: string; writeKey: string };
  const logged: { level: string; event: string; fields: LogFields }[] = [];
  before(async () => {
    breakable = await breakableDatabase("outage");
    const at =
      (level: string) =>
      (event: string, fields: LogFields = {}) =>
        void logged.push({ level, event, fields });
    const log: Log = { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
    server = await startTestServer("outage", { database: breakable.database, log });
    shop = await server.source({ name: "Shop", kind: "web" });
    list = await server.source({ name: "List", kind: "members" });
    await sendBatch(server, shop.writeKey, [{ type: "page", userId: "OUT-0", messageId: "out-0" }]);
  });
  after(async () => {
    breakable.store.mend();
    breakable.keystore.mend();
    await server.close();
    await breakable.drop();
  });
  afterEach(() => {
    breakable.store.mend();
    breakable.keystore.mend();
  });

  const batch = (userId: string) => ({
    key: shop.writeKey,
    body: { batch: [{ type: "page", userId, messageId: `m-${userId}` }] },
  });

  it("answers ingestion with 503 and Retry-After, and takes the same batch when the store is back, once", async () => {
    breakable.store.cut();
    for (let i = 0; i < 3; i++) {
      const answer = await server.call<{ code: string }>("POST", "/v1/batch", batch("OUT-1"));
      expect([answer.status, answer.body.code]).to.deep.equal([503, "store-unavailable"]);
      expect(Number(answer.headers.get("retry-after"))).to.be.within(1, 300);
    }
    breakable.store.mend();
    const results = [];
    for (let i = 0; i < 2; i++) {
      const answer = await server.call<{ results: { status: string }[] }>(
        "POST",
        "/v1/batch",
        batch("OUT-1"),
      );
      results.push(answer.body.results?.[0]?.status);
    }
    expect(results).to.deep.equal(["accepted", "duplicate"]);
    const { facts } = await profileOf(server, { kind: "user_id", value: "OUT-1" });
    expect(facts.eventCounts).to.deep.equal({ page: 1 });
  });

  it("answers files, reads and administration with 503, and stays alive", async () => {
    breakable.store.cut();
    const file = await sendFile(server, list, "member_card\nOUT-FILE-1\n");
    expect([file.status, file.body.code]).to.deep.equal([503, "store-unavailable"]);
    const asked = [
      await server.call<{ code: string }>("POST", "/v1/profiles/lookup?purpose=service", {
        body: { kind: "user_id", value: "OUT-0" },
      }),
      await server.call<{ code: string }>("GET", "/v1/quarantine"),
      await server.call<{ code: string }>("POST", "/v1/sources", {
        body: { name: "New", kind: "web", purposes: ["service"] },
      }),
    ];
    for (const { status, body } of asked)
      expect([status, body.code]).to.deep.equal([503, "store-unavailable"]);
    expect((await server.call("GET", "/healthz", { key: null })).status).to.equal(200);
    const ready = await server.call<{ code: string }>("GET", "/readyz", { key: null });
    expect([ready.status, ready.body.code]).to.deep.equal([503, "store-unavailable"]);
    breakable.store.mend();
    expect((await server.call("GET", "/readyz", { key: null })).status).to.equal(200);
    expect((await sendFile(server, list, "member_card\nOUT-FILE-1\n")).body.counts.accepted).to.equal(1);
  });

  it("answers a new person with 503 while the keystore is away: nothing is stored without its key", async () => {
    breakable.keystore.cut();
    const answer = await server.call<{ code: string }>("POST", "/v1/batch", batch("OUT-2"));
    expect(answer.status).to.equal(503);
    expect(answer.body.code).to.be.oneOf(["keystore-unavailable", "store-unavailable"]);
    expect(answer.headers.get("retry-after")).to.match(/^\d+$/);
    breakable.keystore.mend();
    const again = await server.call<{ results: { status: string }[] }>("POST", "/v1/batch", batch("OUT-2"));
    expect(again.body.results?.[0]?.status).to.equal("accepted");
  });

  it("tells the log of it without a stack for every request", () => {
    expect(logged.some((l) => l.event === "request_unavailable")).to.equal(true);
    expect(logged.filter((l) => l.event === "request_failed")).to.deep.equal([]);
  });
});
