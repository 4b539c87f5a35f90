export type { LevelFact } from "./facts.ts";
export { segmentHoldings } from "./holder.ts";
export { RULE_SCHEMA, type ShownCount, SMALL_GROUP, showCount } from "./rule.ts";
export type { SegmentRow } from "./segments.store.ts";
export { createSegments, type SegmentPage, type Segments, type SegmentsDeps } from "./segments.ts";
