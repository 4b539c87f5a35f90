import { expect } from "chai";
import fc from "fast-check";
import { countOccurrences } from "../../../../pipelines/files/occurrences.ts";

describe("numbering equal rows", () => {
  it("counts every content by itself, as a map would", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("a", "b", "c", "", "aa"), { maxLength: 50 }), (contents) => {
        const seen = countOccurrences();
        const map = new Map<string, number>();
        for (const content of contents) {
          map.set(content, (map.get(content) ?? 0) + 1);
          expect(seen.next(content)).to.equal(map.get(content));
        }
      }),
      { numRuns: 100 },
    );
  });

  it("keeps its counts while it grows", () => {
    const seen = countOccurrences();
    for (const round of [1, 2]) {
      for (let i = 0; i < 20_000; i++) expect(seen.next(`row ${i}`)).to.equal(round);
    }
  });
});
