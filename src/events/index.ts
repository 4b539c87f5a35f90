export * from "./event.ts";
export { dropUnsent, type EventRow, insertEvents, type NewEvent, readEvents } from "./events.store.ts";
export * from "./fields.ts";
export { eventHoldings } from "./holder.ts";
