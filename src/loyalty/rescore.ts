import type { Consent, ConsentRules, Standing } from "../../consent/index.ts";
import type { Tx } from "../db/index.ts";
import {
  type BulkMember,
  groupMembers,
  PROFILING,
  readAllOrders,
  readSubjectsOfMembers,
} from "../members/index.ts";
import type { PurchaseDays } from "./behaviour.ts";
import { handOverTiers } from "./handover.ts";
import { historyEntry, type LevelChangeDeps, noteLevels } from "./level-changes.ts";
import { type CohortModel, cohortOf } from "./model.ts";
import { keepPublished } from "./published-tiers.ts";
import { purchaseDaysOf } from "./purchases.ts";
import { readScores, scoreCohorts } from "./score.store.ts";
import { dayOf, MEMBERSHIP, modelFor, narrowed, type Scoring } from "./scoring.ts";
import { reversedOf, settleLevels } from "./settle-levels.ts";
import {
  deleteTiers,
  dropTiers,
  forgetConditions,
  type HistoryEntry,
  insertHistory,
  readOwners,
  readTiers,
  saveTiers,
  type TierRow,
} from "./tiers.store.ts";
import { type FeatureRow, forgetMembers, readFeatures, saveInputs } from "./versions.store.ts";

export interface RescoreDeps extends LevelChangeDeps {
  readonly consent: Pick<Consent, "standings">;
}

/**
 * Works some members anew from what is stored: features and answers of those accounts for which profiling is
 * allowed, their scores and tiers; of the others everything that profiling made goes, and their tier follows the published rule. Idempotent:
 * a second time changes nothing. Answers those whose level changed.
 */
export async function refreshMembers(
  tx: Tx,
  deps: RescoreDeps,
  consentRules: ConsentRules,
  scoring: Scoring,
  memberIds: readonly string[],
  gone: readonly string[] = [],
): Promise<number> {
  const at = deps.clock.now();
  const members = groupMembers(await readSubjectsOfMembers(tx, memberIds, { said: true }));
  const handed = await handOver(tx, deps, scoring, [...memberIds, ...gone]);
  await forgetMembers(tx, gone);
  const standings = await deps.consent.standings(tx, members);
  const profiled: BulkMember[] = [];
  const others: BulkMember[] = [];
  for (const member of members) {
    const standing = standings.get(member.memberId) as Standing;
    const open = narrowed(consentRules, standing, member, PROFILING);
    const run = open === null ? narrowed(consentRules, standing, member, MEMBERSHIP) : null;
    if (open !== null) profiled.push(open);
    else if (run !== null) others.push(run);
  }
  const orders = await readAllOrders(tx, [...profiled, ...others]);
  const bought = new Map<string, PurchaseDays>();
  for (const [id, own] of orders) {
    const purchases = purchaseDaysOf(own);
    if (purchases !== null) bought.set(id, purchases);
  }
  const before = new Set((await readScores(tx, memberIds)).map((s) => s.memberId));
  const features = profiled.flatMap(({ memberId }): FeatureRow[] => {
    const p = bought.get(memberId);
    if (p === undefined) return [];
    const cohort = cohortOf(p.days[0] as number, p.currency);
    return [
      { member_id: memberId, cohort, currency: p.currency, unit: p.unit, days: p.days, amounts: p.amounts },
    ];
  });
  const bySubject = profiled.flatMap((m) => m.subjects.map((s) => s.subjectId));
  await saveInputs(tx, memberIds, features, bySubject, at);
  const scored = new Set(features.map((f) => f.member_id));
  const history: HistoryEntry[] = [];
  // What profiling has left in the history goes with it; that a tier was reached, and when, stays.
  const unscored = memberIds.filter((id) => !scored.has(id));
  await forgetConditions(tx, unscored);
  const tiers = await readTiers(tx, memberIds);
  history.push(...(await keepPublished(tx, deps, scoring, others, bought, tiers, dayOf(at))));
  await deleteTiers(
    tx,
    unscored.filter((id) => !others.some((m) => m.memberId === id)),
  );
  const changed = await scoreMembers(tx, deps, scoring, [...scored], tiers);
  await insertHistory(tx, history);
  const touched = new Set([
    ...handed,
    ...history.map((h) => h.memberId),
    ...unscored.filter((id) => before.has(id)),
  ]);
  await noteLevels(tx, deps, touched);
  return changed + touched.size;
}

/**
 * Tiers of members that were joined or parted since: the better one for whoever was joined, for whoever parted what it
 * held alone. Answers the members whose tier is another than under their id before.
 */
async function handOver(
  tx: Tx,
  deps: LevelChangeDeps,
  scoring: Scoring,
  ids: readonly string[],
): Promise<string[]> {
  const found = new Map<string, TierRow>();
  const owners = new Map<string, string>();
  // Rows name former members, whose owners of today may have rows of their own.
  for (let asked: readonly string[] = ids; asked.length > 0; ) {
    const rows = await readTiers(tx, asked);
    for (const row of rows) found.set(`${row.memberId} ${row.structure}`, row);
    const named = [...new Set([...asked, ...rows.flatMap((r) => (r.parts ?? []).map((p) => p.id))])];
    const read = await readOwners(
      tx,
      named.filter((id) => !owners.has(id)),
    );
    for (const [id, owner] of read) owners.set(id, owner);
    const known = new Set([...found.values()].map((r) => r.memberId));
    asked = [...new Set(read.values())].filter((id) => !known.has(id) && !asked.includes(id));
  }
  const { saved, dropped } = handOverTiers(
    scoring.rules.structures,
    [...found.values()],
    (id) => owners.get(id) ?? null,
  );
  await dropTiers(tx, dropped);
  await saveTiers(tx, saved);
  const at = deps.clock.now();
  const moved = saved.filter((row) => {
    const had = found.get(`${row.memberId} ${row.structure}`);
    return had !== undefined && had.state.tier !== row.state.tier;
  });
  await insertHistory(
    tx,
    moved.map((row) => {
      const had = found.get(`${row.memberId} ${row.structure}`);
      const reason =
        (row.parts?.length ?? 1) > (had?.parts?.length ?? 1) ? "accounts-joined" : "accounts-parted";
      return historyEntry(
        deps,
        at,
        null,
        row.memberId,
        row.structure,
        had?.state.tier ?? null,
        row.state.tier,
        reason,
        null,
      );
    }),
  );
  return moved.map((row) => row.memberId);
}

/** Scores members that have features, and steps their tiers. Answers how many changed condition or tier. */
async function scoreMembers(
  tx: Tx,
  deps: RescoreDeps,
  scoring: Scoring,
  memberIds: readonly string[],
  tiers: readonly TierRow[],
): Promise<number> {
  if (memberIds.length === 0) return 0;
  const features = await readFeatures(tx, memberIds);
  const byModel = new Map<CohortModel, { cohorts: Set<string>; ids: string[] }>();
  for (const f of features) {
    const model = modelFor(scoring, f.cohort);
    if (model === undefined) continue;
    const group = byModel.get(model) ?? { cohorts: new Set<string>(), ids: [] };
    byModel.set(model, group);
    group.cohorts.add(f.cohort);
    group.ids.push(f.member_id);
  }
  const groups = [...byModel].map(([cohort, { cohorts, ids }]) => ({
    cohort,
    cohorts: [...cohorts],
    memberIds: ids,
  }));
  const changed = await scoreCohorts(tx, { ...scoring, at: deps.clock.now() }, groups);
  const reversed = reversedOf(scoring, features, tiers, dayOf(deps.clock.now()));
  return settleLevels(tx, deps, scoring, changed, memberIds, reversed);
}
