import { startTicker, type Ticker } from "../../jobs/index.ts";
import { HOUR } from "../../kernel/clock.ts";
import { workErasures } from "./erasure-run.ts";
import { createFulfilment } from "./fulfilment.ts";
import { type PackageRunDeps, purgePackages, workPackages } from "./package-run.ts";
import type { Fulfilment } from "./port.ts";

/** The half of the room that fulfils. */
export interface FulfilRoom {
  readonly fulfilment: Fulfilment;
  /** Does what is due of erasures and packages until nothing is; answers how many steps that were. */
  work(): Promise<number>;
  /** Deletes packages whose time is over. */
  purge(): Promise<number>;
  startWorkers(): Ticker[];
}

const LOOK_EVERY_MS = 500;

export function createFulfilRoom(deps: PackageRunDeps): FulfilRoom {
  const work = async (): Promise<number> => {
    let total = 0;
    for (;;) {
      const done = (await workErasures(deps)) + (await workPackages(deps));
      if (done === 0) return total;
      total += done;
    }
  };
  const purge = () => purgePackages(deps);
  return {
    fulfilment: createFulfilment(deps),
    work,
    purge,
    startWorkers: () => [
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
