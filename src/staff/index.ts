export { BUILT_IN_ADMIN, hashSecret, looksLikeSecret, SOCKET_ADMIN, sameSecret } from "./api-key.ts";
export { createKeyAuthenticator, type KeyAuthenticator } from "./authenticator.ts";
export { createKey, type KeyInput, type StaffDeps, staffRoutes } from "./routes.ts";
