import { expect } from "chai";
import { sql } from "../../src/db/index.ts";
import { DAY } from "../../src/kernel/clock.ts";
import { candor, endAll } from "../integration/cli/candor.ts";
import { aGrant, say } from "../integration/consent/people.ts";
import { openShop } from "../integration/consent/shop.ts";
import { ADMIN_KEY, startTestServer, type TestServer } from "../setup/server.ts";

interface Level {
  state: string;
  score: number | null;
  condition: string | null;
  explanation: { sentences: string[]; parts: { points: string }[]; total: string | null };
  tiers: { tier: string; by: string }[];
  history: { of: string; after: string | null; reason: string }[];
}

describe("why a member is spurious, and how it is forgotten", () => {
  let server: TestServer;
  const ids = new Map<string, string>();
  let segment: string;
  let recipientKey: string;
  let position: string;

  const dayBefore = (days: number) => new Date(Date.now() - days * DAY).toISOString().slice(0, 10);
  const levelOf = async (card: string, purpose = "profiling") => {
    const answer = await server.call<Level>("GET", `/v1/members/${ids.get(card)}/loyalty?purpose=${purpose}`);
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
    return answer.body;
  };
  /** The workers are on: waits until something has become so, as a person would. */
  const until = async (what: string, isSo: () => Promise<boolean>) => {
    for (let look = 0; look < 150; look++) {
      if (await isSo()) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error(`${what}: not within half a minute`);
  };
  const command = (...args: string[]) =>
    candor({ CANDOR_URL: server.url, CANDOR_ADMIN_KEY: ADMIN_KEY }, args);
  const inSegment = async () =>
    (
      await server.call<{ items: { memberId: string }[] }>(
        "GET",
        `/v1/segments/${segment}/members?purpose=profiling`,
      )
    ).body.items.map((m) => m.memberId);
  const pull = () =>
    server.call<string>("GET", "/v1/profiles?purpose=profiling&format=csv", { key: recipientKey });

  before(async () => {
    server = await startTestServer("loyalty-journey", { workers: true });
    await openShop(server);
    const till = await server.source({
      name: "Till",
      kind: "pos",
      region: "TW",
      currency: "TWD",
      timeZone: "Asia/Taipei",
    });
    const survey = await server.source({ name: "Survey", kind: "survey", region: "TW" });
    const visits = {
      LI: [170, 140, 110, 80, 50, 20, 6],
      MA: [171, 141, 111, 81, 51, 21, 7],
      WU: [500, 495, 490],
    };
    const rows = Object.entries(visits).flatMap(([card, days]) =>
      days.map((day, i) => `S1,T1,${card}-${i},1,${dayBefore(day)} 12:30,SKU-1,1,300,M-${card}`),
    );
    await server.call("POST", `/v1/sources/${till.id}/files`, {
      key: till.writeKey,
      raw: ["store_id,till_id,receipt_no,line,time,sku,quantity,amount,member_card", ...rows].join("\n"),
    });
    await server.call("POST", "/v1/batch", {
      key: survey.writeKey,
      body: {
        batch: [
          { who: "LI", score: 2 },
          { who: "MA", score: 10 },
          { who: "WU", score: 9 },
        ].map(({ who, score }) => ({
          answerId: `answer-${who}`,
          surveyId: "brand",
          questionId: "q1",
          kind: "nps",
          score,
          relational: true,
          memberId: `M-${who}`,
          answeredAt: `${dayBefore(5)}T00:00:00Z`,
        })),
      },
    });
    for (const card of Object.keys(visits)) {
      const found = await server.call<{ memberId: string }>("POST", "/v1/profiles/lookup?purpose=service", {
        body: { kind: "member_id", value: `M-${card}` },
      });
      ids.set(card, found.body.memberId);
      await say(server, aGrant(found.body.memberId, "profiling"));
    }
    await until("scores", async () => (await levelOf("LI")).condition === "spurious");
    const made = await server.call<{ id: string }>("POST", "/v1/segments", {
      body: { name: "At risk", purpose: "profiling", rule: { loyalty: "condition", is: ["spurious"] } },
    });
    segment = made.body.id;
    await until("the segment", async () => (await inSegment()).includes(ids.get("LI") as string));
    await server.call("POST", "/v1/recipients", {
      body: {
        id: "bi",
        name: "Reports",
        role: "processor",
        country: "TW",
        purposes: ["profiling"],
        categories: ["derived"],
        contact: "bi@example.com",
      },
    });
    const key = await server.call<{ secret: string }>("POST", "/v1/recipients/bi/keys", {
      body: { name: "bi", purposes: ["profiling"] },
    });
    recipientKey = key.body.secret;
    const first = await pull();
    position = first.headers.get("candor-feed-position") ?? "";
    expect(first.body).to.include("spurious");
  });
  after(async () => {
    endAll();
    await server.close();
  });

  it("answers in words with a sum that adds up", async () => {
    const { explanation } = await levelOf("LI");
    expect(explanation.sentences.join(" ")).to.include("Spurious loyalty");
    const hundredths = explanation.parts.map((p) => Math.round(100 * Number(p.points.replace("−", "-"))));
    expect(hundredths.reduce((a, b) => a + b, 0)).to.equal(Math.round(100 * Number(explanation.total)));
    const told = await command("loyalty", "explain", ids.get("LI") as string, "--history");
    expect(told.code, told.err).to.equal(0);
    expect(told.out)
      .to.include("Condition: Spurious loyalty")
      .and.include(explanation.total as string);
    expect(told.out).to.match(/condition +– → spurious +scored/);
    // What a person is given of it, in their own language whichever of ours that is.
    const [given] = await server.candor.loyalty.exportRows([ids.get("LI") as string]);
    for (const [language, words] of [
      ["en", "Spurious loyalty"],
      ["zh-CN", "虚假忠诚"],
      ["zh-TW", "虛假忠誠"],
    ])
      expect(JSON.stringify(given?.[`explanation_${language}`])).to.include(words);
  });

  it("shows who would move under another rule, and changes nothing", async () => {
    const { body } = await server.call<{ version: number; rules: { behaviour: object } }>(
      "GET",
      "/v1/loyalty/rules",
    );
    const rules = { ...body.rules, behaviour: { ...body.rules.behaviour, high: 0.95 } };
    const shown = await candor(
      { CANDOR_URL: server.url, CANDOR_ADMIN_KEY: ADMIN_KEY },
      ["loyalty", "preview", "-"],
      JSON.stringify(rules),
    );
    expect(shown.code, shown.err).to.equal(0);
    expect(shown.out).to.include("condition spurious → none").and.include("Benefits a year");
    expect(shown.out).to.include(ids.get("LI") as string);
    expect(shown.err).to.include("Nothing has been changed");
    expect((await server.call<{ version: number }>("GET", "/v1/loyalty/rules")).body.version).to.equal(
      body.version,
    );
    expect((await levelOf("LI")).condition).to.equal("spurious");
  });

  it("is gone everywhere once profiling is withdrawn: reads, segments, pulls, feed, package and stores", async () => {
    const id = ids.get("LI") as string;
    const said = await say(server, { memberId: id, state: "withdrawn", purpose: "profiling" });
    expect(said.status).to.equal(201);
    // At once, before any worker has looked.
    const level = await levelOf("LI");
    expect(level).to.include({ state: "not_scored", score: null, condition: null });
    expect(level.explanation.total).to.equal(null);
    expect(await inSegment()).not.to.include(id);
    expect((await pull()).body).not.to.include("spurious");
    const profile = await server.call<{ derived?: unknown }>("GET", `/v1/members/${id}?purpose=profiling`);
    expect(JSON.stringify(profile.body)).not.to.include("spurious");
    const tried = await server.call<{ state: string; now: unknown }>(
      "POST",
      `/v1/members/${id}/loyalty/what-if?purpose=profiling`,
      { body: {} },
    );
    expect(tried.body).to.include({ state: "not_scored", now: null });
    const told = await command("loyalty", "explain", id, "--history");
    expect(told.out).not.to.match(/spurious/i);
    // Within seconds from where it was kept.
    const tables = [sql`loyalty_score`, sql`loyalty_feature`, sql`loyalty_answer`, sql`segment_member`];
    const kept = async () => {
      let left = 0;
      for (const table of tables) {
        const rows = await server.database.db.query(
          sql`select 1 from ${table} where member_id = ${id}::uuid`,
        );
        left += rows.length;
      }
      return left;
    };
    await until("forgetting", async () => (await kept()) === 0);
    await until("the feed", async () => {
      const feed = await server.call("GET", `/v1/changes?purpose=profiling&after=${position}`, {
        key: recipientKey,
      });
      return JSON.stringify(feed.body).includes("withdrawn");
    });
    expect(await server.candor.loyalty.exportRows([id])).to.deep.equal([]);
    // The tier stays, by the published rule; and the history tells of tiers alone.
    const now = await levelOf("LI", "service");
    expect(now.tiers[0]).to.include({ by: "published" });
    expect(now.explanation.sentences.join(" ")).to.include(
      "It follows purchase days alone: 7 in the last year.",
    );
    expect(now.history.map((h) => h.of)).not.to.include("condition");
    // Whoever stays is still scored.
    expect((await levelOf("MA")).condition).to.equal("true");
  });
});
