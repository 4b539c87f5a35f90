import { expect } from "chai";
import { coverage, simulateCes, simulateCsat, simulateNps } from "../unit/surveys/simulate.ts";

describe("metrics: coverage of the 95 % interval over 10,000 simulated surveys", () => {
  for (const [name, simulate] of [
    ["NPS", simulateNps],
    ["CSAT", simulateCsat],
    ["CES", simulateCes],
  ] as const) {
    for (const n of [10, 20, 50, 100, 300, 1_000]) {
      it(`holds the truth between 93 and 97 % of the time for ${name} of ${n} answers`, () => {
        expect(coverage(10_000, n, 7_000 + n, simulate)).to.be.within(0.93, 0.97);
      });
    }
  }
});
