import { expect } from "chai";
import { sql } from "../../../src/db/index.ts";
import { byMember, levelUnder } from "../../../src/loyalty/preview.ts";
import { DEFAULT_RULES } from "../../../src/loyalty/rules.ts";
import { readScores } from "../../../src/loyalty/score.store.ts";
import { readAnswers, readFeatures } from "../../../src/loyalty/versions.store.ts";
import { ADMIN_KEY } from "../../setup/server.ts";
import { gammaOf, seeded, simulateBetaGeometric } from "../../unit/loyalty/simulate.ts";
import { candor, endAll } from "../cli/candor.ts";
import { openProgramme, type Programme } from "./programme.ts";

describe("the loyalty programme", () => {
  let server: Programme["server"];
  let clock: Programme["clock"];
  let levelOf: Programme["levelOf"];
  let memberOf: Programme["memberOf"];

  before(async () => {
    ({ server, clock, levelOf, memberOf } = await openProgramme("loyalty-programme"));
  });
  after(async () => {
    endAll();
    await server.close();
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
    const kpis = await server.call<{
      formulas: object;
      months: Record<string, { interval: unknown } | null>[];
    }>("GET", "/v1/loyalty/kpis?months=3");
    expect(kpis.body.months.length).to.be.greaterThan(1);
    const rates = ["activeRate", "retention", "churn", "repurchase", "responseRate"];
    for (const name of rates) expect(kpis.body.formulas, name).to.have.property(name);
    expect(kpis.body.months[0]).to.include.all.keys(...rates);
    const levels = await server.call<{ items: { members: number | null; suppressed: boolean }[] }>(
      "GET",
      "/v1/loyalty/levels",
    );
    expect(levels.body.items.some((i) => (i.members ?? 0) > 100)).to.equal(true);
    expect((await server.call("GET", "/v1/loyalty/fairness?by=ageBand")).status).to.equal(200);
  });

  it("fits, back-tests, scores, explains and previews from the command line", async () => {
    const command = (args: string[], stdin = "") =>
      candor({ CANDOR_URL: server.url, CANDOR_ADMIN_KEY: ADMIN_KEY }, ["loyalty", ...args], stdin);
    const told = async (args: string[], stdin = "") => {
      const { code, out, err } = await command(args, stdin);
      expect(code, `${args.join(" ")}: ${err}`).to.equal(0);
      return out;
    };
    const scoring = async () => {
      const { body } = await server.call<{ items: { id: string; kind: string; scores: boolean }[] }>(
        "GET",
        "/v1/loyalty/models",
      );
      return body.items.find((m) => m.scores);
    };
    const before = await scoring();
    expect(await told(["fit", "--model", "bg-nbd", "--look"])).to.match(/^bg-nbd fitted to 60\d members/);
    expect(await scoring(), "only looked at").to.deep.equal(before);
    const fitted = await told(["fit"]);
    expect(fitted).to.match(/^mbg-nbd fitted to 60\d members \(version [0-9a-f-]{36}\)\./);
    expect(fitted).to.match(/purchases {2}r \d+\.\d{3} ± \d+\.\d{3}, alpha .*; log-likelihood -\d+\.\d/);
    // What these members spend differs by chance alone: a fit of who spends how much is refused, and that is said.
    expect(fitted).to.match(/spend {6}refused: .* Published figures stand in\./);
    expect(fitted).to.include((await scoring())?.id);
    expect(await told(["backtest", "--weeks", "8"]))
      .to.match(/^Fitted up to 2026-\d\d-\d\d, held against the 8 weeks after it: \d+ members\./)
      .and.to.match(/Brier score 0\.\d{4} \(the overall share alone: 0\.\d{4}\)\./)
      .and.to.match(/Lift of the top tenth: \d+\.\d\d\./)
      .and.to.match(/PROBABILITY +MEMBERS +FORETOLD +OBSERVED +INTERVAL/);
    expect(await told(["score"])).to.match(/^Everybody is scored; \d+ members? changed level\./);
    const id = memberOf.get("SPURIOUS") as string;
    const level = await levelOf("SPURIOUS", "&locale=zh-TW");
    const words = await told(["explain", id, "--lang", "zh-TW", "--history"]);
    for (const sentence of level.explanation.sentences) expect(words).to.include(sentence);
    expect(words)
      .to.include(level.explanation.total as string)
      .and.to.include("scored");
    const unknown = await command(["explain", "01a2019a-56ab-72cb-af54-000000000000"]);
    expect([unknown.code, unknown.out]).to.deep.equal([4, ""]);
    const rules = JSON.parse(await told(["rules"])) as typeof DEFAULT_RULES;
    const raised = {
      ...rules,
      structures: rules.structures.map((s) => ({
        ...s,
        tiers: s.tiers.map((t) => ({ ...t, cut: t.cut + 15 })),
      })),
    };
    const preview = await command(["preview", "-"], JSON.stringify(raised));
    expect(preview.code, preview.err).to.equal(0);
    expect(preview.out)
      .to.match(/members looked at/)
      .and.to.match(/default +\w+ → \w+ +down +\d+/);
    expect(preview.err).to.include("Nothing has been changed");
    expect(JSON.parse(await told(["rules"]))).to.deep.equal(rules);
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
