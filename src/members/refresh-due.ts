import type { Db } from "../db/index.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import { stageChanges } from "./changes.store.ts";
import { regroup } from "./regroup.ts";
import { findDueSubjects } from "./subjects.store.ts";

const BATCH = 100;

/**
 * Decides anew for members whose grouping changes by the passing of time alone, because evidence expires. Returns how
 * many subjects moved. Run it daily or more often; running it twice changes nothing.
 */
export async function refreshDue(deps: { db: Db; clock: Clock; ids: Ids }): Promise<number> {
  let moved = 0;
  const seen = new Set<string>();
  for (;;) {
    const due = (await findDueSubjects(deps.db, deps.clock.now(), BATCH)).filter((id) => !seen.has(id));
    if (due.length === 0) return moved;
    for (const id of due) {
      seen.add(id);
      await deps.db.retryingTx(async (tx) => {
        const changed = await regroup(tx, deps, [id]);
        await stageChanges(tx, deps, "evidence-expired", changed);
        moved += changed.length;
      });
    }
  }
}
