import { startTicker, type Ticker } from "../../jobs/index.ts";
import { DAY, HOUR, MINUTE } from "../../kernel/clock.ts";
import type { Route } from "../../kernel/route.ts";
import { workErasures } from "./erasure-run.ts";
import { createFulfilment } from "./fulfilment.ts";
import { type PackageRunDeps, purgePackages, workPackages } from "./package-run.ts";
import type { Fulfilment } from "./port.ts";
import { readLastRetention } from "./retention.store.ts";
import { runRetention } from "./retention.ts";
import { RETENTION_ACTOR } from "./retention-actor.ts";
import { eraseReturned } from "./returned.ts";
import { certificateRoutes } from "./routes-certificates.ts";
import { holdRoutes } from "./routes-holds.ts";
import { packageRoutes } from "./routes-packages.ts";
import { type RegisterDeps, registerRoutes } from "./routes-register.ts";
import { rejoinRoutes } from "./routes-rejoin.ts";
import { runRoutes } from "./routes-runs.ts";

/** The half of the room that fulfils. */
export interface FulfilRoom {
  readonly routes: readonly Route[];
  readonly fulfilment: Fulfilment;
  /** Does what is due of erasures and packages until nothing is; answers how many steps that were. */
  work(): Promise<number>;
  /** Begins to erase anew what a restored backup brought back; answers how many erasures it began. */
  eraseReturned(): Promise<number>;
  /** Deletes packages whose time is over. */
  purge(): Promise<number>;
  startWorkers(): Ticker[];
}

const LOOK_EVERY_MS = 500;

/** The kinds of data that other rooms open for a package, and what the doors need beside the runs. */
export type FulfilRoomDeps = PackageRunDeps & RegisterDeps;

export function createFulfilRoom(deps: FulfilRoomDeps): FulfilRoom {
  const work = async (): Promise<number> => {
    let total = 0;
    for (;;) {
      const done = (await workErasures(deps)) + (await workPackages(deps));
      if (done === 0) return total;
      total += done;
    }
  };
  const purge = () => purgePackages(deps);
  const fulfilment = createFulfilment(deps);
  const by = { actor: { kind: "system", id: RETENTION_ACTOR } } as const;
  return {
    fulfilment,
    routes: [
      ...runRoutes(deps, fulfilment),
      ...certificateRoutes(deps),
      ...holdRoutes(deps),
      ...rejoinRoutes(deps),
      ...packageRoutes(deps),
      ...registerRoutes(deps),
    ],
    work,
    purge,
    eraseReturned: () => eraseReturned(deps),
    startWorkers: () => [
      startTicker({
        name: "returned-rows",
        everyMs: MINUTE,
        // They come with a restore, and that ends with a start.
        atStart: true,
        log: deps.log,
        work: async () => void (await eraseReturned(deps)),
      }),
      startTicker({
        name: "retention",
        everyMs: HOUR,
        log: deps.log,
        work: async () => {
          const last = await readLastRetention(deps.db);
          if (last !== null && deps.clock.now().getTime() - last.startedAt.getTime() < DAY) return;
          await runRetention(deps, by);
        },
      }),
      startTicker({
        name: "privacy-runs",
        everyMs: LOOK_EVERY_MS,
        log: deps.log,
        work: async () => void (await work()),
      }),
      startTicker({
        name: "package-expiry",
        everyMs: HOUR,
        log: deps.log,
        work: async () => void (await purge()),
      }),
    ],
  };
}
