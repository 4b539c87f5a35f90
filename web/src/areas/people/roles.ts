import type { Role } from "../../../../src/kernel/route.ts";

/** Roles that a key may have; recipients' keys are made on the recipient's own page. */
export const ROLES: readonly Role[] = ["ingest", "admin", "compliance", "cx", "analyst", "auditor"];
