import type { Tx } from "../db/index.ts";
import type { PurchaseDays } from "./behaviour.ts";
import { historyEntry, type LevelChangeDeps, noteLevels } from "./level-changes.ts";
import type { TierStructure } from "./rules.ts";
import { type ChangedCondition, readScores } from "./score.store.ts";
import { dayOf, figureOf, modelFor, type Scoring } from "./scoring.ts";
import {
  findTierCandidates,
  type HistoryEntry,
  insertHistory,
  readTiers,
  saveTiers,
  type TierRow,
} from "./tiers.store.ts";
import { newTierState, stepTier } from "./tiers.ts";
import { type FeatureRow, readFeatures } from "./versions.store.ts";

/**
 * Members whose tiers are moved in one go. Each look for them reads all scores, so that a million moves cost a hundred
 * looks; what is held meanwhile is a few megabytes.
 */
const PAGE = 10_000;

/** Member and structure → whether what carried the tier over its cut still does, where purchases of then were taken back. */
export type Reversed = ReadonlyMap<string, boolean>;

/** Looks for tiers whose purchases of then are no longer all there. Pure. */
export function reversedOf(
  scoring: Scoring,
  features: readonly FeatureRow[],
  tiers: readonly TierRow[],
  day: number,
): Reversed {
  const found = new Map<string, boolean>();
  const of = new Map(features.map((f) => [f.member_id, f]));
  for (const { memberId, structure: id, state, carriedBy } of tiers) {
    const f = of.get(memberId);
    const structure = scoring.rules.structures.find((s) => s.id === id);
    if (f === undefined || structure === undefined || carriedBy === null || state.reached === null) continue;
    if (day >= state.heldUntil) continue;
    const then = state.reached.on;
    const now = carriedUntil(f, then);
    if (now.days >= carriedBy.days && now.minor >= carriedBy.minor) continue;
    const cohort = modelFor(scoring, f.cohort);
    const cut = structure.tiers.find((t) => t.id === state.tier)?.cut;
    if (cohort === undefined || cut === undefined) continue;
    found.set(`${memberId} ${id}`, figureOf(scoring.rules, structure, cohort, f, null, then) >= cut);
  }
  return found;
}

/** How many purchase days, and how much, by the end of a day. */
function carriedUntil(
  p: Pick<PurchaseDays, "days" | "amounts">,
  day: number,
): { days: number; minor: number } {
  let [days, minor] = [0, 0];
  p.days.forEach((d, i) => {
    if (d > day) return;
    days++;
    minor += p.amounts[i] as number;
  });
  return { days, minor };
}

/**
 * Steps the tiers of scored members (null: of all), writes the history of what changed and tells the feed. Answers how
 * many members changed condition or tier.
 */
export async function settleLevels(
  tx: Tx,
  deps: LevelChangeDeps,
  scoring: Scoring,
  changed: readonly ChangedCondition[],
  memberIds: readonly string[] | null,
  reversed: Reversed = new Map(),
): Promise<number> {
  const at = deps.clock.now();
  const day = dayOf(at);
  const history: HistoryEntry[] = changed.map((c) =>
    historyEntry(
      deps,
      at,
      scoring,
      c.memberId,
      null,
      c.before,
      c.after,
      c.before === null ? "scored" : "score-moved",
      null,
    ),
  );
  // Told of in the feed: what somebody outside would see.
  const told = new Set(changed.map((c) => c.memberId));
  for (const structure of scoring.rules.structures) {
    let after: string | null = null;
    for (;;) {
      const page = await findTierCandidates(tx, scoring.rules, structure, memberIds, day, {
        after,
        limit: PAGE,
      });
      const extra =
        after === null
          ? await reversedCandidates(
              tx,
              scoring,
              structure,
              reversed,
              page.map((c) => c.memberId),
              day,
            )
          : [];
      const features = new Map(
        (
          await readFeatures(
            tx,
            page.map((c) => c.memberId),
          )
        ).map((f) => [f.member_id, f]),
      );
      const saved: TierRow[] = [];
      for (const candidate of [...page, ...extra]) {
        const { memberId, figure, row } = candidate;
        const still = reversed.get(`${memberId} ${structure.id}`);
        const had = row?.state ?? newTierState(structure, day);
        const step = stepTier(structure, had, {
          figure,
          on: day,
          ...(still === undefined ? {} : { stillReached: still }),
        });
        if (row !== null && row.mode === "scored" && row.fixedUntil === null && step.state === row.state)
          continue;
        const f = features.get(memberId);
        const isNew = step.state.reached !== null && step.state.reached.on === day && step.state !== had;
        saved.push({
          memberId,
          structure: structure.id,
          mode: "scored",
          state: step.state,
          carriedBy: isNew && f !== undefined ? carriedUntil(f, day) : (row?.carriedBy ?? null),
          fixedUntil: null,
          parts: row?.parts ?? null,
        });
        const reason =
          step.reason ?? (row === null ? "joined" : row.mode === "published" ? "profiling-began" : null);
        if (reason === null) continue;
        history.push(
          historyEntry(
            deps,
            at,
            scoring,
            memberId,
            structure.id,
            row?.state.tier ?? null,
            step.state.tier,
            reason,
            figure,
          ),
        );
        if (row?.state.tier !== step.state.tier) told.add(memberId);
      }
      await saveTiers(tx, saved);
      if (page.length < PAGE) break;
      after = page.at(-1)?.memberId ?? null;
    }
  }
  for (let i = 0; i < history.length; i += PAGE) await insertHistory(tx, history.slice(i, i + PAGE));
  await noteLevels(tx, deps, told);
  return told.size;
}

/** Members whose tier must be looked at because a purchase was taken back, although their figure alone would not ask. */
async function reversedCandidates(
  tx: Tx,
  scoring: Scoring,
  structure: TierStructure,
  reversed: Reversed,
  known: readonly string[],
  day: number,
) {
  const ids = [...reversed]
    .filter(([key, still]) => !still && key.endsWith(` ${structure.id}`))
    .map(([key]) => key.slice(0, key.indexOf(" ")))
    .filter((id) => !known.includes(id));
  if (ids.length === 0) return [];
  const rows = (await readTiers(tx, ids)).filter((t) => t.structure === structure.id);
  const scores = new Map((await readScores(tx, ids)).map((s) => [s.memberId, s]));
  const features = new Map((await readFeatures(tx, ids)).map((f) => [f.member_id, f]));
  return rows.flatMap((row) => {
    const f = features.get(row.memberId);
    const cohort = f === undefined ? undefined : modelFor(scoring, f.cohort);
    if (f === undefined || cohort === undefined) return [];
    const a = scores.get(row.memberId)?.a ?? null;
    return [{ memberId: row.memberId, figure: figureOf(scoring.rules, structure, cohort, f, a, day), row }];
  });
}
