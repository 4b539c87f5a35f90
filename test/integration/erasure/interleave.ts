import fc from "fast-check";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { createLog } from "../../../src/log.ts";
import { testDatabases } from "../../setup/engines.ts";
import { startTestServer } from "../../setup/server.ts";
import { restoreSnapshot, takeSnapshot } from "../../setup/snapshot.ts";
import { COMMANDS, Replays } from "./commands.ts";
import { expectKnown, expectNoPlaintext, type Real } from "./expect-erased.ts";
import { freshModel, PEOPLE, worldOf } from "./world.ts";

/**
 * Drives a server through random orders of everything that may happen around erasures, and holds it to the model after
 * every erasure and restore. A failure names the seed and the path that bring it about again.
 */
export async function interleave(
  label: string,
  options: { readonly runs: number; readonly commands: number; readonly seed?: number },
): Promise<void> {
  const clock = fixedClock("2026-11-21T08:00:00Z");
  const logged: string[] = [];
  const log = createLog({ level: "debug", destination: { write: (line) => void logged.push(line) } });
  const database = await testDatabases().freshDatabase(label);
  const open = () => startTestServer(label, { clock, database, log });
  let server = await open();
  const source = await server.source({ name: "Shop", kind: "web", region: "TW" });
  let worlds = 0;
  const begin = (): { model: ReturnType<typeof freshModel>; real: Real } => {
    logged.length = 0;
    return {
      model: freshModel(),
      real: {
        get server() {
          return server;
        },
        source,
        clock,
        world: worldOf(++worlds),
        logged,
        backUp: () => takeSnapshot(database.db),
        async restore() {
          await server.close();
          await restoreSnapshot(database.db);
          server = await open();
        },
      },
    };
  };
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.commands(COMMANDS, { maxCommands: options.commands, size: "max" }),
        async (commands) => {
          const { model, real } = begin();
          await fc.asyncModelRun(() => ({ model, real }), commands);
          // In the end every old file comes once more.
          for (let person = 0; person < PEOPLE; person++) {
            const replays = new Replays(person);
            if (replays.check(model)) await replays.run(model, real);
          }
          await expectKnown(real, model.now);
          await expectNoPlaintext(real);
        },
      ),
      {
        numRuns: options.runs,
        endOnFailure: true,
        ...(options.seed === undefined ? {} : { seed: options.seed }),
      },
    );
  } finally {
    await server.close();
    await database.drop();
  }
}
