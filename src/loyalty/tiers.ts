import type { TierStructure } from "./rules.ts";

/** A UTC day as the number of days since 1970. Tiers change by days, never by hours. */
export type Day = number;

/** How a member stands in one tier structure. Plain JSON. */
export interface TierState {
  readonly tier: string;
  readonly since: Day;
  /** No breach counts before this day. */
  readonly heldUntil: Day;
  /** Consecutive months in which the figure was in breach. */
  readonly breaches: number;
  /** The month (`2026-11`) of the last breach that was counted; null when none. */
  readonly breachMonth: string | null;
  readonly graceUntil: Day | null;
  /** When and from what the present tier was reached by the figure; null when it was not. */
  readonly reached: { readonly on: Day; readonly from: string } | null;
}

/** Why a tier changed, or what else happened to it. Codes are part of the interface. */
export const TIER_REASONS = [
  "joined",
  "reached-cut",
  "grace-began",
  "recovered",
  "stepped-down",
  "purchase-reversed",
  "profiling-ended",
  "profiling-began",
  "published-rule",
  "staff-decision",
  "rules-changed",
  "accounts-joined",
  "accounts-parted",
] as const;
export type TierReason = (typeof TIER_REASONS)[number];

export interface TierChange {
  readonly state: TierState;
  /** What is to be written into the history; null when nothing happened that anybody would ask about. */
  readonly reason: TierReason | null;
}

/** The tiers from the lowest, the base first, with their cuts. */
function ladder(structure: TierStructure): { id: string; cut: number }[] {
  return [{ id: structure.base.id, cut: Number.NEGATIVE_INFINITY }, ...structure.tiers];
}

function placeOf(rungs: readonly { id: string }[], tier: string): number {
  // A tier that the rules no longer know counts as the base.
  return Math.max(
    0,
    rungs.findIndex((t) => t.id === tier),
  );
}

/** The state of somebody who comes into the structure. */
export function newTierState(structure: TierStructure, on: Day): TierState {
  return {
    tier: structure.base.id,
    since: on,
    heldUntil: on,
    breaches: 0,
    breachMonth: null,
    graceUntil: null,
    reached: null,
  };
}

function monthOf(on: Day): string {
  return new Date(on * 86_400_000).toISOString().slice(0, 7);
}

/** The same day so many months later; the last day of the month where there is no such day. */
export function addMonths(on: Day, months: number): Day {
  const at = new Date(on * 86_400_000);
  const first = Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months, 1);
  const lastDay = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months + 1, 0)).getUTCDate();
  return first / 86_400_000 + Math.min(at.getUTCDate(), lastDay) - 1;
}

/**
 * One look at a member's figure. Pure; looking twice on one day changes nothing more.
 *
 * - At or above a higher cut: that tier at once, held for `holdMonths`.
 * - Less than `margin` below its own cut, or above: nothing, and any breach or grace is forgotten.
 * - Further below after the hold: a breach, one a month. After `breaches` in a row, `graceDays` of grace, of which the
 *   member is told; still in breach when they are over: one step down.
 * - `stillReached` false (what had carried the member over the cut was taken back): back to where it came from at once.
 */
export function stepTier(
  structure: TierStructure,
  before: TierState,
  look: { readonly figure: number; readonly on: Day; readonly stillReached?: boolean },
): TierChange {
  const rungs = ladder(structure);
  const { figure, on } = look;
  let state = before;
  let reason: TierReason | null = null;
  if (look.stillReached === false && state.reached !== null && on < state.heldUntil) {
    const back = rungs[Math.min(placeOf(rungs, state.reached.from), placeOf(rungs, state.tier))];
    state = { ...newTierState(structure, on), tier: back?.id ?? structure.base.id };
    reason = "purchase-reversed";
  }
  const at = placeOf(rungs, state.tier);
  const reached = rungs.findLastIndex((t) => figure >= t.cut);
  if (reached > at) {
    const tier = rungs[reached]?.id ?? state.tier;
    // Bought back on the day it was taken back: as if it never had been.
    if (reason === "purchase-reversed" && tier === before.tier) return { state: before, reason: null };
    return {
      state: {
        tier,
        since: on,
        heldUntil: addMonths(on, structure.holdMonths),
        breaches: 0,
        breachMonth: null,
        graceUntil: null,
        reached: { on, from: state.tier },
      },
      reason: "reached-cut",
    };
  }
  const cut = rungs[at]?.cut ?? Number.NEGATIVE_INFINITY;
  if (figure >= cut - structure.margin) {
    if (state.breaches === 0 && state.graceUntil === null) return { state, reason };
    const told = state.graceUntil !== null;
    return {
      state: { ...state, breaches: 0, breachMonth: null, graceUntil: null },
      reason: reason ?? (told ? "recovered" : null),
    };
  }
  if (on < state.heldUntil) return { state, reason };
  if (state.graceUntil !== null) {
    if (on <= state.graceUntil) return { state, reason };
    return {
      state: {
        ...newTierState(structure, on),
        tier: rungs[at - 1]?.id ?? structure.base.id,
        // The month has had its breach: those of the lower tier count from the next one.
        breachMonth: monthOf(on),
      },
      reason: "stepped-down",
    };
  }
  const month = monthOf(on);
  if (state.breachMonth === month) return { state, reason };
  const breaches = state.breaches + 1;
  const begins = breaches >= structure.breaches;
  return {
    state: {
      ...state,
      breaches,
      breachMonth: month,
      graceUntil: begins ? on + structure.graceDays : null,
    },
    reason: begins ? "grace-began" : reason,
  };
}

/**
 * The tier of a member who is not profiled, by the published rule alone: purchase days of the last 365. Never below
 * what `keep` says until its day has come. Pure.
 */
export function publishedTier(
  structure: TierStructure,
  visits: number,
  keep: { readonly tier: string; readonly until: Day } | null,
  on: Day,
): string {
  const rungs = ladder(structure);
  const earned = structure.tiers.findLast((t) => visits >= t.visits)?.id ?? structure.base.id;
  if (keep === null || on >= keep.until) return earned;
  return placeOf(rungs, keep.tier) > placeOf(rungs, earned) ? keep.tier : earned;
}
