import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { type FreshDatabase, testDatabases } from "../../setup/engines.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { COMMANDS, freshModel, type Real } from "./commands.ts";

describe("events, consents, holds, erasures, replays and returns in any order", () => {
  const clock = fixedClock("2026-11-21T08:00:00Z");
  let database: FreshDatabase;
  let server: TestServer;
  let source: { writeKey: string };
  before(async () => {
    database = await testDatabases().freshDatabase("interleavings");
    server = await startTestServer("interleavings", { clock, database });
    source = await server.source({ name: "Shop", kind: "web", region: "TW" });
  });
  after(async () => {
    await server.close();
    await database.drop();
  });
  const restart: Real["restart"] = async (meanwhile) => {
    await server.close();
    await meanwhile();
    server = await startTestServer("interleavings", { clock, database });
    return server;
  };

  it("never bring back who was erased, never shut out who was not, and leave nothing that leads to them", async () => {
    const setup = (): { model: ReturnType<typeof freshModel>; real: Real } => ({
      model: freshModel(),
      real: { server, restart, source, clock, world: randomBytes(4).toString("hex") },
    });
    await fc.assert(
      fc.asyncProperty(fc.commands(COMMANDS, { maxCommands: 14, size: "max" }), (commands) =>
        fc.asyncModelRun(setup, commands),
      ),
      { numRuns: 15, endOnFailure: true },
    );
  });
});
