export { type AuditDeps, sequenceAudit, stageAudit, stageAuditMany, startSequencer } from "./audit.ts";
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
export { auditHoldings } from "./holder.ts";
export { auditRoutes } from "./routes.ts";
