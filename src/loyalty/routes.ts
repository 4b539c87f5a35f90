import type { Route } from "../kernel/route.ts";
import type { LoyaltyRouteDeps } from "./route-deps.ts";
import { decisionRoutes } from "./routes-decisions.ts";
import { levelRoutes } from "./routes-level.ts";
import { listRoutes } from "./routes-lists.ts";
import { programmeRoutes } from "./routes-programme.ts";
import { rulebookRoutes } from "./rulebook.ts";

/** All doors of loyalty. */
export function loyaltyRoutes(deps: LoyaltyRouteDeps): Route[] {
  return [
    ...levelRoutes(deps),
    ...decisionRoutes(deps),
    ...listRoutes(deps),
    ...programmeRoutes(deps),
    ...rulebookRoutes(deps),
  ];
}
