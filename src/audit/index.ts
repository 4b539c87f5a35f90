export { countByActor, lastAudited } from "./audit.store.ts";
export {
  type AuditDeps,
  auditWrites,
  sequenceAudit,
  stageAudit,
  stageAuditMany,
  startSequencer,
} from "./audit.ts";
export {
  type AuditActor,
  type AuditInput,
  type AuditOutcome,
  type AuditTarget,
  actorOf,
  commitment,
  leafHash,
  renderEntry,
} from "./entry.ts";
export {
  type AuditEvidence,
  type AuditKeys,
  createAuditEvidence,
  type EntryProof,
  type GrowthProof,
} from "./evidence.ts";
export { auditHoldings } from "./holder.ts";
export { EntryProofView } from "./proof.schema.ts";
export { auditRoutes } from "./routes.ts";
export { auditProofRoutes } from "./routes-proof.ts";
export { type Verdict, type VerifyOptions, verifyEvidence } from "./verify.ts";
