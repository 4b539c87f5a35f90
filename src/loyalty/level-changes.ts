import type { Tx } from "../db/index.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import { stageChanges } from "../members/index.ts";
import type { Scoring } from "./scoring.ts";
import type { HistoryEntry } from "./tiers.store.ts";

export interface LevelChangeDeps {
  readonly clock: Clock;
  readonly ids: Ids;
}

const PAGE = 1_000;

/** One line of a member's history; the condition's where `structure` is null. */
export function historyEntry(
  deps: Pick<LevelChangeDeps, "ids">,
  at: Date,
  scoring: Scoring | null,
  memberId: string,
  structure: string | null,
  before: string | null,
  after: string | null,
  reason: string,
  figure: number | null,
): HistoryEntry {
  return {
    memberId,
    id: deps.ids.next(),
    at,
    structure,
    before,
    after,
    reason,
    figure,
    modelId: scoring?.modelId ?? null,
    rulesVersion: scoring?.rulesVersion ?? null,
  };
}

/** Tells the feed of members whose level changed, a thousand a staging. */
export async function noteLevels(
  tx: Tx,
  deps: LevelChangeDeps,
  memberIds: ReadonlySet<string>,
): Promise<void> {
  const all = [...memberIds];
  for (let i = 0; i < all.length; i += PAGE)
    await stageChanges(tx, deps, "level.changed", all.slice(i, i + PAGE));
}
