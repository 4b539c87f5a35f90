import { type Consent, type ConsentRules, decide, type Standing } from "../../consent/index.ts";
import type { Tx } from "../db/index.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import {
  type BulkMember,
  groupMembers,
  readAllOrders,
  readSubjectsOfMembers,
  stageChanges,
} from "../members/index.ts";
import { behaviourOf, featuresAt, type PurchaseDays } from "./behaviour.ts";
import { type CohortModel, cohortOf, programmeOf } from "./model.ts";
import { purchaseDaysOf } from "./purchases.ts";
import type { Rules, TierStructure } from "./rules.ts";
import { type ChangedCondition, readScores, scoreCohort } from "./score.store.ts";
import { lift, MICRO, scoreOf } from "./score.ts";
import {
  deleteTiers,
  findTierCandidates,
  forgetConditions,
  type HistoryEntry,
  insertHistory,
  readTiers,
  saveTiers,
  type TierRow,
} from "./tiers.store.ts";
import { addMonths, newTierState, publishedTier, stepTier, type TierReason } from "./tiers.ts";
import { type FeatureRow, forgetMembers, handOver, readFeatures, saveInputs } from "./versions.store.ts";

/** What scores now: a published set of rules and a frozen model. */
export interface Scoring {
  readonly rulesVersion: number;
  readonly rules: Rules;
  readonly modelId: string;
  readonly cohorts: ReadonlyMap<string, CohortModel>;
}

export interface RescoreDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly consent: Pick<Consent, "standings">;
}

const DAY = 86_400_000;
const PAGE = 1_000;
/** The purpose under which a score is made, and the one under which a membership is run. */
export const PROFILING = "profiling";
const MEMBERSHIP = "service";

export function dayOf(at: Date): number {
  return Math.floor(at.getTime() / DAY);
}

/** The model a member's cohort is held against: its own, else its programme's; undefined when there is neither. */
export function modelFor(scoring: Pick<Scoring, "cohorts">, cohort: string): CohortModel | undefined {
  return (
    scoring.cohorts.get(cohort) ?? scoring.cohorts.get(programmeOf(cohort)) ?? scoring.cohorts.get("*|*")
  );
}

/** Whether a purpose is allowed for the whole of a member. */
export function isAllowed(rules: ConsentRules, standing: Standing, purposeId: string): boolean {
  return decide(rules, standing, { purposeId }).kind === "allowed";
}

/** Purchase days within the 365 days that end with `day`. */
export function visitsOf(purchases: Pick<PurchaseDays, "days">, day: number): number {
  return purchases.days.filter((d) => d > day - 365 && d <= day).length;
}

/** The figure a structure looks at, as of a day; `a` is the member's attitude, null while unknown. */
export function figureOf(
  rules: Rules,
  structure: TierStructure,
  cohort: CohortModel,
  purchases: PurchaseDays,
  a: number | null,
  day: number,
): number {
  if (structure.basis === "visits") return visitsOf(purchases, day);
  if (structure.basis === "spend") {
    const spent = purchases.days.reduce(
      (sum, d, i) => (d > day - 365 && d <= day ? sum + (purchases.amounts[i] as number) : sum),
      0,
    );
    return spent / purchases.unit;
  }
  const features = featuresAt(purchases, day);
  if (features === null) return 0;
  const behaviour = behaviourOf(rules.behaviour, cohort, features);
  const unknown = {
    state: "unknown",
    a: null,
    sd: null,
    pHigh: null,
    high: null,
    n: 0,
    mean: 0,
    answers: [],
  } as const;
  const points = scoreOf(rules, unknown, behaviour).tierMicro / MICRO;
  return structure.upwardOnly ? points + lift(rules.attitude, a) : points;
}

/**
 * Works some members anew from what is stored: features and answers of those whose profiling is allowed, their scores
 * and tiers; of the others everything that profiling made goes, and their tier follows the published rule. Idempotent:
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
  const members = groupMembers(await readSubjectsOfMembers(tx, memberIds));
  await handOver(tx, gone);
  await forgetMembers(tx, gone);
  const standings = await deps.consent.standings(tx, members);
  const profiled: BulkMember[] = [];
  const others: BulkMember[] = [];
  for (const member of members) {
    const standing = standings.get(member.memberId) as Standing;
    if (isAllowed(consentRules, standing, PROFILING)) profiled.push(member);
    else if (isAllowed(consentRules, standing, MEMBERSHIP)) others.push(member);
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
  await saveInputs(tx, memberIds, features, at);
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
  const touched = new Set([...history.map((h) => h.memberId), ...unscored.filter((id) => before.has(id))]);
  await noteLevels(tx, deps, touched);
  return changed + touched.size;
}

function entry(
  deps: Pick<RescoreDeps, "ids">,
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
async function noteLevels(tx: Tx, deps: RescoreDeps, memberIds: ReadonlySet<string>): Promise<void> {
  const all = [...memberIds];
  for (let i = 0; i < all.length; i += PAGE)
    await stageChanges(tx, deps, "level.changed", all.slice(i, i + PAGE));
}

/** Tiers of members who are not profiled: what they had is kept until its hold ends, then purchase days alone count. */
async function keepPublished(
  tx: Tx,
  deps: RescoreDeps,
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
      });
      const reason: TierReason = had?.mode === "scored" ? "profiling-ended" : "published-rule";
      if (had?.state.tier !== tier || had.mode === "scored")
        history.push(
          entry(deps, at, null, memberId, structure.id, had?.state.tier ?? null, tier, reason, null),
        );
    }
  }
  await saveTiers(tx, saved);
  return history;
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
  const changed: ChangedCondition[] = [];
  for (const [cohort, { cohorts, ids }] of byModel)
    changed.push(
      ...(await scoreCohort(tx, {
        ...scoring,
        cohort,
        cohorts: [...cohorts],
        memberIds: ids,
        at: deps.clock.now(),
      })),
    );
  const reversed = reversedOf(scoring, features, tiers, dayOf(deps.clock.now()));
  return settleLevels(tx, deps, scoring, changed, memberIds, reversed);
}

/** Member and structure → whether what carried the tier over its cut still does, where purchases of then were taken back. */
type Reversed = ReadonlyMap<string, boolean>;

function reversedOf(
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
  deps: RescoreDeps,
  scoring: Scoring,
  changed: readonly ChangedCondition[],
  memberIds: readonly string[] | null,
  reversed: Reversed = new Map(),
): Promise<number> {
  const at = deps.clock.now();
  const day = dayOf(at);
  const history: HistoryEntry[] = changed.map((c) =>
    entry(
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
        });
        const reason =
          step.reason ?? (row === null ? "joined" : row.mode === "published" ? "profiling-began" : null);
        if (reason === null) continue;
        history.push(
          entry(
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
