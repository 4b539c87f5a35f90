import { expect } from "chai";
import type { Dimension, InvitedCount, Period } from "../../../surveys/metrics/results.store.ts";
import { buildResults } from "../../../surveys/metrics/results.ts";
import { periodOf, type ScoreCount } from "../../../surveys/metrics/scores.store.ts";
import { seeded } from "./simulate.ts";

const counts = (
  by: Dimension | Period | null,
  groups: Record<string, Record<number, number>>,
): ScoreCount[] =>
  Object.entries(groups).flatMap(([key, scores]) =>
    Object.entries(scores).map(([score, n]) => ({
      by,
      key: by === null ? null : key,
      score: Number(score),
      n,
    })),
  );
const invited = (by: Dimension | null, key: string | null, n: number, answered: number): InvitedCount => ({
  by,
  key,
  invited: n,
  answered,
  declined: 0,
  bounced: 0,
});
const input = (scores: ScoreCount[], asked: InvitedCount[] = []) => ({
  metric: "nps" as const,
  scores,
  invited: asked,
  partial: 3,
  regionOf: new Map([
    ["A", "north"],
    ["B", "north"],
    ["C", "south"],
    ["D", "south"],
  ]),
  options: {},
});

describe("results", () => {
  const stores = {
    A: { 10: 30, 8: 10, 2: 10 },
    B: { 10: 10, 8: 10, 2: 30 },
    C: { 10: 20, 8: 20, 2: 10 },
    D: { 9: 3 },
  };
  const scores = [
    ...counts(null, { "": { 10: 60, 9: 3, 8: 40, 2: 50 } }),
    ...counts("store", stores),
    ...counts("region", { north: { 10: 40, 8: 20, 2: 40 }, south: { 10: 20, 9: 3, 8: 20, 2: 10 } }),
  ];

  it("show every figure with its interval and response, and withhold a small store with one that would give it away", () => {
    const r = buildResults(input(scores, [invited(null, null, 400, 153), invited("store", "A", 100, 50)]));
    expect(r.total?.n).to.equal(153);
    expect(r.response).to.include({ invited: 400, answered: 153, partial: 3, rate: 153 / 400 });
    // Agresti–Coull: (153 + 1.92) / (400 + 3.84), ± 1.96 of its standard error.
    expect(r.response?.interval?.low).to.be.closeTo(0.3362, 0.0005);
    expect(r.response?.interval?.high).to.be.closeTo(0.431, 0.0005);
    const of = (key: string) => r.by.store.groups.find((g) => g.key === key);
    expect(of("D")).to.deep.equal({ key: "D", withheld: "small-group" });
    expect(of("C")).to.deep.equal({ key: "C", withheld: "complementary" });
    expect(of("A")).to.include({ invited: 100, responseRate: 0.5 });
    expect(r.withheldGroups).to.equal(2);
    expect(JSON.stringify(of("D"))).to.not.match(/\d/);
  });
  it("say which groups differ from the others beyond chance, corrected for how many are looked at", () => {
    const r = buildResults(input(scores));
    const tests = Object.fromEntries(
      r.by.store.groups.flatMap((g) => ("withheld" in g ? [] : [[g.key, g.againstOthers?.significant]])),
    );
    expect(tests).to.deep.equal({ A: true, B: true });
  });
  it("withhold everything, periods too, when too few answered at all", () => {
    const few = [
      ...counts(null, { "": { 10: 4 } }),
      ...counts("store", { A: { 10: 4 } }),
      ...counts("month", { "2026-01-01": { 10: 4 } }),
    ];
    const r = buildResults(input(few));
    expect([r.total, r.withheld, r.distribution, r.response]).to.deep.equal([
      null,
      "small-group",
      null,
      null,
    ]);
    expect(r.by.store.groups).to.deep.equal([{ key: "A", withheld: "small-group" }]);
    expect(r.trends.month.points.map((p) => [p.estimate, p.withheld])).to.deep.equal([[null, "small-group"]]);
  });
  it("keep gaps in a trend as time that passed", () => {
    const r = buildResults(
      input([
        ...counts(null, { "": { 10: 40, 2: 20 } }),
        ...counts("month", { "2026-01-01": { 10: 10, 2: 10 }, "2026-04-01": { 10: 30, 2: 10 } }),
      ]),
    );
    expect(r.trends.month.points.map((p) => [p.period, p.estimate?.n ?? null])).to.deep.equal([
      ["2026-01-01", 20],
      ["2026-02-01", null],
      ["2026-03-01", null],
      ["2026-04-01", 40],
    ]);
    expect(r.trends.month.points[3]?.change?.difference).to.be.closeTo(50, 1e-9);
  });
  it("do not depend on the order of the counts", () => {
    const random = seeded(5);
    const shuffled = scores
      .map((s) => ({ s, k: random() }))
      .sort((a, b) => a.k - b.k)
      .map((x) => x.s);
    expect(buildResults(input(shuffled))).to.deep.equal(buildResults(input(scores)));
  });
  it("know the first day of a week, month and quarter", () => {
    expect((["week", "month", "quarter"] as const).map((p) => periodOf(p, "2026-11-22"))).to.deep.equal([
      "2026-11-16",
      "2026-11-01",
      "2026-10-01",
    ]);
  });
});
