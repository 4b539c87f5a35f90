import fc from "fast-check";
import { NOW, SOURCES, type SourceName } from "../integration/order/items.ts";
import { arrivals, proveOrderFree } from "../integration/order/prove.ts";
import { type Crew, proveTogether, shares, startCrew } from "../integration/order/together.ts";
import { largeWorlds } from "../integration/order/world.ts";
import { testDatabases } from "../setup/engines.ts";
import { anInstallation, type Installation } from "../setup/installation.ts";

const WORLDS = 400;
const LARGE_WORLDS = 60;
const PROCESSES = 4;

/** A seed of its own for each run; a failure names it. */
const seed = Date.now() % 2 ** 31;

describe("the order in which facts arrive, at length", () => {
  let installation: Installation<SourceName>;
  let crew: Crew | undefined;
  before(async () => {
    installation = await anInstallation("order-long", NOW, SOURCES);
  });
  after(async () => {
    await crew?.end();
    await installation.drop();
  });

  it(`leaves no trace in ${WORLDS} worlds`, async () => {
    await fc.assert(
      fc.asyncProperty(arrivals(3), ([world, ways]) => proveOrderFree(installation, world, ways)),
      { numRuns: WORLDS, seed, endOnFailure: true },
    );
  });

  it(`leaves no trace in ${LARGE_WORLDS} large worlds that several processes take in at once`, async function () {
    if (testDatabases().engine !== "postgres") this.skip();
    const working = startCrew(installation.database, PROCESSES);
    crew = working;
    await fc.assert(
      fc.asyncProperty(
        largeWorlds.chain((world) => fc.tuple(fc.constant(world), shares(world.items.length, PROCESSES))),
        ([world, hows]) => proveTogether(installation, working, world, hows),
      ),
      { numRuns: LARGE_WORLDS, seed, endOnFailure: true },
    );
  });
});
