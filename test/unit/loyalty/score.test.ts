import { expect } from "chai";
import fc from "fast-check";
import { type Answer, attitudeOf } from "../../../src/loyalty/attitude.ts";
import {
  behaviourOf,
  featuresAt,
  freezeRanks,
  midrank,
  type PurchaseDays,
} from "../../../src/loyalty/behaviour.ts";
import {
  type CohortModel,
  cohortOf,
  PUBLISHED_DEFAULTS,
  publishedSpend,
} from "../../../src/loyalty/model.ts";
import { DEFAULT_RULES, faultsOfRules } from "../../../src/loyalty/rules.ts";
import { conditionOf, MICRO, scoreOf } from "../../../src/loyalty/score.ts";

const NOW = new Date("2026-11-21T00:00:00Z");
const DAY = 86_400_000;
const MEAN = 0.72;
const RULES = DEFAULT_RULES.attitude;

let made = 0;
function said(kind: Answer["kind"], score: number, ageDays: number, relational = true): Answer {
  const [min, max] = { nps: [0, 10], csat: [1, 5], ces: [1, 7], comparative: [0, 10] }[kind] as [
    number,
    number,
  ];
  made++;
  return {
    id: `answer-${String(made).padStart(6, "0")}`,
    kind,
    relational,
    y: (score - min) / (max - min),
    at: new Date(NOW.getTime() - ageDays * DAY),
  };
}
const attitude = (...answers: Answer[]) => attitudeOf(RULES, MEAN, answers, NOW);

const COHORT: CohortModel = {
  cohort: "*|USD",
  model: "mbg-nbd",
  parameters: PUBLISHED_DEFAULTS["mbg-nbd"],
  spend: publishedSpend(35),
  origin: { purchases: "published-default", spend: "published-default" },
  mean: MEAN,
  members: 4,
  rates: freezeRanks([0.02, 0.05, 0.05, 0.2]),
  spends: freezeRanks([20, 30, 40]),
};
const F = { x: 4, tx: 28, t: 30, z: 44 };

/** What an answer adds to the score, in points. */
function points(answers: Answer[]): (number | undefined)[] {
  const a = attitude(...answers);
  const { contributions } = scoreOf(DEFAULT_RULES, a, behaviourOf(DEFAULT_RULES.behaviour, COHORT, F));
  return answers.map((x) => {
    const found = contributions.find((c) => c.id === x.id);
    return found === undefined ? undefined : found.micro / MICRO;
  });
}

const anAnswer = fc
  .record({
    kind: fc.constantFrom("nps" as const, "csat" as const, "ces" as const, "comparative" as const),
    relational: fc.boolean(),
    y: fc.integer({ min: 0, max: 10 }).map((n) => n / 10),
    age: fc.integer({ min: 0, max: 1_500 }),
  })
  .map(({ kind, relational, y, age }): Answer => {
    made++;
    return { id: `a${made}`, kind, relational, y, at: new Date(NOW.getTime() - age * DAY) };
  });

const anUser = fc.record({
  x: fc.integer({ min: 0, max: 60 }),
  t: fc.integer({ min: 0, max: 700 }),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  z: fc.double({ min: 0.5, max: 500, noNaN: true }),
});

describe("attitude", () => {
  it("follows the seven worked cases", () => {
    const t1 = [said("nps", 9, 0), said("csat", 5, 90), said("ces", 6, 180)];
    const one = attitude(...t1);
    expect(one.a).to.be.closeTo(0.846386, 1e-6);
    expect(one.sd).to.be.closeTo(0.186327, 1e-6);
    expect(one.pHigh).to.be.closeTo(0.6975, 5e-5);
    expect(one).to.include({ state: "firm", high: true });
    expect(one.answers.map((x) => +x.weight.toFixed(6)).sort()).to.deep.equal([0.25, 0.494975, 1]);
    const added = points(t1);
    for (const [i, value] of [3.2787, 2.5245, 0.5161].entries()) expect(added[i]).to.be.closeTo(value, 5e-5);

    const two = attitude(said("nps", 3, 180));
    expect(two.a).to.be.closeTo(0.58, 1e-12);
    expect(two.sd).to.be.closeTo(0.312154, 1e-6);
    expect(two.pHigh).to.be.closeTo(0.293, 5e-5);
    expect(two).to.include({ state: "firm", high: false });
    expect(points([said("nps", 3, 180)])).to.deep.equal([-7]);

    expect(attitude()).to.include({ state: "unknown", a: null });
    const four = attitude(said("nps", 10, 720));
    expect(four).to.include({ state: "unknown", a: null });
    expect(four.n).to.be.closeTo(0.0625, 1e-12);

    const five = attitude(said("csat", 4, 0));
    expect(five.a).to.be.closeTo(0.732353, 1e-6);
    expect(five.pHigh).to.be.closeTo(0.4739, 5e-5);
    expect(five).to.include({ state: "provisional", high: false });

    const six = attitude(said("nps", 10, 0));
    expect(six.a).to.be.closeTo(0.86, 1e-12);
    expect(six.pHigh).to.be.closeTo(0.7085, 5e-5);
    expect(points([said("nps", 10, 0)])).to.deep.equal([7]);

    const seven = attitude(said("nps", 10, 0), said("nps", 0, 0));
    expect(seven.a).to.be.closeTo(0.573333, 1e-6);
    expect(seven.state).to.equal("conflicted");
  });

  it("is never lowered by one more answer that is at least as good as any before it", () => {
    fc.assert(
      fc.property(fc.array(anAnswer, { maxLength: 8 }), anAnswer, (answers, more) => {
        const best = { ...more, y: Math.max(more.y, MEAN, ...answers.map((a) => a.y)) };
        const [before, after] = [attitude(...answers), attitude(...answers, best)];
        if (before.a !== null && after.a !== null) expect(after.a).to.be.at.least(before.a - 1e-12);
      }),
    );
  });

  it("is never lowered by an answer that is made better", () => {
    fc.assert(
      fc.property(
        fc.array(anAnswer, { minLength: 1, maxLength: 8 }),
        fc.nat(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (answers, pick, by) => {
          const i = pick % answers.length;
          const one = answers[i] as Answer;
          const better = answers.with(i, { ...one, y: one.y + (1 - one.y) * by });
          const [before, after] = [attitude(...answers).a, attitude(...better).a];
          if (before !== null && after !== null) expect(after).to.be.at.least(before - 1e-12);
        },
      ),
    );
  });

  it("does not depend on the order in which answers come", () => {
    fc.assert(
      fc.property(fc.array(anAnswer, { maxLength: 8 }), (answers) => {
        expect(attitude(...[...answers].reverse())).to.deep.equal(attitude(...answers));
      }),
    );
  });
});

describe("midranks", () => {
  it("count half of the equals, on a distribution that is frozen", () => {
    const ranks = freezeRanks([1, 2, 2, 5]);
    expect([0, 1, 1.5, 2, 3, 5, 9].map((v) => midrank(ranks, v))).to.deep.equal([
      0, 0.125, 0.25, 0.5, 0.75, 0.875, 1,
    ]);
    expect(midrank(freezeRanks([]), 4)).to.equal(0.5);
    expect(midrank(ranks, 2 + 1e-12)).to.equal(0.5);
  });

  it("stay within 1/4096 of the exact ones however many values there are", () => {
    const values = Array.from({ length: 30_000 }, (_, i) => (i * 7_919) % 30_000);
    const ranks = freezeRanks(values);
    expect(ranks.values.length).to.equal(4_096);
    for (const v of [0, 3, 12_345, 29_999])
      expect(midrank(ranks, v)).to.be.closeTo((v + 0.5) / 30_000, 1 / 4_096);
  });
});

describe("the score", () => {
  it("is exactly the sum of its contributions, and lies between 0 and 100", () => {
    fc.assert(
      fc.property(fc.array(anAnswer, { maxLength: 8 }), anUser, (answers, u) => {
        const f = { x: u.x, tx: u.x === 0 ? 0 : u.share * u.t, t: u.t, z: u.x === 0 ? 0 : u.z };
        const b = behaviourOf(DEFAULT_RULES.behaviour, COHORT, f);
        const a = attitude(...answers);
        const s = scoreOf(DEFAULT_RULES, a, b);
        const sum = s.contributions.reduce((total, c) => total + c.micro, 0);
        for (const c of s.contributions) expect(Number.isInteger(c.micro)).to.equal(true);
        if (s.micro === null || a.a === null) {
          expect(a.state).to.equal("unknown");
          expect(s.tierMicro).to.equal(50 * MICRO + 2 * sum);
        } else {
          expect(s.micro).to.equal(sum);
          expect(s.micro / MICRO)
            .to.be.closeTo(50 * a.a + 50 * b.b, 1e-5)
            .and.within(0, 100);
        }
        expect(s.tierMicro / MICRO).to.be.closeTo(100 * b.b, 1e-5);
      }),
    );
  });

  it("names the four conditions", () => {
    expect([
      conditionOf(true, true),
      conditionOf(true, false),
      conditionOf(false, true),
      conditionOf(false, false),
    ]).to.deep.equal(["true", "latent", "spurious", "none"]);
    const b = behaviourOf(DEFAULT_RULES.behaviour, COHORT, F);
    expect(b.high).to.equal(true);
    expect(scoreOf(DEFAULT_RULES, attitude(said("nps", 2, 0)), b)).to.include({ condition: "spurious" });
    expect(scoreOf(DEFAULT_RULES, attitude(), b)).to.include({ condition: null, micro: null });
  });
});

describe("what a member bought", () => {
  const purchases = (entries: [day: number, minor: number][]): PurchaseDays => ({
    days: entries.map(([d]) => d),
    amounts: entries.map(([, m]) => m),
    currency: "USD",
    unit: 100,
  });

  it("becomes repeats, recency and age in weeks and the mean of repeat days", () => {
    const p = purchases([
      [20_000, 5_000],
      [20_014, 2_000],
      [20_021, 4_000],
    ]);
    expect(featuresAt(p, 20_028)).to.deep.equal({ x: 2, tx: 3, t: 4, z: 30 });
    expect(featuresAt(p, 20_013)).to.deep.equal({ x: 0, tx: 0, t: 13 / 7, z: 0 });
    expect(featuresAt(p, 19_999)).to.equal(null);
    expect(cohortOf(20_454, "TWD")).to.equal("2026Q1|TWD");
  });
});

describe("the rules", () => {
  it("that a programme starts from are sound, and unsound ones are named by their place", () => {
    expect(faultsOfRules(DEFAULT_RULES)).to.deep.equal([]);
    const [structure] = DEFAULT_RULES.structures;
    const bad = {
      ...DEFAULT_RULES,
      behaviour: { ...DEFAULT_RULES.behaviour, weights: { alive: 0.5, rate: 0.5, spend: 0.5 } },
      structures: [structure, structure].filter((s) => s !== undefined),
      costCurrency: "ZZZ",
    };
    expect(faultsOfRules(bad).map((f) => `${f.path} ${f.code}`)).to.deep.equal([
      "/behaviour/weights sum",
      "/structures/1/id taken",
      "/costCurrency unknown-currency",
    ]);
  });
});
