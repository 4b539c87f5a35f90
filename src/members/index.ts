export { assignSubjects, createSubjectCache, type SubjectCache } from "./assign-subjects.ts";
export { sequenceChanges, stageChanges } from "./changes.store.ts";
export { type NamedIdentifier, nameIdentifiers } from "./named.ts";
export type { Assignment, PreparedEvent, TraitSet } from "./prepared.ts";
export { readFacts, readProfile, type SourceLabel } from "./read-profile.ts";
export { recordEvents, StaleAssignment } from "./record-events.ts";
export { refreshDue } from "./refresh-due.ts";
export { regroup } from "./regroup.ts";
export { BUILT_IN_PURPOSES, memberRoutes, requirePurpose } from "./routes.ts";
