import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { COMMANDS, freshModel, type Real } from "./commands.ts";

describe("events, consents, holds, erasures, replays and returns in any order", () => {
  const clock = fixedClock("2026-11-21T08:00:00Z");
  let server: TestServer;
  let source: { writeKey: string };
  before(async () => {
    server = await startTestServer("interleavings", { clock });
    source = await server.source({ name: "Shop", kind: "web", region: "TW" });
  });
  after(() => server.close());

  it("never bring back who was erased, never shut out who was not, and leave nothing that leads to them", async () => {
    const setup = (): { model: ReturnType<typeof freshModel>; real: Real } => ({
      model: freshModel(),
      real: { server, source, clock, world: randomBytes(4).toString("hex") },
    });
    await fc.assert(
      fc.asyncProperty(fc.commands(COMMANDS, { maxCommands: 14, size: "max" }), (commands) =>
        fc.asyncModelRun(setup, commands),
      ),
      { numRuns: 15, endOnFailure: true },
    );
  });
});
