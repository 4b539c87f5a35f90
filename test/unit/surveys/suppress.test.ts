import { expect } from "chai";
import fc from "fast-check";
import { type Cell, K_COMMENT, K_METRIC, withhold } from "../../../surveys/metrics/suppress.ts";

const cells = (...sizes: number[]): Cell[] => sizes.map((n, i) => ({ key: `g${i}`, n }));
const shown = (all: readonly Cell[], hidden: ReadonlyMap<string, string>) =>
  all.filter((c) => !hidden.has(c.key));

describe("small groups", () => {
  it("are those of fewer than 5 answers, or 8 comments", () => {
    expect([K_METRIC, K_COMMENT]).to.deep.equal([5, 8]);
    expect([...withhold(cells(5, 6), 5)]).to.deep.equal([]);
  });
  it("take the next smallest with them, since the total is known", () => {
    expect([...withhold(cells(4, 90, 12), 5)]).to.deep.equal([
      ["g0", "small-group"],
      ["g2", "complementary"],
    ]);
  });
  it("take nobody with them when together they are enough", () => {
    expect([...withhold(cells(4, 3, 90), 5).values()]).to.deep.equal(["small-group", "small-group"]);
  });
  it("are not only two whose sum is small", () => {
    expect([...withhold(cells(1, 2, 90, 40), 5).keys()]).to.deep.equal(["g0", "g1", "g3"]);
  });
  it("are protected inside the region that is shown too", () => {
    const stores: Cell[] = [
      { key: "n1", n: 3, parent: "north" },
      { key: "n2", n: 50, parent: "north" },
      { key: "s1", n: 4, parent: "south" },
      { key: "s2", n: 20, parent: "south" },
      { key: "s3", n: 30, parent: "south" },
    ];
    expect([...withhold(stores, 5).keys()].sort()).to.deep.equal(["n1", "n2", "s1", "s2"]);
  });
  it("do not let a withheld region come out of its stores", () => {
    const stores: Cell[] = [
      { key: "n1", n: 10, parent: "north" },
      { key: "n2", n: 50, parent: "north" },
      { key: "s1", n: 2, parent: "south" },
    ];
    const hidden = withhold(
      stores,
      5,
      new Map([
        ["north", "complementary"],
        ["south", "small-group"],
      ]),
    );
    expect([...hidden.keys()].sort()).to.deep.equal(["n1", "s1"]);
  });
  it("never leave fewer than two groups, or fewer than k answers, to whoever subtracts what is shown", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 12 }), { maxLength: 12 }), fc.constantFrom(5, 8), (sizes, k) => {
        const all = cells(...sizes);
        const hidden = withhold(all, k);
        for (const c of shown(all, hidden)) expect(c.n === 0 || c.n >= k).to.equal(true);
        const lost = all.filter((c) => hidden.has(c.key));
        if (lost.length === 0) return;
        const everything = shown(all, hidden).every((c) => c.n === 0);
        const sum = lost.reduce((s, c) => s + c.n, 0);
        expect(everything || (lost.length >= 2 && sum >= k)).to.equal(true);
      }),
    );
  });
});
