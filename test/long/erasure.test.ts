import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { fixedClock } from "../../src/kernel/clock.ts";
import { killErasures } from "../integration/crash/kill-erasures.ts";
import { lastingStores } from "../integration/crash/stores.ts";
import { COMMANDS, freshModel, type Real } from "../integration/erasure/commands.ts";
import { startTestServer } from "../setup/server.ts";

describe("erasures, at length", () => {
  it("hold in long interleavings of events, consents, holds, erasures, replays and returns", async () => {
    const clock = fixedClock("2026-11-21T08:00:00Z");
    const server = await startTestServer("long-erasures", { clock });
    const source = await server.source({ name: "Shop", kind: "web", region: "TW" });
    const setup = (): { model: ReturnType<typeof freshModel>; real: Real } => ({
      model: freshModel(),
      real: { server, source, clock, world: randomBytes(4).toString("hex") },
    });
    await fc.assert(
      fc.asyncProperty(fc.commands(COMMANDS, { maxCommands: 60, size: "max" }), (commands) =>
        fc.asyncModelRun(setup, commands),
      ),
      { numRuns: 300, endOnFailure: true },
    );
    await server.close();
  });

  it("survive many kills", async () => {
    const stores = await lastingStores("long-erasures-killed");
    await killErasures(stores, 200, 20);
    await stores.drop();
  });
});
