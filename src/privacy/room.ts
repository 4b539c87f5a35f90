import type { RegimePacks } from "../../consent/index.ts";
import type { Ticker } from "../jobs/index.ts";
import type { Route } from "../kernel/route.ts";
import { formRoutes } from "./form/routes.ts";
import type { RequestDeps } from "./requests/deps.ts";
import { createRequests, type Requests } from "./requests/room.ts";
import { requestRoutes } from "./requests/routes.ts";
import { requestActRoutes } from "./requests/routes-acts.ts";

export interface PrivacyDeps extends Omit<RequestDeps, "regimes" | "onChange"> {
  readonly regimes: RegimePacks;
}

/** The doors and clocks of people's rights: requests, the public form, OpenDSR, breaches. */
export interface Privacy {
  readonly requests: Requests;
  readonly routes: readonly Route[];
  startWorkers(): Ticker[];
}

export function createPrivacy(deps: PrivacyDeps): Privacy {
  const requestDeps: RequestDeps = { ...deps, onChange: async () => {} };
  const requests = createRequests(requestDeps);
  return {
    requests,
    routes: [
      ...requestRoutes(requestDeps, requests),
      ...requestActRoutes(requestDeps, requests),
      ...formRoutes(requestDeps, requests),
    ],
    startWorkers: () => requests.startWorkers(),
  };
}
