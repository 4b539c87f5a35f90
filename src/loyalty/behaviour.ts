import type { CohortModel } from "./model.ts";
import { aliveUnder, expectedSpend, expectedUnder, type GammaGamma, lifetimeValue } from "./models/index.ts";
import type { Rules } from "./rules.ts";

/** Purchase days of one member, net of returns: days since 1970 (UTC), ascending, and what was spent on each. */
export interface PurchaseDays {
  readonly days: readonly number[];
  /** Net minor units of `currency`, day by day; 0 on days on which only another currency was spent. */
  readonly amounts: readonly number[];
  readonly currency: string;
  /** Minor units in one major unit. */
  readonly unit: number;
}

/** What the models need, at the end of a day: x repeats, times in weeks since the first purchase, mean repeat spend. */
export interface Features {
  readonly x: number;
  readonly tx: number;
  readonly t: number;
  /** Mean spend of the days after the first, major units; 0 when x is 0. */
  readonly z: number;
}

/** The features as of the end of a day; null before the first purchase. */
export function featuresAt(purchases: PurchaseDays, day: number): Features | null {
  const first = purchases.days[0];
  if (first === undefined || first > day) return null;
  let x = 0;
  let spent = 0;
  let last = first;
  for (let i = 1; i < purchases.days.length; i++) {
    const on = purchases.days[i] as number;
    if (on > day) break;
    x++;
    last = on;
    spent += purchases.amounts[i] as number;
  }
  return {
    x,
    tx: (last - first) / 7,
    t: (day - first) / 7,
    z: x === 0 ? 0 : spent / x / purchases.unit,
  };
}

/** Values rounded so that equals are equal on every machine: nine decimals. */
export function rounded(value: number): number {
  return Math.round(value * 1e9) / 1e9;
}

/** A distribution frozen in a model version: distinct values, ascending, how many lie below each, and how many in all. */
export interface Ranks {
  readonly values: readonly number[];
  /** One longer than `values`: the last entry is the number of all. */
  readonly below: readonly number[];
}

/** More distinct values than this are kept as so many steps: a midrank then is exact to 1/8192. */
const STEPS = 4_096;

/** Freezes a distribution. Beyond 4,096 distinct values, neighbours share the value of the highest of them. */
export function freezeRanks(values: readonly number[]): Ranks {
  const sorted = Float64Array.from(values, rounded).sort();
  const distinct: number[] = [];
  const below: number[] = [];
  sorted.forEach((value, i) => {
    if (i > 0 && value === sorted[i - 1]) return;
    distinct.push(value);
    below.push(i);
  });
  below.push(sorted.length);
  if (distinct.length <= STEPS) return { values: distinct, below };
  const kept: number[] = [];
  const keptBelow: number[] = [0];
  for (let step = 1; step <= STEPS; step++) {
    const at = Math.round((step * distinct.length) / STEPS) - 1;
    kept.push(distinct[at] as number);
    keptBelow.push(below[at + 1] as number);
  }
  return { values: kept, below: keptBelow };
}

/**
 * The midrank of a value: (how many lie below + half of those equal)/N; 0.5 in an empty distribution. Between two
 * values of the frozen distribution nobody is equal; where neighbours were joined, each stands for all up to it.
 */
export function midrank(ranks: Ranks, value: number): number {
  const { values, below } = ranks;
  const n = below.at(-1) ?? 0;
  if (n === 0) return 0.5;
  const v = rounded(value);
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] as number) < v) low = middle + 1;
    else high = middle;
  }
  const under = below[low] as number;
  const upTo = values[low] === v ? (below[low + 1] as number) : under;
  return (under + upTo) / 2 / n;
}

/** The three parts of behaviour, each between 0 and 1, and what they add up to. */
export interface Behaviour {
  readonly alive: number;
  readonly rate: number;
  readonly spend: number;
  readonly b: number;
  readonly high: boolean;
  readonly provisional: boolean;
}

/** The value of which `rate` is the midrank: purchases a week to be expected while alive, (r+x)/(α+T). */
export function rateOf(parameters: Readonly<Record<string, number>>, f: Features): number {
  return ((parameters.r as number) + f.x) / ((parameters.alpha as number) + f.t);
}

/**
 * Behaviour under a frozen model: B = weights · (P(alive), midrank of the rate, midrank of the expected spend, which is
 * 0.5 while nothing was bought again). High above the cut; provisional while too young or without a repeat. Pure.
 */
export function behaviourOf(rules: Rules["behaviour"], cohort: CohortModel, f: Features): Behaviour {
  const alive = aliveUnder(cohort.model, cohort.parameters, f);
  const rate = midrank(cohort.rates, rateOf(cohort.parameters, f));
  const spend = f.x === 0 ? 0.5 : midrank(cohort.spends, expectedSpend(cohort.spend, f.x, f.z));
  const w = rules.weights;
  const b = w.alive * alive + w.rate * rate + w.spend * spend;
  return {
    alive,
    rate,
    spend,
    b,
    high: b > rules.high,
    provisional: f.x === 0 || f.t * 7 < rules.provisionalDays,
  };
}

/** What is expected of a member: purchases in the horizon, spend on each, and the value of the months ahead. */
export interface Outlook {
  readonly purchases: number;
  readonly horizonWeeks: number;
  readonly spendEach: number;
  readonly value: number;
  readonly months: number;
}

export function outlookOf(rules: Rules["value"], cohort: CohortModel, f: Features): Outlook {
  const spend: GammaGamma = cohort.spend;
  return {
    purchases: expectedUnder(cohort.model, cohort.parameters, f, rules.horizonWeeks),
    horizonWeeks: rules.horizonWeeks,
    spendEach: expectedSpend(spend, f.x, f.z),
    value: lifetimeValue(cohort.model, cohort.parameters, spend, f, {
      months: rules.months,
      monthlyDiscount: (1 + rules.yearlyDiscount) ** (1 / 12) - 1,
    }),
    months: rules.months,
  };
}
