import { expect } from "chai";
import { sql } from "../../../src/db/index.ts";
import { sequenceChanges } from "../../../src/members/index.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { aGrant, say } from "../consent/people.ts";
import { openShop } from "../consent/shop.ts";

interface Segment {
  id: string;
  members: { count: number | null; suppressed: boolean };
  errors?: { path: string; code: string }[];
}

describe("segments", () => {
  let server: TestServer;
  let till: { id: string; writeKey: string };
  let list: { id: string; writeKey: string };
  const memberOf = new Map<string, string>();

  /** Lets everything behind the changes work until nothing is left. */
  const settle = async () => {
    for (let left = 1; left > 0; ) {
      while ((await sequenceChanges(server.database.db)) > 0);
      left = await server.candor.segments.follow();
    }
  };
  const send = async (source: { writeKey: string }, batch: object[]) => {
    const answer = await server.call<{ results: { status: string }[] }>("POST", "/v1/batch", {
      key: source.writeKey,
      body: { batch },
    });
    expect(
      answer.body.results.map((r) => r.status),
      JSON.stringify(answer.body),
    ).to.deep.equal(batch.map(() => "accepted"));
  };
  const sales = (rows: [card: string, receipt: string, amount: number][]) =>
    server.call("POST", `/v1/sources/${till.id}/files`, {
      key: till.writeKey,
      raw: [
        "store_id,till_id,receipt_no,line,time,sku,quantity,amount,member_card",
        ...rows.map(([card, r, amount]) => `S1,T1,${r},1,2026-11-01 12:30,SKU-1,1,${amount},${card}`),
      ].join("\n"),
    });
  const idsIn = async (segment: Segment, purpose: string): Promise<string[]> => {
    const page = await server.call<{ items: { memberId: string }[] }>(
      "GET",
      `/v1/segments/${segment.id}/members?purpose=${purpose}`,
    );
    expect(page.status, JSON.stringify(page.body)).to.equal(200);
    return page.body.items.map((i) => i.memberId).sort();
  };
  const idsOf = (...cards: string[]) => cards.map((c) => memberOf.get(c) as string).sort();

  before(async () => {
    server = await startTestServer("segments");
    await openShop(server);
    till = await server.source({
      name: "Till",
      kind: "pos",
      region: "TW",
      currency: "TWD",
      timeZone: "Asia/Taipei",
    });
    list = await server.source({ name: "Members", kind: "members", region: "TW" });
    const cards = ["A", "B", "C", "D", "E", "F", "G"].map((c) => `M-100${c}`);
    await send(
      list,
      cards.map((memberId, i) => ({
        memberId,
        country: "TW",
        birthday: i < 4 ? "1990-05-01" : "1960-05-01",
        homeStore: "S1",
        updatedAt: "2026-10-01T00:00:00Z",
      })),
    );
    await sales(cards.slice(0, 6).map((c, i) => [c, `R${i}`, (i + 1) * 100]));
    for (const card of cards) {
      const found = await server.call<{ memberId: string }>("POST", "/v1/profiles/lookup?purpose=service", {
        body: { kind: "member_id", value: card },
      });
      memberOf.set(card, found.body.memberId);
      if (card !== "M-100F") await say(server, aGrant(found.body.memberId, "profiling"));
    }
    await settle();
  });
  after(() => server.close());

  it("holds those whom the rule fits and whom its purpose allows, by coarse values and by what they bought", async () => {
    const young = await server.call<Segment>("POST", "/v1/segments", {
      body: {
        name: "Young buyers",
        purpose: "profiling",
        rule: {
          all: [
            { attribute: "ageBand", is: ["35-44"] },
            { measure: "spend", currency: "TWD", atLeast: 20_000 },
            { measure: "daysSinceLastOrder", atMost: 3_000 },
          ],
        },
      },
    });
    expect(young.status, JSON.stringify(young.body)).to.equal(201);
    expect(await idsIn(young.body, "profiling")).to.deep.equal(idsOf("M-100B", "M-100C", "M-100D"));
    expect(young.body.members).to.deep.include({ count: null, suppressed: true });

    const buyers = await server.call<Segment>("POST", "/v1/segments", {
      body: { name: "Buyers", purpose: "profiling", rule: { event: "order.completed", atLeast: 1 } },
    });
    expect(await idsIn(buyers.body, "profiling")).to.deep.equal(
      idsOf("M-100A", "M-100B", "M-100C", "M-100D", "M-100E"),
    );
    const service = await server.call<Segment>("POST", "/v1/segments", {
      body: {
        name: "Store S1",
        purpose: "service",
        rule: {
          all: [
            { attribute: "country", is: ["TW"] },
            { attribute: "homeStore", is: ["S1"] },
          ],
        },
      },
    });
    expect(service.body.members).to.deep.include({ count: 7, suppressed: false });
  });

  it("follows every sale, and tells the recipients' feed of whoever comes or goes", async () => {
    const segment = await server.call<Segment>("POST", "/v1/segments", {
      body: {
        name: "Big spenders",
        purpose: "profiling",
        rule: { measure: "spend", currency: "TWD", atLeast: 100_000 },
      },
    });
    expect(await idsIn(segment.body, "profiling")).to.deep.equal([]);
    await sales([["M-100G", "R99", 2_000]]);
    await settle();
    expect(await idsIn(segment.body, "profiling")).to.deep.equal(idsOf("M-100G"));
    const told = await server.database.db.query<{ reason: string }>(
      sql`select reason from subject_change where subject_id = ${memberOf.get("M-100G")}::uuid`,
    );
    expect(told.map((r) => r.reason)).to.deep.equal(["segment.changed"]);
  });

  it("forgets a member as soon as the purpose is withdrawn, and pages by what is allowed at that moment", async () => {
    const all = await server.call<Segment>("POST", "/v1/segments", {
      body: { name: "Everybody", purpose: "profiling", rule: { consent: "profiling", allowed: true } },
    });
    expect(await idsIn(all.body, "profiling")).to.include(memberOf.get("M-100A"));
    await say(server, { memberId: memberOf.get("M-100A"), state: "withdrawn", purpose: "profiling" });
    // Before anything behind it has worked, the page already leaves the member out.
    expect(await idsIn(all.body, "profiling")).not.to.include(memberOf.get("M-100A"));
    await settle();
    const left = await server.database.db.query(sql`
      select 1 from segment_member
      where member_id = ${memberOf.get("M-100A")}::uuid and segment_id = ${all.body.id}::uuid`);
    expect(left).to.deep.equal([]);
  });

  it("looks again at what time alone has changed", async () => {
    const fresh = await server.call<Segment>("POST", "/v1/segments", {
      body: { name: "Lately", purpose: "service", rule: { measure: "daysSinceLastOrder", atMost: 3_000 } },
    });
    expect((await idsIn(fresh.body, "service")).length).to.equal(7);
    // A year in which nobody bought anything.
    const { db } = server.database;
    await db.query(sql`update segment set evaluated_at = evaluated_at - interval '2 hours'`);
    await db.query(sql`update segment_fact set last_order_on = last_order_on - 4000`);
    expect(await server.candor.segments.sweep()).to.be.greaterThan(0);
    expect(await idsIn(fresh.body, "service")).to.deep.equal([]);
  });

  it("refuses rules outside the purpose, names that are taken and readers of other purposes, and ends cleanly", async () => {
    const bad = await server.call<Segment>("POST", "/v1/segments", {
      body: { name: "Elsewhere", purpose: "profiling", rule: { attribute: "country", is: ["TW"] } },
    });
    expect(bad.status).to.equal(400);
    expect(bad.body.errors?.[0]).to.include({ path: "/rule", code: "category" });
    const again = await server.call("POST", "/v1/segments", {
      body: { name: "Buyers", purpose: "profiling", rule: { measure: "orders", atLeast: 1 } },
    });
    expect(again.status).to.equal(409);
    const listed = await server.call<{ items: (Segment & { name: string })[] }>("GET", "/v1/segments");
    const buyers = listed.body.items.find((s) => s.name === "Buyers") as Segment;
    expect((await server.call("GET", `/v1/segments/${buyers.id}/members?purpose=service`)).status).to.equal(
      403,
    );
    expect((await server.call("GET", `/v1/segments/${buyers.id}/members`)).status).to.equal(400);
    expect((await server.call("DELETE", `/v1/segments/${buyers.id}`)).status).to.equal(204);
    expect(
      (await server.call("PATCH", `/v1/segments/${buyers.id}`, { body: { name: "X" } })).status,
    ).to.equal(410);
    const preview = await server.call<{ members: { count: number }; among: { count: number } }>(
      "POST",
      "/v1/segments/preview",
      { body: { purpose: "service", rule: { measure: "orders", atLeast: 1 } } },
    );
    expect(preview.body.among.count).to.equal(7);
    expect(preview.body.members.count).to.equal(7);
  });
});
