import { expect } from "chai";
import iconv from "iconv-lite";
import { sql } from "../../../src/db/index.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";

interface Report {
  counts: Record<string, number>;
  reasons: { code: string; detail: string }[];
  rejected: { code: string; quarantineId: string }[];
}

const HEAD = "store_id,till_id,receipt_no,line,time,sku,quantity,amount,member_card";

describe("corrections of till files", () => {
  let server: TestServer;
  let till: { id: string; writeKey: string };
  before(async () => {
    server = await startTestServer("corrections");
  });
  after(() => server.close());
  beforeEach(async () => {
    till = await server.source({ name: "Till", kind: "pos", currency: "GBP", region: "GB" });
  });

  const send = async (rows: readonly string[]) =>
    (
      await server.call<Report>("POST", `/v1/sources/${till.id}/files`, {
        raw: [HEAD, ...rows].join("\n"),
        key: till.writeKey,
      })
    ).body;

  it("keep a row whose amount, article or time changed under its old number apart as a conflict", async () => {
    const row = "S1,T1,R1,1,2026-10-01 12:30,SKU-1,1,3.00,M-9001";
    expect((await send([row])).counts.accepted).to.equal(1);
    for (const changed of [
      row.replace("3.00", "30.00"),
      row.replace("SKU-1", "SKU-2"),
      row.replace("12:30", "12:31"),
    ]) {
      const report = await send([changed]);
      expect(report.counts, changed).to.include({ duplicate: 0, quarantined: 1 });
      expect(report.reasons[0]?.code).to.equal("message-id-conflict");
    }
    expect((await send([row])).counts.duplicate).to.equal(1);
  });

  it("seal rows that name nobody under one key, which goes with the last of them; any other row under its own", async () => {
    const rows = Array.from({ length: 40 }, (_, i) => `S1,T1,N${i},1,2026-10-01 12:30,SKU-1,1,3.00,`);
    const bad = [
      "S1,T1,B1,1,2026-10-01 12:30,SKU-1,1,x,M-9100",
      "S1,T1,B2,1,2026-10-01 12:30,SKU-1,1,y,M-9101",
    ];
    expect((await send([...rows, ...bad])).counts).to.include({ quarantined: 42 });
    const { db } = server.database;
    const keysOf = async (code: string) =>
      (
        await db.query<{ key: string }>(
          sql`select distinct key_id as key from quarantine where source_id = ${till.id}::uuid and code = ${code}`,
        )
      ).map((row) => row.key);
    const shared = await keysOf("missing-identifier");
    expect(shared.length).to.be.below(5);
    expect(await keysOf("invalid-amount")).to.have.length(2);
    const listed = await server.call<{ items: { id: string }[] }>(
      "GET",
      `/v1/quarantine?source=${till.id}&code=missing-identifier&limit=500`,
    );
    const ids = listed.body.items.map((i) => i.id);
    expect(ids).to.have.length(40);
    const discard = (some: string[]) =>
      server.call<{ discarded: number }>("POST", "/v1/quarantine/discard", { body: { ids: some } });
    expect((await discard(ids.slice(1))).body.discarded).to.equal(39);
    const kept = await server.call<{ payload: unknown }>("GET", `/v1/quarantine/${ids[0]}`);
    expect(JSON.stringify(kept.body.payload)).to.contain("SKU-1");
    expect((await discard(ids.slice(0, 1))).body.discarded).to.equal(1);
    const states = await server.vault.keyStates(shared);
    expect([...states.values()]).to.deep.equal(shared.map(() => "destroyed"));
    const rest = await server.call<{ items: { id: string }[] }>("GET", `/v1/quarantine?source=${till.id}`);
    expect((await discard(rest.body.items.map((i) => i.id))).body.discarded).to.equal(2);
  });

  it("leave every item that came by any other door under a key of its own, whether it names somebody or not", async () => {
    const key = till.writeKey;
    const batch = [1, 2, 3].map((n) => ({ type: "track", event: "Noted", messageId: `m-${n}` }));
    const sent = await server.call<{ results: { code: string }[] }>("POST", "/v1/batch", {
      key,
      body: { batch },
    });
    expect(sent.body.results.map((r) => r.code)).to.deep.equal(batch.map(() => "missing-identifier"));
    const keys = await server.database.db.query(
      sql`select distinct key_id from quarantine where source_id = ${till.id}::uuid`,
    );
    expect(keys).to.have.length(3);
  });

  it("take a row's cells as a corrected payload, and keep the first reason when the correction fails too", async () => {
    const report = await send(["S1,T1,R2,1,2026-10-01 12:30,SKU-1,1,three,M-9002"]);
    const id = report.rejected[0]?.quarantineId as string;
    const failed = await server.call<{ quarantined: number }>("POST", "/v1/quarantine/replay", {
      body: { id, payload: { amount: "four" } },
    });
    expect(failed.body.quarantined).to.equal(1);
    const listed = await server.call<{ items: { id: string; code: string }[] }>(
      "GET",
      "/v1/quarantine?reason=invalid-amount",
    );
    expect(listed.body.items.map((i) => i.id)).to.deep.equal([id]);
    const shown = await server.call<{ payload: { row: Record<string, string> } }>(
      "GET",
      `/v1/quarantine/${id}`,
    );
    const corrected = await server.call<{ accepted: number }>("POST", "/v1/quarantine/replay", {
      body: { id, payload: { ...shown.body.payload.row, amount: "3.00" } },
    });
    expect(corrected.body, JSON.stringify(corrected.body)).to.include({ accepted: 1 });
  });

  it("settle what waits in quarantine when the row comes in corrected with the next file", async () => {
    const event = { type: "track", event: "Order Completed", messageId: "m-fix", userId: "U-1" };
    const key = till.writeKey;
    await server.call("POST", "/v1/batch", {
      key,
      body: { batch: [{ ...event, properties: { order_id: "O1", total: "x" } }] },
    });
    const waiting = () => server.call<{ items: unknown[] }>("GET", `/v1/quarantine?source=${till.id}`);
    expect((await waiting()).body.items).to.have.length(1);
    await server.call("POST", "/v1/batch", {
      key,
      body: { batch: [{ ...event, properties: { order_id: "O1", total: 3 } }] },
    });
    expect((await waiting()).body.items).to.have.length(0);
  });

  it("need no field list where a mapping only states the encoding", async () => {
    const shop = await server.source({
      name: "店",
      kind: "members",
      region: "CN",
      mapping: { encoding: "gb18030" },
    });
    const csv = iconv.encode("会员卡号,姓名,手机\nM-7001,王小明,13800138000\n", "gb18030");
    const answer = await server.call<Report>("POST", `/v1/sources/${shop.id}/files`, {
      raw: csv,
      key: shop.writeKey,
    });
    expect(answer.body.counts, JSON.stringify(answer.body)).to.include({ accepted: 1, quarantined: 0 });
  });

  it("are helped by a message that names what no column is mapped to", async () => {
    const answer = await server.call<Report>("POST", `/v1/sources/${till.id}/files`, {
      raw: "Zeit;Preis;member_card\n2026-10-01 10:00;3;M-1\n",
      key: till.writeKey,
    });
    expect(answer.body.reasons[0]?.detail).to.match(/^No column is mapped to \w+\. Mapped: memberCard\.$/);
  });

  it("leave what happened readable: names of known events, and the order of a row", async () => {
    await send(["S1,T1,R3,1,2026-10-01 12:30,SKU-1,1,3.00,M-9003"]);
    const viewed = await server.call<{ results: { status: string }[] }>("POST", "/v1/track", {
      key: till.writeKey,
      body: { event: "Product Viewed", messageId: "m-view", userId: "M-9003", properties: { sku: "SKU-1" } },
    });
    expect(viewed.body.results[0]?.status, JSON.stringify(viewed.body)).to.equal("accepted");
    const found = await server.call<{ memberId: string }>("POST", "/v1/profiles/lookup?purpose=service", {
      body: { kind: "member_id", value: "M-9003" },
    });
    const events = await server.call<{
      events: { name: string | null; plain: { order?: { totalMinor: number } } | null }[];
    }>("GET", `/v1/members/${found.body.memberId}/events?purpose=service`);
    // What somebody looked at is online behaviour, which the purpose "service" does not show: its name is in the store.
    const names = await server.database.db.query<{ name: string }>(
      sql`select name from event where name is not null`,
    );
    expect(names.map((n) => n.name)).to.include("Product Viewed");
    expect(events.body.events.map((e) => e.plain?.order?.totalMinor)).to.include(300);
  });
});
