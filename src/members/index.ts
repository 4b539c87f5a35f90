export { ageBandOf } from "./age-bands.ts";
export { readAllOrders } from "./all-orders.ts";
export { assignSubjects, createSubjectCache, type SubjectCache } from "./assign-subjects.ts";
export {
  areUnchanged,
  readChangedSubjects,
  readFeedHead,
  readKnownBy,
  readMemberIds,
  readMembersAfter,
  readNextMembers,
  readSubjectsOfMembers,
  readSubjectsWithSets,
  takePositions,
} from "./bulk.store.ts";
export {
  type BulkMember,
  groupMembers,
  type OpenPlan,
  readSealedPage,
  type SealedPage,
  traitsOf,
} from "./bulk.ts";
export { sequenceChanges, stageChanges } from "./changes.store.ts";
export {
  COARSE_CATEGORIES,
  type CoarseMember,
  type CoarseReader,
  createCoarseReader,
  type ReadCoarse,
} from "./coarse.ts";
export { consentMembers } from "./consent-members.ts";
export { holdsVerified } from "./contact-class.ts";
export {
  CORRECTION_LABEL,
  CORRECTION_SOURCE,
  checkCorrections,
  type FieldCorrection,
  saveCorrections,
} from "./correct.ts";
export { createDeferral, type Deferral } from "./defer.ts";
export { type DerivedView, mayShowDerived, PROFILING, type ReadDerived } from "./derived.ts";
export { type MemberExport, type OpenedEvent, readMemberExport } from "./export-member.ts";
export { findByDigest } from "./find-by-digest.ts";
export { findContact } from "./find-contact.ts";
export { followChanges, type TouchedMembers } from "./follow.ts";
export { memberHoldings } from "./holder.ts";
export { readEpoch } from "./identifier-index.store.ts";
export { checkEpoch, StaleIndex, settleIndexes } from "./identifier-index.ts";
export type { IdentityGraph } from "./identity-graph.ts";
export { findKnownAnchors } from "./known-anchors.ts";
export { type MemberOrder, readMemberOrders } from "./member-orders.ts";
export { type NamedIdentifier, nameIdentifiers } from "./named.ts";
export {
  type BulkField,
  type BulkIdentifier,
  type FieldsAsked,
  type FieldValues,
  foldFields,
  type MayField,
  type OpenDeps,
  type OpenedSets,
  openFacts,
  openFields,
  openIdentifiers,
  openSets,
} from "./open-bulk.ts";
export { foldOrder, type OrderFactRow, type OrderState } from "./orders.ts";
export type { Assignment, EventHead, PreparedEvent, TraitSet } from "./prepared.ts";
export { readPriorities } from "./priorities.store.ts";
export { noteReprioritised } from "./priorities.ts";
export { FactsSchema } from "./profile.schema.ts";
export type { ProfileField, SourcePriorities } from "./profile.ts";
export {
  categoryOfEvent,
  type GatedMember,
  gateMember,
  noteRead,
  type ReadAsk,
  requirePurpose,
} from "./purpose-bound.ts";
export { categoryOfIdentifier } from "./read-identifiers.ts";
export {
  type KnownSources,
  type Profile,
  type ProfileFacts,
  readFacts,
  readProfile,
  type SourceLabel,
} from "./read-profile.ts";
export { recordEvents, StaleAssignment } from "./record-events.ts";
export { refreshDue } from "./refresh-due.ts";
export { regroup } from "./regroup.ts";
export { createReindexer } from "./reindex.ts";
export { memberRoutes } from "./routes.ts";
export { MAX_DOCUMENT_MINOR } from "./rules.ts";
export { sealEvents } from "./seal-events.ts";
export { readStatedNames } from "./stated-names.ts";
export { lockSubjects, type OpenSubject, openAnchors } from "./subject-access.ts";
export { lockAggregates, markErasing } from "./subjects.store.ts";
export {
  countSuppressions,
  type HeldIdentifier,
  insertSuppressions,
  lockSuppressions,
  markRejoined,
  readHeldIdentifiers,
  readSuppressions,
  readSuppressionsOfRuns,
  restoreSuppressions,
} from "./suppression.store.ts";
export { findSuppressed, strengthOf, suppressionMacs, wouldBringBack } from "./suppression.ts";
