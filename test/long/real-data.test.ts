import { expect } from "chai";
import { formatSet } from "../../scripts/real-data/report.ts";
import { DATA_SETS, reasonToSkip, runSet } from "../../scripts/real-data/run.ts";

describe("data that nobody on this project wrote", () => {
  for (const set of DATA_SETS) {
    const missing = reasonToSkip(set);
    const title = `goes through the doors and agrees with an independent count: ${set.title}`;
    if (missing !== null) {
      it.skip(`${title} (skipped: ${missing})`);
      continue;
    }
    it(title, async () => {
      const report = await runSet(set);
      if ("skipped" in report) throw new Error(report.skipped);
      expect(report.checks).not.to.be.empty;
      expect(
        report.checks.filter((c) => !c.ok),
        formatSet(report),
      ).to.deep.equal([]);
    });
  }
});
