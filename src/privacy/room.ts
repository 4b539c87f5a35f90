import type { RegimePacks } from "../../consent/index.ts";
import { startTicker, type Ticker } from "../jobs/index.ts";
import { HOUR, MINUTE, SECOND } from "../kernel/clock.ts";
import type { Route } from "../kernel/route.ts";
import type { Outbound } from "../outbound/index.ts";
import { breachRoutes } from "./breach/routes.ts";
import { type Breaches, createBreaches } from "./breach/service.ts";
import { formRoutes } from "./form/routes.ts";
import { openDsrRoutes } from "./opendsr/routes.ts";
import { createOpenDsr, type OpenDsrService } from "./opendsr/service.ts";
import type { OpenDsrSigner } from "./opendsr/signer.ts";
import type { RequestDeps } from "./requests/deps.ts";
import { createRequests, type Requests } from "./requests/room.ts";
import { requestRoutes } from "./requests/routes.ts";
import { requestActRoutes } from "./requests/routes-acts.ts";

export interface PrivacyDeps extends Omit<RequestDeps, "regimes" | "onChange"> {
  readonly regimes: RegimePacks;
  readonly outbound: Outbound;
  /** Who signs OpenDSR answers; null: OpenDSR is not set up. */
  readonly openDsr: OpenDsrSigner | null;
}

/** The doors and clocks of people's rights: requests, the public form, OpenDSR, breaches. */
export interface Privacy {
  readonly requests: Requests;
  readonly openDsr: OpenDsrService;
  readonly breaches: Breaches;
  readonly routes: readonly Route[];
  startWorkers(): Ticker[];
}

const CALLBACKS_EVERY_MS = 2 * SECOND;

export function createPrivacy(deps: PrivacyDeps): Privacy {
  const requestDeps: RequestDeps = {
    ...deps,
    onChange: (tx, _before, after) => openDsr.onChange(tx, after),
  };
  const openDsrDeps = { ...requestDeps, outbound: deps.outbound, signer: deps.openDsr };
  const openDsr = createOpenDsr(openDsrDeps, () => requests);
  const requests = createRequests(requestDeps);
  const breaches = createBreaches(deps);
  return {
    requests,
    openDsr,
    breaches,
    routes: [
      ...requestRoutes(requestDeps, requests),
      ...requestActRoutes(requestDeps, requests),
      ...formRoutes(requestDeps, requests),
      ...openDsrRoutes(openDsrDeps, openDsr, () => requests),
      ...breachRoutes(deps, breaches),
    ],
    startWorkers: () => [
      ...requests.startWorkers(),
      startTicker({
        name: "opendsr-callbacks",
        everyMs: CALLBACKS_EVERY_MS,
        log: deps.log,
        work: async () => {
          while ((await openDsr.push()) > 0);
        },
      }),
      startTicker({
        name: "breach-deadlines",
        everyMs: 5 * MINUTE,
        log: deps.log,
        work: async () => void (await breaches.alarm()),
      }),
      startTicker({
        name: "breach-retention",
        everyMs: HOUR,
        log: deps.log,
        work: async () => void (await breaches.forget()),
      }),
    ],
  };
}
