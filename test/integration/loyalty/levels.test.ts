import { expect } from "chai";
import { sql } from "../../../src/db/index.ts";
import { aGrant, say } from "../consent/people.ts";
import { openProgramme, type Programme, sale } from "./programme.ts";

describe("loyalty levels", () => {
  let server: Programme["server"];
  let clock: Programme["clock"];
  let settle: Programme["settle"];
  let till: Programme["till"];
  let levelOf: Programme["levelOf"];
  let memberOf: Programme["memberOf"];

  before(async () => {
    ({ server, clock, settle, till, levelOf, memberOf } = await openProgramme("loyalty-levels"));
  });
  after(() => server.close());

  it("finds the four conditions, each with a score that is the sum of its contributions", async () => {
    for (const [card, condition] of [
      ["TRUE", "true"],
      ["LATENT", "latent"],
      ["SPURIOUS", "spurious"],
      ["NONE", "none"],
    ] as const) {
      const level = await levelOf(card);
      expect(level.condition, card).to.equal(condition);
      expect(level.contributions.reduce((sum, c) => sum + c.micro, 0)).to.equal(level.scoreMicro);
      expect(level.history.map((h) => h.reason)).to.include("scored");
    }
  });

  it("explains a level in three languages, in hundredths that add up", async () => {
    for (const [locale, words] of [
      ["en", "Spurious loyalty"],
      ["zh-CN", "虚假忠诚"],
      ["zh-TW", "虛假忠誠"],
    ] as const) {
      const { explanation } = await levelOf("SPURIOUS", `&locale=${locale}`);
      expect(explanation.sentences.join("\n")).to.include(words);
      const points = explanation.parts.map((p) => Math.round(100 * Number(p.points.replace("−", "-"))));
      expect(points.reduce((a, b) => a + b, 0)).to.equal(Math.round(100 * Number(explanation.total)));
    }
  });

  it("does not score whoever has not allowed it, and gives them their tier by the published rule", async () => {
    expect(await levelOf("PLAIN")).to.deep.include({ state: "not_scored", score: null, tiers: [] });
    const plain = await levelOf("PLAIN", "", "service");
    expect(plain).to.include({ state: "not_scored", score: null, condition: null });
    // Seven days with a purchase: silver asks for six.
    expect(plain.tiers).to.deep.include({
      ...plain.tiers[0],
      structure: "default",
      tier: "silver",
      by: "published",
    });
    // Of a score that is not there nobody can ask for a review; of the tier they can.
    expect(plain.explanation.sentences.at(-1)).to.equal(
      "A person can look at your tier: ask for a review, and somebody will check it and may decide otherwise.",
    );
  });

  it("moves within one round of a sale, an answer, a return, and tells the feed", async () => {
    const before = await levelOf("LATENT");
    await till([sale("LATENT", "L-9", "2026-11-18")]);
    await settle();
    const bought = await levelOf("LATENT");
    expect(bought.score).to.be.greaterThan(before.score as number);
    expect(bought.condition).to.equal("true");
    const back = await till(["S1,T1,L-9,1,2026-11-19 12:30,SKU-1,-1,-300,M-LATENT"]);
    expect(back.body.counts.accepted, JSON.stringify(back.body)).to.equal(1);
    await settle();
    const returned = await levelOf("LATENT");
    expect(returned.scoreMicro).to.equal(before.scoreMicro);
    expect(returned.history.map((h) => `${h.of} ${h.after}`)).to.include.members([
      "condition true",
      "condition latent",
    ]);
    const told = await server.database.db.query<{ reason: string }>(
      sql`select reason from subject_change where subject_id = ${memberOf.get("LATENT")}::uuid`,
    );
    expect(told[0]?.reason).to.equal("level.changed");
  });

  it("shows level and segments on the profile and to recipients, where the purpose allows it and nowhere else", async () => {
    const id = memberOf.get("SPURIOUS") as string;
    await server.call("POST", "/v1/segments", {
      body: { name: "At risk", purpose: "profiling", rule: { loyalty: "condition", is: ["spurious"] } },
    });
    const read = (purpose: string) =>
      server.call<{ derived?: { loyalty: { condition: string }; segments: string[] } }>(
        "GET",
        `/v1/members/${id}?purpose=${purpose}`,
      );
    const shown = (await read("profiling")).body.derived;
    expect(shown?.loyalty.condition).to.equal("spurious");
    expect(shown?.segments).to.deep.equal(["At risk"]);
    expect((await read("service")).body.derived).to.equal(undefined);

    const recipient = await server.call("POST", "/v1/recipients", {
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
    expect(recipient.status, JSON.stringify(recipient.body)).to.equal(201);
    const key = await server.call<{ secret: string }>("POST", "/v1/recipients/bi/keys", {
      body: { name: "bi", purposes: ["profiling"] },
    });
    expect(key.status, JSON.stringify(key.body)).to.equal(201);
    const pulled = await server.call<string>("GET", "/v1/profiles?purpose=profiling&format=csv", {
      key: key.body.secret,
    });
    expect(pulled.body).to.match(/^member,channels,derived\.loyalty,derived\.segments,cursor\r\n/);
    for (const condition of ["latent", "none", "spurious", "true"])
      expect(pulled.body).to.include(`""condition"":""${condition}""`);
  });

  it("tries an answer and a return without keeping either", async () => {
    const before = await levelOf("SPURIOUS");
    const tried = await server.call<{
      now: { scoreMicro: number };
      after: { scoreMicro: number; condition: string };
    }>("POST", `/v1/members/${memberOf.get("SPURIOUS")}/loyalty/what-if?purpose=profiling`, {
      body: { answers: Array.from({ length: 6 }, () => ({ kind: "nps", score: 10, relational: true })) },
    });
    expect(tried.status, JSON.stringify(tried.body)).to.equal(200);
    expect(tried.body.now.scoreMicro).to.be.closeTo(before.scoreMicro as number, 3);
    expect(tried.body.after.condition).to.equal("true");
    const whatIf = `/v1/members/${memberOf.get("SPURIOUS")}/loyalty/what-if?purpose=profiling`;
    const { orders } = (
      await server.call<{ orders: { key: string; netMinor: number }[] }>("POST", whatIf, { body: {} })
    ).body;
    expect(orders.map((o) => o.netMinor)).to.deep.equal(Array.from({ length: 7 }, () => 30_000));
    const without = await server.call<{ after: { behaviour: number }; now: { behaviour: number } }>(
      "POST",
      whatIf,
      { body: { returnOrder: orders[0]?.key } },
    );
    expect(without.body.after.behaviour).to.be.lessThan(without.body.now.behaviour);
    expect((await levelOf("SPURIOUS")).scoreMicro).to.equal(before.scoreMicro);
  });

  it("lists the members of a condition and of a tier page by page, for profiling alone, and tells them who read", async () => {
    type Page = {
      items: { memberId: string; scoreMicro: number | null; condition: string; tiers: object }[];
      next: string | null;
    };
    const list = (query: string) => server.call<Page>("GET", `/v1/loyalty/members?${query}`);
    const ids = ["TRUE", "SPURIOUS", "LATENT", "NONE"].map((card) => memberOf.get(card) as string).sort();
    const first = (await list("purpose=profiling&limit=3")).body;
    const rest = (await list(`purpose=profiling&limit=3&after=${first.next}`)).body;
    expect([...first.items, ...rest.items].map((m) => m.memberId)).to.deep.equal(ids);
    expect(rest.next).to.equal(null);
    const best = (await list("purpose=profiling&sort=-score&limit=3")).body;
    const last = (await list(`purpose=profiling&sort=-score&limit=3&after=${best.next}`)).body;
    const scores = [...best.items, ...last.items].map((m) => m.scoreMicro ?? -1);
    expect(scores).to.have.length(ids.length);
    expect(scores).to.deep.equal([...scores].sort((a, b) => b - a));
    const latent = (await list("purpose=profiling&condition=latent&sort=score")).body.items;
    expect(latent.map((m) => m.memberId)).to.deep.equal([memberOf.get("LATENT")]);
    const tier = Object.entries(latent[0]?.tiers ?? {})[0] as [string, string];
    const sameTier = (await list(`purpose=profiling&structure=${tier[0]}&tier=${tier[1]}`)).body.items;
    expect(sameTier.map((m) => m.memberId)).to.include(memberOf.get("LATENT"));
    expect((await list("purpose=service")).status).to.equal(403);
    expect((await list("")).status).to.equal(400);
    expect((await list("purpose=profiling&tier=gold")).status).to.equal(400);
    expect((await list(`purpose=profiling&sort=score&structure=${tier[0]}&tier=${tier[1]}`)).status).to.equal(
      400,
    );
    const reads = await server.call<{ disclosures: { purpose: string; categories: string[] }[] }>(
      "GET",
      `/v1/members/${memberOf.get("LATENT")}/disclosures`,
    );
    expect(reads.body.disclosures.map((d) => [d.purpose, d.categories.includes("derived")])).to.deep.include([
      "profiling",
      true,
    ]);
  });

  it("lets a member ask for review and staff decide otherwise, with a reason, and no figure moves it before its day", async () => {
    const path = `/v1/members/${memberOf.get("NONE")}/loyalty`;
    expect((await server.call("POST", `${path}/reviews`)).status).to.equal(201);
    const open = await server.call<{ items: { memberId: string }[] }>("GET", "/v1/loyalty/reviews");
    expect(open.body.items.map((i) => i.memberId)).to.deep.equal([memberOf.get("NONE")]);
    const wrong = await server.call("POST", `${path}/decisions`, {
      body: { reason: "goodwill", override: { structure: "default", tier: "diamond", until: "2027-01-01" } },
    });
    expect(wrong.status).to.equal(400);
    const decided = await server.call("POST", `${path}/decisions`, {
      body: {
        reason: "complaint-upheld",
        override: { structure: "default", tier: "gold", until: "2027-01-01" },
      },
    });
    expect(decided.status, JSON.stringify(decided.body)).to.equal(201);
    await till([sale("NONE", "N-9", "2026-11-18")]);
    await settle();
    const level = await levelOf("NONE");
    expect(level.tiers[0]).to.include({ tier: "gold", fixedUntil: "2027-01-01" });
    expect(level.decisions.map((d) => d.kind)).to.have.members([
      "review-requested",
      "override",
      "review-closed",
    ]);
    expect((await server.call<{ items: unknown[] }>("GET", "/v1/loyalty/reviews")).body.items).to.deep.equal(
      [],
    );
  });

  it("is made from the accounts that agreed alone: one that joins by a phone number changes nothing until it is confirmed", async () => {
    const card = memberOf.get("LATENT") as string;
    const before = await levelOf("LATENT");
    const phone = "+886912000321";
    const verified = { identifiers: { phone: { verified: true } }, region: "TW" };
    const shop = await server.source({ name: "Shop", kind: "web", currency: "TWD", ...verified });
    const list = await server.source({ name: "List", kind: "members", ...verified });
    const send = async (source: { writeKey: string }, item: object) => {
      const sent = await server.call<{ results: { status: string }[] }>("POST", "/v1/batch", {
        key: source.writeKey,
        body: { batch: [item] },
      });
      expect(sent.body.results[0]?.status, JSON.stringify(sent.body)).to.equal("accepted");
    };
    const at = { timestamp: "2026-11-19T04:00:00Z", anonymousId: "browser-1" };
    await send(shop, { type: "identify", messageId: "w0", ...at, traits: { phone } });
    await send(shop, {
      type: "track",
      event: "Order Completed",
      messageId: "w1",
      ...at,
      context: { traits: { phone } },
      properties: { order_id: "W-1", total: 500, currency: "TWD" },
    });
    await send(list, { memberId: "M-LATENT", phone, updatedAt: "2026-11-20T00:00:00Z" });
    await settle();
    const found = await server.call<{ memberId: string; subjects: { id: string }[] }>(
      "POST",
      "/v1/profiles/lookup?purpose=service",
      { body: { kind: "phone", value: phone } },
    );
    const { memberId, subjects } = found.body;
    expect(subjects.map((s) => s.id))
      .to.include(card)
      .and.have.length.greaterThan(1);

    const joined = await levelOf("LATENT");
    expect(joined).to.deep.include({
      state: "scored",
      scoreMicro: before.scoreMicro,
      contributions: before.contributions,
      accountsLeftOut: subjects.length - 1,
    });
    expect(joined.explanation.sentences.join(" ")).to.include("have not agreed to this (1)");
    // Whoever asks for levels alone may count it in; whoever asks what was bought would ask the other account too.
    const membersBy = async (name: string, rule: object) => {
      const made = await server.call<{ id: string }>("POST", "/v1/segments", {
        body: { name, purpose: "profiling", rule },
      });
      const path = `/v1/segments/${made.body.id}/members?purpose=profiling`;
      const listed = await server.call<{ items: { memberId: string }[] }>("GET", path);
      return listed.body.items.map((i) => i.memberId);
    };
    expect(await membersBy("Content", { loyalty: "condition", is: ["latent"] })).to.include(memberId);
    expect(await membersBy("Bought", { measure: "orders", atLeast: 1 })).not.to.include(memberId);
    const profile = await server.call<{ derived?: { loyalty: { condition: string }; segments: string[] } }>(
      "GET",
      `/v1/members/${memberId}?purpose=profiling`,
    );
    expect(profile.body.derived).to.deep.include({ segments: ["Content"] });
    expect(profile.body.derived?.loyalty.condition).to.equal("latent");

    const confirmed = await server.call("POST", "/v1/members/join", {
      body: { subjects: subjects.map((s) => s.id) },
    });
    expect(confirmed.status, JSON.stringify(confirmed.body)).to.equal(200);
    await settle();
    const whole = await levelOf("LATENT");
    expect(whole).to.include({ accountsLeftOut: 0, condition: "true" });

    // What is withdrawn on one account is withdrawn on all.
    await say(server, { memberId: card, state: "withdrawn", purpose: "profiling" });
    expect(await levelOf("LATENT")).to.include({ state: "not_scored", score: null });
  });

  it("tells how scores and tiers are spread over age bands, and leaves small groups out", async () => {
    const list = await server.source({ name: "Register", kind: "members", region: "TW" });
    const born: readonly (readonly [card: string, birthday: string])[] = [
      ...[1, 2, 3, 4, 5, 6].map((i) => [`Y${i}`, "1990-05-01"] as const),
      ...[1, 2, 3].map((i) => [`O${i}`, "1955-05-01"] as const),
    ];
    const listed = await server.call<{ results: { status: string }[] }>("POST", "/v1/batch", {
      key: list.writeKey,
      body: {
        batch: born.map(([card, birthday]) => ({
          memberId: `M-${card}`,
          birthday,
          updatedAt: "2026-10-01T00:00:00Z",
        })),
      },
    });
    expect(listed.body.results.every((r) => r.status === "accepted")).to.equal(true);
    await till(born.map(([card], i) => sale(card, `${card}-1`, `2026-10-${10 + i}`)));
    for (const [card] of born) {
      const { body } = await server.call<{ memberId: string }>(
        "POST",
        "/v1/profiles/lookup?purpose=service",
        {
          body: { kind: "member_id", value: `M-${card}` },
        },
      );
      await say(server, aGrant(body.memberId, "profiling"));
    }
    const report = async () => {
      await settle();
      const { body } = await server.call<{
        suppressedGroups: number;
        lowestToHighest: number | null;
        groups: {
          value: string;
          members: number;
          meanBehaviour: number;
          tiers: Record<string, number | null>;
        }[];
      }>("GET", "/v1/loyalty/fairness?by=ageBand");
      return body;
    };
    const told = await report();
    expect(told).to.deep.include({ suppressedGroups: 1, lowestToHighest: null });
    expect(told.groups.map((g) => [g.value, g.members])).to.deep.equal([["35-44", 6]]);
    expect(told.groups[0]?.meanBehaviour).to.be.within(0, 1);
    // Shares of fewer than five are not told, within a group neither.
    const shares = Object.values(told.groups[0]?.tiers ?? {});
    for (const share of shares) if (share !== null) expect(share).to.be.at.least(5 / 6);
    const { body } = await server.call<{ memberId: string }>("POST", "/v1/profiles/lookup?purpose=service", {
      body: { kind: "member_id", value: "M-Y1" },
    });
    await say(server, { memberId: body.memberId, state: "withdrawn", purpose: "profiling" });
    expect((await report()).groups.map((g) => g.members)).to.deep.equal([5]);
  });

  it("forgets score, features, conditions and segments when profiling is withdrawn, and keeps the tier", async () => {
    const id = memberOf.get("TRUE") as string;
    const segment = await server.call<{ id: string }>("POST", "/v1/segments", {
      body: { name: "Fans", purpose: "profiling", rule: { loyalty: "condition", is: ["true"] } },
    });
    const listed = () =>
      server.call<{ items: { memberId: string }[] }>(
        "GET",
        `/v1/segments/${segment.body.id}/members?purpose=profiling`,
      );
    expect((await listed()).body.items.map((i) => i.memberId)).to.include(id);
    const [held] = (await levelOf("TRUE")).tiers;
    await say(server, { memberId: id, state: "withdrawn", purpose: "profiling" });
    expect(await levelOf("TRUE")).to.include({ state: "not_scored", score: null });
    await settle();
    const { db } = server.database;
    for (const table of [sql`loyalty_score`, sql`loyalty_feature`, sql`loyalty_answer`, sql`segment_member`])
      expect(await db.query(sql`select 1 from ${table} where member_id = ${id}::uuid`)).to.deep.equal([]);
    expect(
      await db.query(
        sql`select 1 from loyalty_history where member_id = ${id}::uuid and (structure is null or figure is not null)`,
      ),
    ).to.deep.equal([]);
    const facts = await db.query<{ loyalty: { score: number | null; condition: string | null } }>(
      sql`select loyalty from segment_fact where member_id = ${id}::uuid`,
    );
    expect(facts[0]?.loyalty).to.include({ score: null, condition: null });
    const level = await levelOf("TRUE", "", "service");
    expect(level.tiers.find((t) => t.structure === "default")).to.include({
      tier: held?.tier,
      by: "published",
    });
    clock.advance(60_000);
    // Allowed again: scored again from what is still lawfully there.
    await say(server, aGrant(id, "profiling"));
    await settle();
    expect((await levelOf("TRUE")).condition).to.equal("true");
  });
});
