import { type LastingStores, lastingStores } from "./stores.ts";
import { survive } from "./survive.ts";

describe("a server that is killed", () => {
  let stores: LastingStores;
  before(async () => {
    stores = await lastingStores("crash");
  });
  after(() => stores.drop());

  it("keeps all that it acknowledged exactly once, leaves nothing half done, and starts again without help", async function () {
    this.timeout(900_000);
    await survive(stores, 3, 1);
  });
});
