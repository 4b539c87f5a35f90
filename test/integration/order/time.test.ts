import fc from "fast-check";
import { DAY } from "../../../src/kernel/clock.ts";
import { uuidIds } from "../../../src/kernel/ids.ts";
import { refreshDue } from "../../../src/members/index.ts";
import { anInstallation, type Installation } from "../../setup/installation.ts";
import { deliveriesOf, inBulk, sendAll } from "./deliver.ts";
import { expectedOf } from "./expected.ts";
import { NOW, SOURCES, type SourceName } from "./items.ts";
import { check, expectSame } from "./prove.ts";
import type { Snapshot } from "./snapshot.ts";
import { tangles, type World } from "./world.ts";

/** Enough to notice a mistake on every change. */
const WORLDS = 3;

describe("the passing of time", () => {
  let installation: Installation<SourceName>;
  before(async () => {
    installation = await anInstallation("time", NOW, SOURCES);
  });
  after(() => installation.drop());

  /** Takes a world in at one moment and reads it at another, with what is due in between. */
  async function fillAt(world: World, at: Date, readAt: Date): Promise<Snapshot> {
    const server = await installation.fresh();
    const { clock, database, sources } = installation;
    try {
      clock.set(at);
      const expected = await expectedOf(server, sources, world.items);
      await sendAll(server.url, deliveriesOf(world.items, sources, inBulk(world.items.length), at), false);
      if (readAt > at) {
        clock.set(readAt);
        await refreshDue({ db: database.db, clock, ids: uuidIds });
      }
      return withoutSince(await check(server, expected, world.named));
    } finally {
      await server.close();
    }
  }

  it("makes of facts known before what it makes of the same facts learnt afterwards", async function () {
    this.timeout(300_000);
    await fc.assert(
      fc.asyncProperty(tangles, fc.integer({ min: 1, max: 500 }), async (world, days) => {
        const then = new Date(Date.parse(NOW) + days * DAY);
        expectSame(await fillAt(world, then, then), await fillAt(world, new Date(NOW), then));
      }),
      { numRuns: WORLDS, seed: 1, endOnFailure: true },
    );
  });
});

/** Since when a value is contested is the one thing that the time of arrival may tell. */
function withoutSince(shot: Snapshot): Snapshot {
  const review = shot.review.map((item) => ({ ...(item as object), since: null }));
  return { ...shot, review };
}
