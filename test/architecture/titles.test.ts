import { expect } from "chai";
import type { Suite } from "mocha";

/** Full titles that stand more than once under a suite. */
function repeatedTitles(suite: Suite): string[] {
  const seen = new Map<string, number>();
  suite.eachTest((test) => {
    const title = test.fullTitle();
    seen.set(title, (seen.get(title) ?? 0) + 1);
  });
  return [...seen].filter(([, times]) => times > 1).map(([title, times]) => `${times} × ${title}`);
}

describe("the titles of tests", () => {
  it("are each used once, so that a failure names one test", function () {
    let root = this.test?.parent;
    while (root?.parent !== undefined) root = root.parent;
    expect(repeatedTitles(root as Suite)).to.deep.equal([]);
  });
});
