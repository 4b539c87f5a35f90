import { stageAudit } from "../../audit/index.ts";
import type { Tx } from "../../db/index.ts";
import {
  insertSuppressions,
  lockSuppressions,
  readSuppressionsOfRuns,
  strengthOf,
} from "../../members/index.ts";
import type { FulfilDeps } from "./deps.ts";
import { liftSpentHolds, readIndexesOf, readSubjectKeys } from "./erasure.store.ts";
import { insertKeys, insertRun, readOpenRunsOf } from "./runs.store.ts";

const PAGE = 200;
/** Who begins an erasure that only repeats one. */
const RESTORE_ACTOR = "restored-backup";

/**
 * Begins to erase anew what came back with a backup of the data: rows of people who are in the erasure ledger. Their
 * keys are gone, so nothing of it can be read. What they were known by came back on the list of the suppressed with the
 * ledger; where an old ledger does not tell it, the blind indexes that the backup holds stand for it, since the values
 * themselves are lost. A hold that came back with them has nothing left to protect: it is lifted. Answers how many
 * erasures it began.
 */
export async function eraseReturned(deps: FulfilDeps): Promise<number> {
  const entries = await deps.mirror.withRows(PAGE);
  const byRun = new Map<string, string[]>();
  for (const { runId, subjectId } of entries) byRun.set(runId, [...(byRun.get(runId) ?? []), subjectId]);
  let begun = 0;
  for (const [erasedBy, subjects] of byRun) {
    begun += await deps.db.retryingTx(async (tx) => {
      await liftHolds(tx, deps, subjects);
      // An erasure under way gets there by itself.
      if ((await readOpenRunsOf(tx, subjects)).length > 0) return 0;
      await lockSuppressions(tx);
      const runId = deps.ids.next();
      const at = deps.clock.now();
      const isListed = (await readSuppressionsOfRuns(tx, [erasedBy])).length > 0;
      const known = isListed ? [] : (await readIndexesOf(tx, subjects)).filter((e) => !e.shared);
      await insertRun(tx, {
        runId,
        requestId: deps.ids.next(),
        kind: "erasure",
        memberId: subjects[0] as string,
        subjects: [...subjects].sort(),
        regime: null,
        locale: "en",
        actorKind: "system",
        actorId: RESTORE_ACTOR,
        step: "stop-processing",
        packageId: null,
        startedAt: at,
      });
      await insertSuppressions(
        tx,
        known.map((e) => ({ mac: e.bi, runId, strength: strengthOf(e) })),
        at,
      );
      const keys = await readSubjectKeys(tx, subjects);
      await insertKeys(
        tx,
        keys.map((k) => ({ ...k, runId })),
      );
      return 1;
    });
  }
  if (begun > 0) deps.log.warn("erased_rows_returned", { erasures: begun });
  return begun;
}

async function liftHolds(tx: Tx, deps: FulfilDeps, subjects: readonly string[]): Promise<void> {
  const lifted = await liftSpentHolds(tx, subjects, { actorId: RESTORE_ACTOR, at: deps.clock.now() });
  for (const id of lifted)
    await stageAudit(tx, deps, {
      actor: { kind: "system", id: RESTORE_ACTOR },
      action: "hold.lifted",
      targets: [{ kind: "hold", id }],
    });
}
