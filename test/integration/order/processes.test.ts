import fc from "fast-check";
import { testDatabases } from "../../setup/engines.ts";
import { anInstallation, type Installation } from "../../setup/installation.ts";
import { NOW, SOURCES, type SourceName } from "./items.ts";
import { type Crew, proveTogether, shares, startCrew } from "./together.ts";
import { largeWorlds } from "./world.ts";

const PROCESSES = 4;
/** Enough to notice a mistake on every change; `npm run test:long` takes many more. */
const WORLDS = 2;

describe("several processes that take in facts at once", () => {
  let installation: Installation<SourceName>;
  let crew: Crew;
  before(async function () {
    // The embedded engine belongs to one process.
    if (testDatabases().engine !== "postgres") this.skip();
    installation = await anInstallation("processes", NOW, SOURCES);
    crew = startCrew(installation.database, PROCESSES);
  });
  after(async () => {
    await crew?.end();
    await installation?.drop();
  });

  it("make the members that one process makes, even when they race for new identities", async function () {
    this.timeout(300_000);
    await fc.assert(
      fc.asyncProperty(
        largeWorlds.chain((world) => fc.tuple(fc.constant(world), shares(world.items.length, PROCESSES))),
        ([world, hows]) => proveTogether(installation, crew, world, hows),
      ),
      { numRuns: WORLDS, seed: 4, endOnFailure: true },
    );
  });
});
