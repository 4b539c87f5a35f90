import { expect } from "chai";
import { scorePairs } from "../../../scripts/demo/score.ts";
import { type DemoSummary, formatSummary } from "../../../scripts/demo/summary.ts";

const SUMMARY: DemoSummary = {
  people: 30,
  seed: 1,
  requests: 12,
  seconds: 2,
  eventsPerSecond: 617.4,
  sources: [
    {
      source: "Tills GB",
      kind: "pos",
      counts: { accepted: 1_200, duplicate: 3, quarantined: 12, refused: 0 },
    },
    {
      source: "Web shop GB",
      kind: "web",
      counts: { accepted: 20, duplicate: 0, quarantined: 0, refused: 0 },
    },
  ],
  members: 31,
  knownMembers: 28,
  subjects: 60,
  merges: 25,
  contested: 4,
  quarantined: [{ code: "invalid-amount", count: 12, because: "An amount could not be read." }],
  example: {
    memberId: "m",
    subjects: 3,
    identifiers: 5,
    url: "http://127.0.0.1:1/v1/members/m?purpose=service",
  },
  consents: null,
  score: null,
};

describe("the demo's summary", () => {
  it("adds the verdicts of all sources up and sets the columns flush", () => {
    const lines = formatSummary(SUMMARY).split("\n");
    expect(lines).to.include("  all                     1,220           3            12         0");
    expect(lines).to.include("  invalid-amount   12   An amount could not be read.");
    expect(lines).to.include("12 requests in 2.0 s: 617 events/s");
  });

  it("says so when nothing was quarantined", () => {
    expect(formatSummary({ ...SUMMARY, quarantined: [] })).to.include("Quarantined, and why\n  nothing");
  });

  it("scores a grouping by its pairs", () => {
    const named = (person: string, memberId: string) => ({ person, memberId });
    expect(scorePairs([named("a", "1"), named("a", "1"), named("b", "2")])).to.deep.equal({
      pairs: 1,
      precision: 1,
      recall: 1,
    });
    expect(scorePairs([named("a", "1"), named("a", "2"), named("b", "2")])).to.deep.equal({
      pairs: 1,
      precision: 0,
      recall: 0,
    });
    expect(scorePairs([])).to.deep.equal({ pairs: 0, precision: 1, recall: 1 });
  });
});
