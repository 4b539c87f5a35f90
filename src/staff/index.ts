export { BUILT_IN_ADMIN, hashSecret, looksLikeSecret, SOCKET_ADMIN, sameSecret } from "./api-key.ts";
export { createKeyAuthenticator, type KeyAuthenticator } from "./authenticator.ts";
export { staffHoldings } from "./holder.ts";
export { createKey, type KeyInput, type StaffDeps, staffRoutes } from "./routes.ts";
