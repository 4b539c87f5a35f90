export type { FulfilDeps, QuarantinedMention, QuarantineSearch } from "./fulfil/deps.ts";
export type { RowOpener } from "./fulfil/package-content.ts";
export * from "./fulfil/port.ts";
export { createFulfilRoom, type FulfilRoom } from "./fulfil/room.ts";
export { privacyHoldings } from "./holder.ts";
export { type OpenDsrSigner, openSigner } from "./opendsr/signer.ts";
export { ANY_REQUEST_KINDS, type AnyRequestKind } from "./requests/kinds.ts";
export type { Requests } from "./requests/room.ts";
export { createPrivacy, type Privacy, type PrivacyDeps } from "./room.ts";
