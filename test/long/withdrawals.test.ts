import fc from "fast-check";
import { loseNoWithdrawal, type Moment } from "../integration/crash/lose-no-withdrawal.ts";
import { type LastingStores, lastingStores } from "../integration/crash/stores.ts";

const TIMES = 30;

/** A seed of its own for each run; the title names it. */
const seed = Date.now() % 2 ** 31;

const aMoment: fc.Arbitrary<Moment> = fc.record({
  kill: fc.constantFrom("server", "recipient", "both"),
  after: fc.constantFrom("acknowledged", "told"),
  count: fc.integer({ min: 1, max: 6 }),
  moreMs: fc.nat(600),
});

describe("withdrawals and webhooks, when server and recipient are killed again and again", () => {
  let stores: LastingStores;
  before(async () => {
    stores = await lastingStores("crash-consent-long", { CANDOR_OUTBOUND_ALLOW: "127.0.0.1" });
  });
  after(() => stores.drop());

  it(`lose none that was acknowledged and skip no webhook, ${TIMES} times (seed ${seed})`, () =>
    loseNoWithdrawal(stores, fc.sample(aMoment, { numRuns: TIMES, seed })));
});
