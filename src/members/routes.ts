import type { Route } from "../kernel/route.ts";
import type { MemberRouteDeps } from "./route-deps.ts";
import { eventRoutes } from "./routes-events.ts";
import { identityRoutes } from "./routes-identity.ts";
import { priorityRoutes } from "./routes-priorities.ts";
import { profileRoutes } from "./routes-profile.ts";

/** Every door to members: what is known of one, and who is who. */
export function memberRoutes(deps: MemberRouteDeps): Route[] {
  return [...profileRoutes(deps), ...eventRoutes(deps), ...identityRoutes(deps), ...priorityRoutes(deps)];
}
