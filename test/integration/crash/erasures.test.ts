import { killErasures } from "./kill-erasures.ts";
import { type LastingStores, lastingStores } from "./stores.ts";

describe("a server that is killed while it erases", () => {
  let stores: LastingStores;
  before(async () => {
    stores = await lastingStores("erasures");
  });
  after(() => stores.drop());

  it("finishes every erasure once, and nobody comes back", async function () {
    this.timeout(300_000);
    await killErasures(stores, 20, 1);
  });
});
