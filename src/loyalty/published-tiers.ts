import type { Tx } from "../db/index.ts";
import type { BulkMember } from "../members/index.ts";
import type { PurchaseDays } from "./behaviour.ts";
import { historyEntry, type LevelChangeDeps } from "./level-changes.ts";
import { type Scoring, visitsOf } from "./scoring.ts";
import { type HistoryEntry, saveTiers, type TierRow } from "./tiers.store.ts";
import { addMonths, newTierState, publishedTier, type TierReason } from "./tiers.ts";

/** Tiers of members who are not profiled: what they had is kept until its hold ends, then purchase days alone count. */
export async function keepPublished(
  tx: Tx,
  deps: LevelChangeDeps,
  { rules }: Scoring,
  members: readonly BulkMember[],
  bought: ReadonlyMap<string, PurchaseDays>,
  tiers: readonly TierRow[],
  day: number,
): Promise<HistoryEntry[]> {
  const saved: TierRow[] = [];
  const history: HistoryEntry[] = [];
  const at = deps.clock.now();
  for (const { memberId } of members) {
    const purchases = bought.get(memberId);
    for (const structure of rules.structures) {
      const had = tiers.find((t) => t.memberId === memberId && t.structure === structure.id);
      if (had === undefined && purchases === undefined) continue;
      if (had?.fixedUntil != null && day < had.fixedUntil) continue;
      // What was held when profiling ended is kept for as long as if it had just been reached: no detriment.
      const until =
        had === undefined
          ? day
          : had.mode === "published"
            ? had.state.heldUntil
            : Math.max(had.state.heldUntil, addMonths(day, structure.holdMonths));
      const keep = had === undefined ? null : { tier: had.state.tier, until };
      const tier = publishedTier(
        structure,
        purchases === undefined ? 0 : visitsOf(purchases, day),
        keep,
        day,
      );
      const isSame = had?.mode === "published" && had.state.tier === tier && had.fixedUntil === null;
      if (isSame) continue;
      const since = had?.state.tier === tier ? had.state.since : day;
      saved.push({
        memberId,
        structure: structure.id,
        mode: "published",
        state: { ...newTierState(structure, since), tier, heldUntil: until },
        carriedBy: null,
        fixedUntil: null,
        parts: had?.parts ?? null,
      });
      const reason: TierReason = had?.mode === "scored" ? "profiling-ended" : "published-rule";
      if (had?.state.tier !== tier || had.mode === "scored")
        history.push(
          historyEntry(deps, at, null, memberId, structure.id, had?.state.tier ?? null, tier, reason, null),
        );
    }
  }
  await saveTiers(tx, saved);
  return history;
}
