export * from "./chain.ts";
export { steadyUntil } from "./conditions.ts";
export {
  type CategoryDecision,
  decide,
  decideBySubject,
  decideCategories,
  decideOnce,
  type OneDecision,
} from "./decide.ts";
export * from "./decision.ts";
export * from "./durations.ts";
export * from "./entry.ts";
export { explainDecision } from "./explain.ts";
export * from "./fold.ts";
export * from "./key-states.ts";
export * from "./ledger.ts";
export { explainFinding, lintNotice, type NoticeFinding } from "./notice-lint.ts";
export * from "./notices.ts";
export * from "./purpose.schema.ts";
export * from "./purposes.ts";
export * from "./reask.ts";
export * from "./receipts.ts";
export { citeIn } from "./regimes/citations.ts";
export * from "./regimes/decide-regime.ts";
export { loadRegimes } from "./regimes/own-packs.ts";
export {
  type BreachLimit,
  DENIAL_REASONS,
  type DenialReason,
  type RefusalGround,
  RegimeName,
  type RegimePack,
  type RequestLimit,
  type WorkCalendar,
} from "./regimes/regime.schema.ts";
export * from "./regimes/regimes.ts";
export * from "./room.ts";
export * from "./signals/gpc.ts";
export * from "./signals/loyalty-prompt.ts";
export * from "./signals/segment.ts";
export * from "./signals/social.ts";
export * from "./signals/tcf.ts";
export * from "./signals/unsubscribe.ts";
export { saidOf } from "./standing.store.ts";
export { starterNotices } from "./starter-notices/starter-notices.ts";
export type { ControllerDetails } from "./starter-notices/wording.ts";
export {
  CHANNEL_NAMES,
  ENTRY_FAULT_SENTENCES,
  RULE_SENTENCES,
  SECTION_NAMES,
  SEPARATE_CONSENT_NAMES,
} from "./texts.ts";
export * from "./vocabulary.ts";
