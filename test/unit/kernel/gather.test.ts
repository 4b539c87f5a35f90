import { expect } from "chai";
import fc from "fast-check";
import { gather } from "../../../src/kernel/gather.ts";

/** A piece of work that ends when the test says so. */
function heldWork(fails: (asks: readonly number[]) => boolean = () => false) {
  const groups: (readonly number[])[] = [];
  const ends: (() => void)[] = [];
  const work = (asks: readonly number[]) => {
    groups.push(asks);
    return new Promise<string[]>((resolve, reject) => {
      ends.push(() =>
        fails(asks) ? reject(new Error(`no ${asks.join()}`)) : resolve(asks.map((n) => `<${n}>`)),
      );
    });
  };
  /** Ends the group that was begun as the n-th, and lets everything that follows from it happen. */
  const end = async (n: number) => {
    ends[n]?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { groups, work, end };
}

describe("asks that are gathered", () => {
  it("begin at once while a lane is free, and then go together in the order in which they came", async () => {
    const { groups, work, end } = heldWork();
    const ask = gather({ lanes: 1, most: 3, work });
    const answers = [1, 2, 3, 4, 5].map(ask);
    expect(groups).to.deep.equal([[1]]);
    await end(0);
    expect(groups).to.deep.equal([[1], [2, 3, 4]]);
    await end(1);
    await end(2);
    expect(await Promise.all(answers)).to.deep.equal(["<1>", "<2>", "<3>", "<4>", "<5>"]);
    expect(groups).to.deep.equal([[1], [2, 3, 4], [5]]);
  });

  it("wait for others a while after a group was begun, also where a lane is free", async () => {
    const groups: (readonly number[])[] = [];
    const work = async (asks: readonly number[]) => {
      groups.push(asks);
      return asks;
    };
    const ask = gather({ lanes: 2, most: 9, apartMs: 5, work });
    const answers = [1, 2, 3].map(ask);
    expect(groups).to.deep.equal([[1]]);
    expect(await Promise.all(answers)).to.deep.equal([1, 2, 3]);
    expect(groups).to.deep.equal([[1], [2, 3]]);
  });

  it("suffer only for themselves when a group fails", async () => {
    const { groups, work, end } = heldWork((asks) => asks.includes(3));
    const ask = gather({ lanes: 1, most: 9, work });
    const answers = [1, 2, 3, 4].map((n) => ask(n).catch((error: Error) => error.message));
    for (let n = 0; n < 5; n++) await end(n);
    expect(groups).to.deep.equal([[1], [2, 3, 4], [2], [3], [4]]);
    expect(await Promise.all(answers)).to.deep.equal(["<1>", "<2>", "no 3", "<4>"]);
  });

  it("are all told of an error that is no ask's own", async () => {
    const { groups, work, end } = heldWork(() => true);
    const ask = gather({ lanes: 1, most: 9, isEverybodys: () => true, work });
    const answers = [1, 2, 3].map((n) => ask(n).catch((error: Error) => error.message));
    for (let n = 0; n < 2; n++) await end(n);
    expect(await Promise.all(answers)).to.deep.equal(["no 1", "no 2,3", "no 2,3"]);
    expect(groups).to.deep.equal([[1], [2, 3]]);
  });

  it("are each answered with their own answer, however many lanes there are and in whatever order groups end", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 12 }),
        async (s, lanes, most, count) => {
          let under = 0;
          const ask = gather({
            lanes,
            most,
            work: async (asks: readonly number[]) => {
              expect(++under).to.be.at.most(lanes);
              expect(asks.length).to.be.at.most(most);
              const answers = await s.schedule(Promise.resolve(asks.map((n) => n * 10)));
              under--;
              return answers;
            },
          });
          const asked = Array.from({ length: count }, (_, n) => ask(n));
          const all = Promise.all(asked);
          expect(await s.waitFor(all)).to.deep.equal(asked.map((_, n) => n * 10));
        },
      ),
      { numRuns: 50 },
    );
  });
});
