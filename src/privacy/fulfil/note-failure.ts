import type { FulfilDeps } from "./deps.ts";
import type { RunState, StepName } from "./port.ts";
import { failedSteps, findRun, postponeRuns } from "./runs.store.ts";
import { afterFailure, failureCode } from "./step-failure.ts";

/** Notes that a step of a run failed, puts the run off, and tells the keeper of requests when it is given up. */
export async function noteStepFailure(
  deps: FulfilDeps,
  runId: string,
  step: StepName,
  error: unknown,
): Promise<void> {
  const failure = failureCode(error);
  deps.log.warn("privacy_step_failed", { step, failure, runs: 1 });
  await deps.db.retryingTx(async (tx) => {
    const run = await findRun(tx, runId);
    if (run === null || run.finishedAt !== null) return;
    const at = deps.clock.now();
    const { ms, isFailed } = afterFailure(run.failures + 1);
    const state: RunState = isFailed
      ? "failed"
      : run.state === "awaiting-recipients"
        ? "awaiting-recipients"
        : "running";
    await failedSteps(tx, step, [runId], failure, at);
    await postponeRuns(tx, [runId], { state, nextAt: new Date(at.getTime() + ms), failed: true });
    if (!isFailed || run.state === "failed") return;
    deps.log.error("privacy_run_failed", { run: runId, step, failure });
    await deps.listener.failed(tx, { requestId: run.requestId, runId, step, failure });
  });
}
