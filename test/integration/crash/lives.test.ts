import { expect } from "chai";
import { expectRotated, type Lives, livesOnStores, runsOf } from "./lives.ts";

/** One moment of each; `test/long/lives.test.ts` goes through all. */
describe("a process that is killed at a chosen moment", function () {
  this.timeout(900_000);
  let lives: Lives;
  before(async () => {
    lives = await livesOnStores("lives");
  });
  after(() => lives.drop());

  it("leaves an erasure, a rotation of the index key and a restored backup that the next ones end, once, with everybody else found all the while", async () => {
    const known = Array.from({ length: 6 }, (_, n) => `stays-${n}`);
    const gone = ["gone"];
    await lives.live(
      [
        { kind: "join", cards: [...known, ...gone] },
        { kind: "erase", card: "gone" },
      ],
      { dieAt: "within destroy-keys" },
    );
    await lives.live([{ kind: "rotate", what: "index" }], { dieAt: 17, known, gone });
    expectRotated(await lives.live([{ kind: "rotate", what: "index" }], { known, gone }), "index");
    await lives.live([{ kind: "replay" }], { dieAt: 12, rollsBack: true });
    const said = await lives.live([{ kind: "replay" }, { kind: "rotate", what: "index" }], { known, gone });
    expect(runsOf(said, "erasure"), "of the rows that came back").to.deep.equal(["completed 1"]);
    expect(said?.running).to.equal(0);
  });
});
