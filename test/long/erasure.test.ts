import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { fixedClock } from "../../src/kernel/clock.ts";
import { killErasures } from "../integration/crash/kill-erasures.ts";
import { lastingStores } from "../integration/crash/stores.ts";
import { freshModel, LONG_COMMANDS, type Real } from "../integration/erasure/commands.ts";
import { testDatabases } from "../setup/engines.ts";
import { startTestServer } from "../setup/server.ts";

describe("erasures, at length", () => {
  it("hold in long interleavings of events, consents, holds, erasures, replays, returns, backups and restores", async () => {
    const clock = fixedClock("2026-11-21T08:00:00Z");
    const database = await testDatabases().freshDatabase("long-erasures");
    const open = () => startTestServer("long-erasures", { clock, database });
    let server = await open();
    const restart: Real["restart"] = async (meanwhile) => {
      await server.close();
      await meanwhile();
      server = await open();
      return server;
    };
    const source = await server.source({ name: "Shop", kind: "web", region: "TW" });
    const setup = (): { model: ReturnType<typeof freshModel>; real: Real } => ({
      model: freshModel(),
      real: { server, restart, source, clock, world: randomBytes(4).toString("hex") },
    });
    await fc.assert(
      fc.asyncProperty(fc.commands(LONG_COMMANDS, { maxCommands: 60, size: "max" }), (commands) =>
        fc.asyncModelRun(setup, commands),
      ),
      { numRuns: Number(process.env.LONG_RUNS ?? 300), endOnFailure: true },
    );
    await server.close();
    await database.drop();
  });

  it("survive many kills", async () => {
    const stores = await lastingStores("long-erasures-killed");
    await killErasures(stores, Number(process.env.LONG_MEMBERS ?? 200), Number(process.env.LONG_KILLS ?? 20));
    await stores.drop();
  });
});
