import { expect } from "chai";
import { sql } from "../../../src/db/index.ts";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { byMember, levelUnder } from "../../../src/loyalty/preview.ts";
import { DEFAULT_RULES } from "../../../src/loyalty/rules.ts";
import { readScores } from "../../../src/loyalty/score.store.ts";
import { readAnswers, readFeatures } from "../../../src/loyalty/versions.store.ts";
import { sequenceChanges } from "../../../src/members/index.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { gammaOf, seeded, simulateBetaGeometric } from "../../unit/loyalty/simulate.ts";
import { aGrant, say } from "../consent/people.ts";
import { openShop } from "../consent/shop.ts";

interface Level {
  state: string;
  score: number | null;
  scoreMicro: number | null;
  condition: string | null;
  contributions: { of: string; micro: number }[];
  tiers: { structure: string; tier: string; by: string; heldUntil: string; fixedUntil: string | null }[];
  history: { of: string; after: string | null; reason: string }[];
  decisions: { kind: string; reason: string }[];
  explanation: { sentences: string[]; parts: { points: string }[]; total: string | null };
}

describe("loyalty", () => {
  const clock = fixedClock("2026-11-21T09:00:00Z");
  let server: TestServer;
  let till: { id: string; writeKey: string };
  let survey: { writeKey: string };
  const memberOf = new Map<string, string>();

  const settle = async () => {
    for (let left = 1; left > 0; ) {
      while ((await sequenceChanges(server.database.db)) > 0);
      left = (await server.candor.loyalty.follow()) + (await server.candor.segments.follow());
    }
  };
  const till_ = (rows: string[]) =>
    server.call<{ counts: { accepted: number; quarantined: number } }>(
      "POST",
      `/v1/sources/${till.id}/files`,
      {
        key: till.writeKey,
        raw: ["store_id,till_id,receipt_no,line,time,sku,quantity,amount,member_card", ...rows].join("\n"),
      },
    );
  const sale = (card: string, receipt: string, day: string, amount = 300) =>
    `S1,T1,${receipt},1,${day} 12:30,SKU-1,1,${amount},M-${card}`;
  const answers = async (rows: [card: string, id: string, kind: string, score: number, day: string][]) => {
    const sent = await server.call<{ results: { status: string }[] }>("POST", "/v1/batch", {
      key: survey.writeKey,
      body: {
        batch: rows.map(([card, answerId, kind, score, day]) => ({
          answerId,
          surveyId: "brand",
          questionId: "q1",
          kind,
          score,
          relational: true,
          memberId: `M-${card}`,
          answeredAt: `${day}T00:00:00Z`,
        })),
      },
    });
    expect(
      sent.body.results.map((r) => r.status),
      JSON.stringify(sent.body),
    ).to.deep.equal(rows.map(() => "accepted"));
  };
  const levelOf = async (card: string, more = "", purpose = "profiling") => {
    const path = `/v1/members/${memberOf.get(card)}/loyalty?purpose=${purpose}${more}`;
    const answer = await server.call<Level>("GET", path);
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
    return answer.body;
  };

  before(async () => {
    server = await startTestServer("loyalty", { clock });
    await openShop(server);
    till = await server.source({
      name: "Till",
      kind: "pos",
      region: "TW",
      currency: "TWD",
      timeZone: "Asia/Taipei",
    });
    survey = await server.source({ name: "Survey", kind: "survey", region: "TW" });
    const days = [
      "2026-06-01",
      "2026-07-01",
      "2026-08-01",
      "2026-09-01",
      "2026-10-01",
      "2026-11-01",
      "2026-11-15",
    ];
    const lapsed = ["2025-06-01", "2025-06-05", "2025-06-09", "2025-06-20", "2025-07-01"];
    const rows = [
      ...["TRUE", "SPURIOUS", "PLAIN"].flatMap((c) => days.map((d, i) => sale(c, `${c}-${i}`, d))),
      ...["LATENT", "NONE"].flatMap((c) => lapsed.map((d, i) => sale(c, `${c}-${i}`, d))),
    ];
    const sent = await till_(rows);
    expect(sent.body.counts.accepted, JSON.stringify(sent.body)).to.equal(rows.length);
    await answers([
      ["TRUE", "a1", "nps", 10, "2026-11-10"],
      ["LATENT", "a2", "nps", 10, "2026-11-10"],
      ["SPURIOUS", "a3", "nps", 3, "2026-11-10"],
      ["SPURIOUS", "a4", "csat", 2, "2026-10-01"],
      ["NONE", "a5", "nps", 2, "2026-11-10"],
    ]);
    for (const card of ["TRUE", "SPURIOUS", "PLAIN", "LATENT", "NONE"]) {
      const found = await server.call<{ memberId: string }>("POST", "/v1/profiles/lookup?purpose=service", {
        body: { kind: "member_id", value: `M-${card}` },
      });
      memberOf.set(card, found.body.memberId);
      if (card !== "PLAIN") await say(server, aGrant(found.body.memberId, "profiling"));
    }
    await settle();
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
  });

  it("moves within one round of a sale, an answer, a return, and tells the feed", async () => {
    const before = await levelOf("LATENT");
    await till_([sale("LATENT", "L-9", "2026-11-18")]);
    await settle();
    const bought = await levelOf("LATENT");
    expect(bought.score).to.be.greaterThan(before.score as number);
    expect(bought.condition).to.equal("true");
    const back = await till_(["S1,T1,L-9,1,2026-11-19 12:30,SKU-1,-1,-300,M-LATENT"]);
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
    const orders = await server.database.db.query<{ k: string }>(sql`
      select order_key as k from order_state where subject_id = ${memberOf.get("SPURIOUS")}::uuid order by 1`);
    const without = await server.call<{ after: { behaviour: number }; now: { behaviour: number } }>(
      "POST",
      `/v1/members/${memberOf.get("SPURIOUS")}/loyalty/what-if?purpose=profiling`,
      { body: { returnOrder: orders.at(-1)?.k } },
    );
    expect(without.body.after.behaviour).to.be.lessThan(without.body.now.behaviour);
    expect((await levelOf("SPURIOUS")).scoreMicro).to.equal(before.scoreMicro);
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
    await till_([sale("NONE", "N-9", "2026-11-18")]);
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

  it("previews rules over all members, publishes them, and scores everybody under them", async () => {
    const [structure] = DEFAULT_RULES.structures;
    const rules = {
      ...DEFAULT_RULES,
      structures: [
        { ...structure, tiers: structure?.tiers.map((t, i) => ({ ...t, cut: [1, 2, 3][i] })) },
        {
          ...structure,
          id: "visits",
          basis: "visits",
          margin: 0,
          tiers: structure?.tiers.map((t, i) => ({ ...t, cut: 3 + i })),
        },
      ],
    };
    const preview = await server.call<{
      members: number;
      moves: { up: boolean }[];
      cost: { before: number; after: number };
    }>("POST", "/v1/loyalty/rules/preview", { body: { rules } });
    expect(preview.status, JSON.stringify(preview.body)).to.equal(200);
    expect(preview.body.members).to.equal(4);
    expect(preview.body.moves.every((m) => m.up)).to.equal(true);
    expect(preview.body.cost.after).to.be.greaterThan(preview.body.cost.before);
    const bad = await server.call<{ errors: { path: string }[] }>("POST", "/v1/loyalty/rules/preview", {
      body: {
        rules: { ...rules, behaviour: { ...rules.behaviour, weights: { alive: 1, rate: 1, spend: 1 } } },
      },
    });
    expect(bad.body.errors[0]?.path).to.equal("/behaviour/weights");
    expect((await server.call("POST", "/v1/loyalty/rules", { body: { rules } })).status).to.equal(201);
    expect((await server.call("POST", "/v1/loyalty/scores")).status).to.equal(200);
    const level = await levelOf("TRUE");
    expect(Object.fromEntries(level.tiers.map((t) => [t.structure, t.tier]))).to.deep.equal({
      default: "platinum",
      visits: "platinum",
    });
    expect(
      (await server.call("POST", "/v1/loyalty/rules", { body: { rules: DEFAULT_RULES } })).status,
    ).to.equal(201);
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
      tier: "platinum",
      by: "published",
    });
    clock.advance(60_000);
    // Allowed again: scored again from what is still lawfully there.
    await say(server, aGrant(id, "profiling"));
    await settle();
    expect((await levelOf("TRUE")).condition).to.equal("true");
  });

  it("publishes its rules as a page in three languages, without a key", async () => {
    for (const [lang, title] of [
      ["en", "How our loyalty programme works"],
      ["zh-CN", "我们的忠诚计划如何运作"],
      ["zh-TW", "我們的忠誠計畫如何運作"],
    ] as const) {
      const page = await server.call<string>("GET", `/loyalty/rules?lang=${lang}`, { key: null });
      expect(page.status).to.equal(200);
      expect(page.body).to.include(title).and.include("65");
      expect(page.headers.get("content-security-policy")).to.include("default-src 'none'");
    }
  });

  it("fits, back-tests and scores many in SQL exactly as the pure functions do", async () => {
    const random = seeded(11);
    const { db } = server.database;
    const today = Math.floor(clock.now().getTime() / 86_400_000);
    const histories = simulateBetaGeometric(random, { kind: "mbg", r: 0.9, alpha: 8, a: 0.9, b: 2.2 }, 600);
    await db.tx(async (tx) => {
      for (const h of histories) {
        const id = `0${Math.floor(random() * 9e6 + 1e6)}-0000-7000-8000-${String(Math.floor(random() * 1e12)).padStart(12, "0")}`;
        const first = today - Math.floor(h.t * 7);
        const days = [first];
        for (let i = 1; i <= h.x; i++) days.push(first + Math.max(1, Math.round(((h.tx * 7) / h.x) * i)));
        const unique = [...new Set(days)].filter((d) => d <= today);
        const amounts = unique.map(() => Math.round(gammaOf(random, 5) * 8_000));
        await tx.query(sql`
          insert into loyalty_feature (member_id, cohort, currency, unit, days, amounts, x, first_day, last_day, repeat_minor, refreshed_at)
          values (${id}::uuid, '2026Q1|TWD', 'TWD', 100, ${unique}::int[], ${amounts}::bigint[], ${unique.length - 1}, ${first},
            ${unique.at(-1)}, ${amounts.slice(1).reduce((a, b) => a + b, 0)}, ${clock.now()})`);
        for (let i = 0; i < Math.floor(random() * 4); i++)
          await tx.query(sql`
            insert into loyalty_answer (member_id, event_id, kind, relational, y, answered_at)
            values (${id}::uuid, gen_random_uuid(), ${["nps", "csat", "ces"][i % 3]}, ${random() > 0.5}, ${Math.round(random() * 10) / 10},
              ${new Date(clock.now().getTime() - random() * 300 * 86_400_000)})`);
      }
    });
    const fit = await server.call<{ id: string; fits: { cohort: string; purchases: { kind: string } }[] }>(
      "POST",
      "/v1/loyalty/models",
      { body: {} },
    );
    expect(fit.status, JSON.stringify(fit.body)).to.equal(201);
    expect(fit.body.fits.map((f) => [f.cohort, f.purchases.kind])).to.deep.include.members([
      ["*|TWD", "fitted"],
      ["2026Q1|TWD", "fitted"],
    ]);
    const tested = await server.call<{
      report: { members: number; brier: number; brierOfShare: number; calibration: unknown[] };
    }>("POST", "/v1/loyalty/backtests", { body: { weeks: 8 } });
    expect(tested.status, JSON.stringify(tested.body)).to.equal(201);
    expect(tested.body.report.members).to.be.greaterThan(300);
    expect(tested.body.report.brier).to.be.lessThan(tested.body.report.brierOfShare);
    const model = await server.call<{ backtests: unknown[] }>("GET", `/v1/loyalty/models/${fit.body.id}`);
    expect(model.body.backtests.length).to.equal(1);

    await server.call("POST", "/v1/loyalty/scores");
    const scoring = await server.candor.loyalty.versions.scoring();
    const ids = (
      await db.query<{ id: string }>(sql`select member_id as id from loyalty_score order by 1`)
    ).map((r) => r.id);
    expect(ids.length).to.be.greaterThan(600);
    const features = new Map((await readFeatures(db, ids)).map((f) => [f.member_id, f]));
    const said = byMember(await readAnswers(db, ids));
    for (const row of await readScores(db, ids)) {
      const feature = features.get(row.memberId);
      if (feature === undefined) throw new Error("a score without features");
      const pure = levelUnder(
        scoring,
        scoring.rules,
        { feature, answers: said.get(row.memberId) ?? [], tiers: [] },
        clock.now(),
      );
      expect(pure?.condition).to.equal(row.condition);
      expect(pure?.behaviour).to.be.closeTo(row.b, 1e-9);
      if (pure?.scoreMicro == null) expect(row.scoreMicro).to.equal(null);
      else expect(row.scoreMicro).to.be.closeTo(pure.scoreMicro, row.answers.length + 4);
    }
    const kpis = await server.call<{ formulas: object; months: { activeRate: { interval: unknown } }[] }>(
      "GET",
      "/v1/loyalty/kpis?months=3",
    );
    expect(kpis.body.months.length).to.be.greaterThan(1);
    const levels = await server.call<{ items: { members: number | null; suppressed: boolean }[] }>(
      "GET",
      "/v1/loyalty/levels",
    );
    expect(levels.body.items.some((i) => (i.members ?? 0) > 100)).to.equal(true);
    expect((await server.call("GET", "/v1/loyalty/fairness?by=ageBand")).status).to.equal(200);
  });

  it("falls by itself with time, after hold, breaches and grace, one step, and is looked at once a day", async () => {
    expect(await server.candor.loyalty.everyone()).to.equal(null);
    const tierAt = async (day: string) => {
      clock.set(`${day}T09:00:00Z`);
      expect(await server.candor.loyalty.everyone()).not.to.equal(null);
      const level = await levelOf("SPURIOUS");
      return level.tiers.find((t) => t.structure === "default")?.tier;
    };
    const reached = await tierAt("2026-11-22");
    expect(await tierAt("2028-03-01")).to.equal(reached);
    expect(await tierAt("2028-04-01")).to.equal(reached);
    expect(await tierAt("2028-06-29")).to.equal(reached);
    expect(await tierAt("2028-07-02")).not.to.equal(reached);
    const { history } = await levelOf("SPURIOUS");
    expect(history.map((h) => h.reason)).to.include.members(["grace-began", "stepped-down"]);
  });
});
