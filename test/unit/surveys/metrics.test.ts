import { expect } from "chai";
import fc from "fast-check";
import { countedAnswers, histogramOfAnswers, type ScoredAnswer } from "../../../surveys/metrics/answers.ts";
import { compare, holm } from "../../../surveys/metrics/compare.ts";
import { normalCdf, t975 } from "../../../surveys/metrics/distributions.ts";
import { optionDriver, scaleDriver } from "../../../surveys/metrics/drivers.ts";
import { type Estimate, estimate, finiteCorrection, sampleSize } from "../../../surveys/metrics/estimate.ts";
import {
  addHistograms,
  type Histogram,
  histogramOf,
  METRICS,
  type Metric,
  SCALE_OF,
} from "../../../surveys/metrics/histogram.ts";
import { responseMix, responseRate, weightToInvited } from "../../../surveys/metrics/response.ts";
import { slopeOf, trendOf } from "../../../surveys/metrics/trend.ts";
import { coverage, simulateNps } from "./simulate.ts";

const nps = (promoters: number, passives: number, detractors: number): Histogram => ({
  metric: "nps",
  counts: [detractors, 0, 0, 0, 0, 0, 0, 0, passives, 0, promoters],
});
const got = (e: Estimate | null): Estimate => {
  if (e === null) throw new Error("there is no figure");
  return e;
};
const metricArb = fc.constantFrom<Metric>(...METRICS);
const histogramArb = metricArb.chain((metric) => {
  const [min, max] = SCALE_OF[metric];
  return fc
    .array(fc.integer({ min, max }), { minLength: 1, maxLength: 60 })
    .map((scores) => ({ metric, scores, histogram: histogramOf(metric, scores) }));
});

describe("metrics: the worked cases of the reference", () => {
  it("gives 33.33 with SE 4.14, MOE 8.12 and adjusted 33.03 [24.95, 41.11] for 162, 108 and 54", () => {
    const e = got(estimate(nps(162, 108, 54)));
    expect(e.value).to.be.closeTo(33.3333, 0.0001);
    expect(e.se).to.be.closeTo(4.14, 0.005);
    expect(e.moe).to.be.closeTo(8.12, 0.005);
    expect(e.centre).to.be.closeTo(33.03, 0.005);
    expect(e.low).to.be.closeTo(24.95, 0.005);
    expect(e.high).to.be.closeTo(41.11, 0.005);
  });
  it("gives 33.33 with variance 5/9 and SE 30.4 for 0, 7, 7, 9, 9, 9", () => {
    const e = got(estimate(histogramOf("nps", [0, 7, 7, 9, 9, 9])));
    expect(e.value).to.be.closeTo(33.3333, 0.0001);
    expect((e.se / 100) ** 2 * 6).to.be.closeTo(5 / 9, 1e-12);
    expect(e.se).to.be.closeTo(30.4, 0.05);
  });
  it("gives no figure without answers, never 0", () => {
    for (const metric of METRICS) expect(estimate(histogramOf(metric, []))).to.equal(null);
  });
  it("gives a CES mean of 4.08 for the published counts", () => {
    const e = got(estimate({ metric: "ces", counts: [80, 210, 140, 110, 160, 180, 120] }));
    expect(e.method).to.equal("ces-mean");
    expect(e.value).to.be.closeTo(4.08, 0.005);
  });
  it("gives 50 % agreement for 10 of 20, and says by which method", () => {
    const e = got(estimate({ metric: "ces", counts: [10, 0, 0, 0, 4, 3, 3] }, { ces: "agree" }));
    expect([e.method, e.value]).to.deep.equal(["ces-agree", 50]);
  });
  it("takes CSAT as the share of 4 and 5", () => {
    expect(got(estimate(histogramOf("csat", [1, 2, 3, 4, 5]))).value).to.equal(40);
  });
  it("corrects for a finite population only above 5 % of it", () => {
    expect(finiteCorrection(5, 100)).to.equal(1);
    expect(finiteCorrection(6, 100)).to.be.closeTo(Math.sqrt(94 / 99), 1e-12);
    expect(finiteCorrection(100, 100)).to.equal(0);
    const [all, some] = [estimate(nps(162, 108, 54)), estimate(nps(162, 108, 54), { population: 1_000 })];
    expect(got(some).se / got(all).se).to.be.closeTo(Math.sqrt((1_000 - 324) / 999), 1e-12);
    expect([got(all).corrected, got(some).corrected]).to.deep.equal([false, true]);
  });
  it("refuses scores that are not on the scale, also those of a scale from 1 to 10", () => {
    for (const wrong of [11, 99, -1, 7.5, Number.NaN])
      expect(() => histogramOf("nps", [wrong])).to.throw(RangeError);
    expect(() => histogramOf("csat", [0])).to.throw(RangeError);
    expect(() => histogramOf("ces", [8])).to.throw(RangeError);
  });
  it("says how many answers a margin of error asks for", () => {
    expect(sampleSize(0.5, 54 / 324, 8.1165)).to.be.within(323, 325);
  });
});

describe("metrics: comparing", () => {
  it("tests two waves by the difference over the root of the summed squared errors", () => {
    const [a, b] = [got(estimate(nps(162, 108, 54))), got(estimate(nps(120, 110, 94)))];
    const c = compare(a, b);
    expect(c?.z).to.be.closeTo((a.centre - b.centre) / Math.hypot(a.adjustedSe, b.adjustedSe), 1e-12);
    expect(c?.significant).to.equal(true);
    expect(c?.difference).to.be.closeTo(a.value - b.value, 1e-12);
  });
  it("does not call three happy people against three unhappy ones certain", () => {
    const c = compare(estimate(nps(1, 0, 0)), estimate(nps(0, 0, 1)));
    expect(c?.significant).to.equal(false);
  });
  it("compares nothing with a missing figure and refuses figures of different methods", () => {
    expect(compare(null, estimate(nps(1, 1, 1)))).to.equal(null);
    expect(() => compare(estimate(nps(1, 1, 1)), estimate(histogramOf("csat", [5])))).to.throw(RangeError);
  });
  it("raises the p-values of many comparisons after Holm", () => {
    expect(holm([0.01, 0.04, 0.03]).map((p) => Math.round(p * 1e6) / 1e6)).to.deep.equal([0.03, 0.06, 0.06]);
  });
  it("knows the normal and Student's quantiles", () => {
    expect(normalCdf(1.959964)).to.be.closeTo(0.975, 1e-6);
    expect(normalCdf(0)).to.be.closeTo(0.5, 1e-7);
    const published = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];
    published.forEach((t, i) => {
      expect(t975(i + 1), `df ${i + 1}`).to.be.closeTo(t, 0.02);
    });
    expect(t975(30)).to.be.closeTo(2.042, 0.001);
  });
});

describe("metrics: which answers count", () => {
  const at = (day: number) => new Date(Date.UTC(2026, 0, day));
  const answer = (id: string, over: Partial<ScoredAnswer> = {}): ScoredAnswer => ({
    answerId: id,
    memberId: null,
    metric: "nps",
    surveyClass: "relational",
    score: 9,
    at: at(5),
    complete: true,
    ...over,
  });
  const window = { from: at(1), to: at(31) };

  it("takes a member's latest answer, each anonymous one, and no partial one", () => {
    const counted = countedAnswers(
      [
        answer("a", { memberId: "m", at: at(2), score: 0 }),
        answer("b", { memberId: "m", at: at(9), score: 10 }),
        answer("c", { memberId: "m", at: at(12), complete: false }),
        answer("d"),
        answer("e"),
        answer("f", { at: at(31) }),
      ],
      window,
    );
    expect(counted.map((a) => a.answerId).sort()).to.deep.equal(["b", "d", "e"]);
  });
  it("never pools relational with transactional answers, nor two metrics", () => {
    expect(() =>
      countedAnswers([answer("a"), answer("b", { surveyClass: "transactional" })], window),
    ).to.throw(RangeError);
    expect(() => countedAnswers([answer("a"), answer("b", { metric: "csat" })], window)).to.throw(RangeError);
  });
  it("does not depend on the order in which answers came", () => {
    const answers = fc.array(
      fc.record({
        m: fc.integer({ min: 0, max: 5 }),
        d: fc.integer({ min: 1, max: 30 }),
        s: fc.integer({ min: 0, max: 10 }),
      }),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(answers, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (list, keys) => {
        const all = list.map((a, i) =>
          answer(String(i).padStart(3, "0"), {
            memberId: a.m === 0 ? null : `m${a.m}`,
            at: at(a.d),
            score: a.s,
          }),
        );
        const shuffled = all
          .map((a) => ({ a, k: keys.next().value }))
          .sort((x, y) => x.k - y.k)
          .map((x) => x.a);
        const figure = (of: ScoredAnswer[]) =>
          estimate(histogramOfAnswers("nps", countedAnswers(of, window)));
        expect(figure(shuffled)).to.deep.equal(figure(all));
      }),
    );
  });
});

describe("metrics: properties", () => {
  it("keeps every figure and interval inside the scale, with the observed figure near its centre", () => {
    const bounds: Record<string, readonly [number, number]> = {
      nps: [-100, 100],
      "csat-top-two": [0, 100],
      "ces-mean": [1, 7],
      "ces-agree": [0, 100],
    };
    fc.assert(
      fc.property(
        histogramArb,
        fc.option(fc.integer({ min: 1, max: 200 }), { nil: undefined }),
        ({ histogram }, population) => {
          for (const ces of ["mean", "agree"] as const) {
            const e = got(estimate(histogram, { ces, ...(population === undefined ? {} : { population }) }));
            const [min, max] = bounds[e.method] as readonly [number, number];
            for (const x of [e.value, e.low, e.high]) expect(x).to.be.within(min - 1e-9, max + 1e-9);
            expect(e.low).to.be.at.most(e.high);
            expect(e.se).to.be.at.least(0);
          }
        },
      ),
    );
  });
  it("weighs groups by their answers: the whole is the weighted mean of its parts, never the mean of means", () => {
    fc.assert(
      fc.property(
        metricArb,
        fc.array(fc.array(fc.nat({ max: 1_000 }), { minLength: 1, maxLength: 9 }), {
          minLength: 2,
          maxLength: 5,
        }),
        (metric, groups) => {
          const [min, max] = SCALE_OF[metric];
          const parts = groups.map((g) =>
            histogramOf(
              metric,
              g.map((s) => min + (s % (max - min + 1))),
            ),
          );
          const whole = got(estimate(addHistograms(metric, parts)));
          const figures = parts.map((p) => got(estimate(p)));
          const mean = figures.reduce((s, f) => s + f.n * f.value, 0) / figures.reduce((s, f) => s + f.n, 0);
          expect(whole.value).to.be.closeTo(mean, 1e-9);
        },
      ),
    );
  });
  it("narrows as answers grow and never widens by the finite population", () => {
    fc.assert(
      fc.property(histogramArb, fc.integer({ min: 60, max: 500 }), ({ histogram }, population) => {
        const e = got(estimate(histogram));
        const corrected = got(estimate(histogram, { population }));
        expect(corrected.se).to.be.at.most(e.se + 1e-12);
        const ten = got(estimate({ ...histogram, counts: histogram.counts.map((c) => c * 10) }));
        expect(ten.high - ten.low).to.be.at.most(e.high - e.low + 1e-9);
      }),
    );
  });
  it("covers the truth about 95 times in a hundred", () => {
    for (const n of [10, 50, 200]) {
      const share = coverage(600, n, 42 + n, simulateNps);
      expect(share, `n=${n}`).to.be.within(0.92, 0.985);
    }
  });
});

describe("metrics: trends, response and drivers", () => {
  it("compares each period with the last that has a figure and finds a slope that is there", () => {
    const figures = [0, 1, 2, 3, 4, 5].map((i) => estimate(nps(100 + 12 * i, 100, 100 - 12 * i)));
    const trend = trendOf(
      [figures[0], null, figures[5]].map((e, i) => ({ period: `2026-0${i + 1}`, estimate: e ?? null })),
    );
    expect(trend.map((t) => t.change?.significant ?? null)).to.deep.equal([null, null, true]);
    const slope = slopeOf(figures);
    expect(slope?.perPeriod).to.be.closeTo(8, 0.5);
    expect(slope?.significant).to.equal(true);
    expect(slopeOf(figures.slice(0, 2))).to.equal(null);
  });
  it("counts the rate over those the invitation reached and shows who is missing", () => {
    expect(responseRate({ invited: 110, answered: 25, bounced: 10 })).to.equal(0.25);
    expect(responseRate({ invited: 0, answered: 0, bounced: 0 })).to.equal(null);
    const mix = responseMix([
      { key: "young", invited: 500, answered: 50 },
      { key: "old", invited: 500, answered: 200 },
    ]);
    expect(mix.map((m) => [m.key, m.invitedShare, m.answeredShare, m.skewed])).to.deep.equal([
      ["young", 0.5, 0.2, true],
      ["old", 0.5, 0.8, true],
    ]);
  });
  it("weights to the invited mix, and not when a group is silent", () => {
    const [happy, unhappy] = [estimate(nps(80, 10, 10)), estimate(nps(10, 10, 80))];
    const weighted = weightToInvited([
      { invited: 50, estimate: happy },
      { invited: 150, estimate: unhappy },
    ]);
    expect(weighted?.value).to.be.closeTo(0.25 * 70 - 0.75 * 70, 1e-9);
    expect(
      weightToInvited([
        { invited: 1, estimate: null },
        { invited: 1, estimate: happy },
      ]),
    ).to.equal(null);
  });
  it("finds the question that moves with the score and not the one that does not", () => {
    const pairs = Array.from({ length: 200 }, (_, i) => ({
      score: i % 11,
      moving: Math.floor((i % 11) / 2),
      still: (i * 7) % 5,
    }));
    const moving = scaleDriver(
      "q1",
      pairs.map((p) => ({ answer: p.moving, score: p.score })),
    );
    const still = scaleDriver(
      "q2",
      pairs.map((p) => ({ answer: p.still, score: p.score })),
    );
    expect(moving?.effect).to.be.greaterThan(0.95);
    expect([moving?.significant, still?.significant]).to.deep.equal([true, false]);
    expect(scaleDriver("q3", [{ answer: 1, score: 2 }])).to.equal(null);
  });
  it("states the difference an option makes with Welch's interval", () => {
    const d = optionDriver(
      "q",
      "queue",
      { n: 10, sum: 40, squares: 180 },
      { n: 20, sum: 160, squares: 1_320 },
    );
    expect(d?.effect).to.equal(-4);
    expect(d?.significant).to.equal(true);
    expect(optionDriver("q", "rare", { n: 7, sum: 1, squares: 1 }, { n: 20, sum: 1, squares: 1 })).to.equal(
      null,
    );
  });
});
