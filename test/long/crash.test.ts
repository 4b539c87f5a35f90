import { type LastingStores, lastingStores } from "../integration/crash/stores.ts";
import { survive } from "../integration/crash/survive.ts";

const TIMES = 50;

/** A seed of its own for each run; the title names it. */
const seed = Date.now() % 2 ** 31;

describe("a server that is killed again and again", () => {
  let stores: LastingStores;
  before(async () => {
    stores = await lastingStores("crash-long");
  });
  after(() => stores.drop());

  it(`keeps all that it acknowledged exactly once, ${TIMES} times (seed ${seed})`, () =>
    survive(stores, TIMES, seed));
});
