export { recipientHoldings } from "./holder.ts";
export type { RecipientRegistry } from "./registry.ts";
export { createRecipients, type Recipients, type RecipientsDeps } from "./room.ts";
export { requestSweep } from "./sweep.ts";
