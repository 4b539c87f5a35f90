import { HOUR } from "../../src/kernel/clock.ts";
import { killErasures } from "../integration/crash/kill-erasures.ts";
import { lastingStores } from "../integration/crash/stores.ts";
import { interleave } from "../integration/erasure/interleave.ts";

describe("erasures, at length", function () {
  this.timeout(4 * HOUR);
  it("hold in long interleavings of all that may happen around them", () =>
    interleave("long-erasures", { runs: Number(process.env.LONG_RUNS ?? 300), commands: 60 }));

  it("survive many kills", async () => {
    const stores = await lastingStores("long-erasures-killed");
    await killErasures(stores, Number(process.env.LONG_MEMBERS ?? 200), Number(process.env.LONG_KILLS ?? 20));
    await stores.drop();
  });
});
