import { interleave } from "./interleave.ts";

describe("events, merges, splits, consents, requests, holds, erasures, replays, returns, backups and restores in any order", () => {
  it("never bring back who was erased, never shut out who was not, and leave no byte that leads to them", async function () {
    this.timeout(600_000);
    await interleave("interleavings", { runs: 8, commands: 20 });
  });
});
