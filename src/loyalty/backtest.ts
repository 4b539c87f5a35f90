import { type Features, featuresAt, type PurchaseDays } from "./behaviour.ts";
import type { CohortModel } from "./model.ts";
import { aliveUnder, expectedUnder } from "./models/index.ts";

/** What a model foretold of one member, and what came. */
export interface Foretold {
  /** The probability of at least one purchase day in the window. */
  readonly probability: number;
  readonly expected: number;
  readonly bought: number;
}

/**
 * The probability that a member buys within `weeks`: alive, and a purchase comes before the window ends,
 * P(alive)·(1 − ((α+T)/(α+T+t))^(r+x)). Exact for both beta-geometric models, in which nobody dies but after a purchase;
 * for Pareto/NBD an upper bound.
 */
export function buysWithin(cohort: CohortModel, f: Features, weeks: number): number {
  const { r, alpha } = cohort.parameters as { r: number; alpha: number };
  const silent = ((alpha + f.t) / (alpha + f.t + weeks)) ** (r + f.x);
  return aliveUnder(cohort.model, cohort.parameters, f) * (1 - silent);
}

/** Holds one member's later purchases against what the model, fitted up to `day`, foretold; null before its first one. */
export function foretell(
  cohort: CohortModel,
  purchases: PurchaseDays,
  day: number,
  weeks: number,
): Foretold | null {
  const f = featuresAt(purchases, day);
  if (f === null) return null;
  return {
    probability: buysWithin(cohort, f, weeks),
    expected: expectedUnder(cohort.model, cohort.parameters, f, weeks),
    bought: purchases.days.filter((d) => d > day && d <= day + 7 * weeks).length,
  };
}

export interface CalibrationRow {
  readonly from: number;
  readonly to: number;
  readonly members: number;
  /** Null where fewer than five members would be told of. */
  readonly foretold: number | null;
  readonly observed: number | null;
  /** Wilson's interval of the observed share, 95 %. */
  readonly interval: readonly [number, number] | null;
}

export interface BacktestReport {
  readonly fittedUntil: string;
  readonly weeks: number;
  readonly members: number;
  /** Mean squared distance between the probability and what came; and the same for the overall share. */
  readonly brier: number;
  readonly brierOfShare: number;
  readonly expectedPurchases: number;
  readonly observedPurchases: number;
  /** How many times the overall share buys among the tenth with the highest probabilities. */
  readonly topTenthLift: number | null;
  readonly calibration: readonly CalibrationRow[];
  /** By frequency so far: mean purchases foretold and observed. */
  readonly byTenth: readonly {
    readonly tenth: number;
    readonly members: number;
    readonly expected: number;
    readonly observed: number;
    /** Share of all who bought that is found up to here, from the most probable down. */
    readonly gains: number;
  }[];
}

const SMALL = 5;

/** Wilson's score interval of a share (Wilson 1927), 95 %. */
export function wilson(successes: number, n: number): [number, number] {
  if (n === 0) return [0, 1];
  const z = 1.959963984540054;
  const p = successes / n;
  const middle = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/** The report of a back-test: a calibration table in tenths of probability, Brier score, lift and plot data. Pure. */
export function reportBacktest(
  foretold: readonly Foretold[],
  about: { readonly fittedUntil: string; readonly weeks: number },
): BacktestReport {
  const n = foretold.length;
  const buyers = foretold.filter((f) => f.bought > 0).length;
  const share = n === 0 ? 0 : buyers / n;
  const squared = (p: (f: Foretold) => number) =>
    n === 0 ? 0 : foretold.reduce((sum, f) => sum + (p(f) - (f.bought > 0 ? 1 : 0)) ** 2, 0) / n;
  const calibration = Array.from({ length: 10 }, (_, i): CalibrationRow => {
    const inside = foretold.filter((f) => Math.min(9, Math.floor(f.probability * 10)) === i);
    const bought = inside.filter((f) => f.bought > 0).length;
    const told = inside.length >= SMALL;
    return {
      from: i / 10,
      to: (i + 1) / 10,
      members: told ? inside.length : 0,
      foretold: told ? inside.reduce((sum, f) => sum + f.probability, 0) / inside.length : null,
      observed: told ? bought / inside.length : null,
      interval: told ? wilson(bought, inside.length) : null,
    };
  });
  const sorted = [...foretold].sort((a, b) => b.probability - a.probability);
  let found = 0;
  const byTenth = Array.from({ length: 10 }, (_, i) => {
    const part = sorted.slice(Math.round((i * n) / 10), Math.round(((i + 1) * n) / 10));
    found += part.filter((f) => f.bought > 0).length;
    const mean = (of: (f: Foretold) => number) =>
      part.length === 0 ? 0 : part.reduce((sum, f) => sum + of(f), 0) / part.length;
    return {
      tenth: i + 1,
      members: part.length,
      expected: mean((f) => f.expected),
      observed: mean((f) => f.bought),
      gains: buyers === 0 ? 0 : found / buyers,
    };
  });
  const top = sorted.slice(0, Math.round(n / 10));
  const topShare = top.length === 0 ? 0 : top.filter((f) => f.bought > 0).length / top.length;
  return {
    ...about,
    members: n,
    brier: squared((f) => f.probability),
    brierOfShare: squared(() => share),
    expectedPurchases: foretold.reduce((sum, f) => sum + f.expected, 0),
    observedPurchases: foretold.reduce((sum, f) => sum + f.bought, 0),
    topTenthLift: share === 0 || top.length === 0 ? null : topShare / share,
    calibration,
    byTenth,
  };
}
