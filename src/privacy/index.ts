export * from "./fulfil/port.ts";
export { requestHoldings } from "./requests/holder.ts";
export { ANY_REQUEST_KINDS, type AnyRequestKind } from "./requests/kinds.ts";
export type { Requests } from "./requests/room.ts";
export { createPrivacy, type Privacy, type PrivacyDeps } from "./room.ts";
