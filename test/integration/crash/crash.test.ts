import { type LastingStores, lastingStores } from "./stores.ts";
import { survive } from "./survive.ts";

const TIMES = 5;

/** A seed of its own for each run; the title names it. */
const seed = Date.now() % 2 ** 31;

describe("a server that is killed", () => {
  let stores: LastingStores;
  before(async () => {
    stores = await lastingStores("crash");
  });
  after(() => stores.drop());

  it(`keeps all that it acknowledged exactly once, leaves nothing half done, and starts again without help, ${TIMES} times (seed ${seed})`, async function () {
    this.timeout(900_000);
    await survive(stores, TIMES, seed);
  });
});
