export { BUILT_IN_ADMIN, hashSecret, looksLikeSecret, SOCKET_ADMIN, sameSecret } from "./api-key.ts";
export { type Approvals, createApprovals } from "./approvals.ts";
export { createKeyAuthenticator, type KeyAuthenticator } from "./authenticator.ts";
export { staffHoldings } from "./holder.ts";
export { createKey, type KeyInput, type StaffDeps, staffRoutes } from "./routes.ts";
export { accountRoutes, setUpPath } from "./routes-accounts.ts";
export { approvalRoutes } from "./routes-approvals.ts";
export { sessionRoutes } from "./routes-sessions.ts";
export { createStaff, type NewAccount, type Staff } from "./staff.ts";
