import { expect } from "chai";
import { type Counts, healthOf } from "../../../web/src/areas/operate/health.ts";

const counts = (more: Partial<Counts>): Counts => ({
  source: "a",
  lastDay: "2026-03-01",
  accepted: 0,
  duplicate: 0,
  quarantined: 0,
  refused: 0,
  ...more,
});

describe("the health of a source", () => {
  it("tells what was never heard of, what fell silent, what mostly cannot be used, and what is well", () => {
    expect(healthOf(undefined)).to.equal("never");
    expect(healthOf(counts({}))).to.equal("silent");
    expect(healthOf(counts({ accepted: 94, quarantined: 4, refused: 2 }))).to.equal("refused");
    expect(healthOf(counts({ accepted: 90, duplicate: 5, quarantined: 5 }))).to.equal("well");
  });
});
