import { loseNoWithdrawal } from "./lose-no-withdrawal.ts";
import { type LastingStores, lastingStores } from "./stores.ts";

describe("withdrawals and webhooks, when server and recipient are killed", function () {
  this.timeout(600_000);
  let stores: LastingStores;
  before(async () => {
    stores = await lastingStores("crash-consent", { CANDOR_OUTBOUND_ALLOW: "127.0.0.1" });
  });
  after(() => stores.drop());

  it("lose no acknowledged withdrawal and skip no webhook", () =>
    loseNoWithdrawal(stores, [
      { kill: "server", after: "acknowledged", count: 3, moreMs: 0 },
      { kill: "recipient", after: "told", count: 1, moreMs: 0 },
      { kill: "server", after: "told", count: 2, moreMs: 3 },
      { kill: "both", after: "acknowledged", count: 6, moreMs: 250 },
    ]));
});
