import type { Tx } from "../../db/index.ts";
import { type CertificateBody, type CertifiedStep, issueCertificate, type Seal } from "./certificate.ts";
import type { FulfilDeps } from "./deps.ts";
import { finishRun, type RunRow, type StepRow } from "./runs.store.ts";

/** What a run says of itself in its certificate; whose it is and by what law stands in its row. */
export type SaidOfRun = Pick<
  CertificateBody,
  "steps" | "holders" | "exceptions" | "keys" | "recipients" | "suppression" | "counts"
> & { readonly outcome: "completed" | "completed-with-exceptions" };

export function certifiedStep(step: StepRow): CertifiedStep {
  return {
    step: step.step,
    startedAt: step.startedAt.toISOString(),
    finishedAt: step.finishedAt?.toISOString() ?? null,
    attempts: step.attempts,
    counts: step.counts,
  };
}

/**
 * Ends a run, in the caller's transaction: its request is finished and its asker told, and then all of it is certified,
 * so that the certificate also has the answer that was given.
 */
export async function certifyRun(
  tx: Tx,
  deps: FulfilDeps,
  run: RunRow,
  seal: Seal,
  said: SaidOfRun,
): Promise<void> {
  const { runId, requestId, kind, regime } = run;
  const { outcome } = said;
  const certificateId = deps.ids.next();
  await finishRun(tx, runId, { state: outcome, certificateId, at: deps.clock.now() });
  await deps.listener.finished(tx, { requestId, runId, outcome, certificateId });
  const request = await deps.listener.courseOf(tx, requestId);
  const by = { actor: { kind: run.actorKind as "system", id: run.actorId } };
  const whose = { kind, requestId, runId, regime, request, subjects: run.subjects.length };
  await issueCertificate(tx, deps, seal, by, { ...whose, ...said }, certificateId);
}
