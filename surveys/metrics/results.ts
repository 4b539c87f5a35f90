import { type Comparison, compare, holm } from "./compare.ts";
import { type Estimate, type EstimateOptions, estimate } from "./estimate.ts";
import { emptyHistogram, type Histogram, type Metric, SCALE_OF, sizeOf } from "./histogram.ts";
import {
  type MixRow,
  responseInterval,
  responseMix,
  responseRate,
  type Weighted,
  weightToInvited,
} from "./response.ts";
import { DIMENSIONS, type Dimension, type InvitedCount, PERIODS, type Period } from "./results.store.ts";
import { periodOf, type ScoreCount } from "./scores.store.ts";
import { K_METRIC, type Withholding, withhold } from "./suppress.ts";
import { type Slope, slopeOf, type TrendPoint, trendOf } from "./trend.ts";

/** One group of a grouping. A withheld one shows its name and why, and no number at all. */
export type Group =
  | { readonly key: string; readonly withheld: Withholding }
  | {
      readonly key: string;
      readonly estimate: Estimate | null;
      /** Against everybody else in the table; `p` corrected for the number of groups (Holm). */
      readonly againstOthers: Comparison | null;
      readonly invited: number;
      readonly responseRate: number | null;
    };

export interface Grouping {
  readonly groups: readonly Group[];
  /** How the mix of those who answered differs from that of those who were asked; groups withheld are left out. */
  readonly mix: readonly MixRow[];
  /** The figure as if every group had answered alike; null when a group is silent or withheld. */
  readonly weighted: Weighted | null;
}

export interface Results {
  readonly total: Estimate | null;
  /** Set when there are answers, but too few to be shown. */
  readonly withheld: Withholding | null;
  /** How often each score was given; null when withheld. */
  readonly distribution: readonly number[] | null;
  readonly response: {
    readonly invited: number;
    /** Of those invited; without invitations, everybody who answered. */
    readonly answered: number;
    readonly declined: number;
    readonly bounced: number;
    readonly partial: number;
    readonly rate: number | null;
    /** The rate's 95 % interval. */
    readonly interval: { readonly low: number; readonly high: number } | null;
  } | null;
  readonly by: Readonly<Record<Dimension, Grouping>>;
  readonly trends: Readonly<
    Record<Period, { readonly points: readonly ShownPoint[]; readonly slope: Slope | null }>
  >;
  /** What the small-group rule kept back, in numbers of groups. */
  readonly withheldGroups: number;
}

/** A period of a trend; a withheld one has no figure. */
export type ShownPoint = TrendPoint & { readonly withheld?: Withholding };

/** The name of a group of answers that do not say. */
export const UNKNOWN = "unknown";

interface Counted {
  readonly key: string;
  readonly histogram: Histogram;
  readonly n: number;
  readonly invited: InvitedCount | undefined;
}

/**
 * Makes results of counts: every figure with its interval, groups against the others, response beside each, and small
 * groups withheld so that they cannot be had by subtraction. Pure; the order of the counts changes nothing.
 */
export function buildResults(input: {
  readonly metric: Metric;
  readonly scores: readonly ScoreCount[];
  readonly invited: readonly InvitedCount[];
  readonly partial: number;
  readonly regionOf: ReadonlyMap<string, string>;
  readonly options: EstimateOptions;
  readonly k?: number;
}): Results {
  const { metric, options } = input;
  const k = input.k ?? K_METRIC;
  const all = collect(metric, input.scores, input.invited, null);
  const whole = all[0]?.histogram ?? emptyHistogram(metric);
  const n = sizeOf(whole);
  const hidden: Withholding | null = n > 0 && n < k ? "small-group" : null;
  const asked = all[0]?.invited;

  const tables = new Map<Dimension | Period, { cells: Counted[]; out: Map<string, Withholding> }>();
  const tableOf = (
    by: Dimension | Period,
    parentOf?: (key: string) => string | undefined,
    parents?: ReadonlyMap<string, Withholding>,
  ) => {
    const cells = collect(metric, input.scores, input.invited, by);
    const out = withhold(
      cells.map((c) => {
        const parent = parentOf?.(c.key);
        return { key: c.key, n: c.n, ...(parent === undefined ? {} : { parent }) };
      }),
      k,
      parents,
    );
    // Whoever is too few in all is too few in every part.
    if (hidden !== null) for (const c of cells) if (c.n > 0) out.set(c.key, "small-group");
    tables.set(by, { cells, out });
    return out;
  };
  const regions = tableOf("region");
  tableOf("store", (key) => input.regionOf.get(key) ?? UNKNOWN, regions);
  for (const by of DIMENSIONS) if (!tables.has(by)) tableOf(by);
  const quarters = tableOf("quarter");
  tableOf("month", (month) => periodOf("quarter", month), quarters);
  tableOf("week");

  const by = Object.fromEntries(
    DIMENSIONS.map((dimension) => {
      const { cells, out } = tables.get(dimension) as { cells: Counted[]; out: Map<string, Withholding> };
      return [dimension, groupingOf(metric, cells, out, whole, options)];
    }),
  ) as Record<Dimension, Grouping>;
  const trends = Object.fromEntries(
    PERIODS.map((period) => {
      const { cells, out } = tables.get(period) as { cells: Counted[]; out: Map<string, Withholding> };
      const filled = withGaps(period, cells);
      const estimates = filled.map((c) => (out.has(c.key) ? null : estimate(c.histogram, options)));
      const points = trendOf(filled.map((c, i) => ({ period: c.key, estimate: estimates[i] ?? null })));
      return [
        period,
        {
          points: points.map((p): ShownPoint => {
            const withheld = out.get(p.period);
            return withheld === undefined ? p : { ...p, withheld };
          }),
          slope: slopeOf(estimates),
        },
      ];
    }),
  ) as Record<Period, { points: ShownPoint[]; slope: Slope | null }>;

  return {
    total: hidden === null ? estimate(whole, options) : null,
    withheld: hidden,
    distribution: hidden === null && n > 0 ? whole.counts : null,
    response:
      hidden !== null
        ? null
        : {
            invited: asked?.invited ?? 0,
            answered: asked?.answered ?? n,
            declined: asked?.declined ?? 0,
            bounced: asked?.bounced ?? 0,
            partial: input.partial,
            rate: asked === undefined ? null : responseRate(asked),
            interval: asked === undefined ? null : responseInterval(asked),
          },
    by,
    trends,
    withheldGroups: [...tables.values()].reduce((sum, t) => sum + t.out.size, 0),
  };
}

function collect(
  metric: Metric,
  scores: readonly ScoreCount[],
  invited: readonly InvitedCount[],
  by: Dimension | Period | null,
): Counted[] {
  const [min] = SCALE_OF[metric];
  const counts = new Map<string, number[]>();
  const keyOf = (key: string | null) => key ?? (by === null ? "" : UNKNOWN);
  for (const row of scores) {
    if (row.by !== by) continue;
    const key = keyOf(row.key);
    const own = counts.get(key) ?? [...emptyHistogram(metric).counts];
    own[row.score - min] = (own[row.score - min] ?? 0) + row.n;
    counts.set(key, own);
  }
  const askedOf = new Map(invited.filter((i) => i.by === by).map((i) => [keyOf(i.key), i]));
  return [...new Set([...counts.keys(), ...askedOf.keys()])].sort().map((key) => {
    const histogram = { metric, counts: counts.get(key) ?? emptyHistogram(metric).counts };
    return { key, histogram, n: sizeOf(histogram), invited: askedOf.get(key) };
  });
}

function groupingOf(
  metric: Metric,
  cells: readonly Counted[],
  out: ReadonlyMap<string, Withholding>,
  whole: Histogram,
  options: EstimateOptions,
): Grouping {
  // A population is the whole's; of its groups we do not know it.
  const { population: _all, ...ownOptions } = options;
  const shown = cells.filter((c) => !out.has(c.key));
  const estimates = new Map(shown.map((c) => [c.key, estimate(c.histogram, ownOptions)]));
  const against = shown.map((c) => {
    const others = { metric, counts: whole.counts.map((n, i) => n - (c.histogram.counts[i] ?? 0)) };
    return compare(
      estimates.get(c.key) ?? null,
      sizeOf(others) < K_METRIC ? null : estimate(others, ownOptions),
    );
  });
  const tested = against.flatMap((c, i) => (c === null ? [] : [{ i, p: c.p }]));
  const corrected = holm(tested.map((t) => t.p));
  const pOf = new Map(tested.map((t, at) => [t.i, corrected[at] ?? 1]));
  let at = 0;
  return {
    groups: cells.map((c): Group => {
      const withheld = out.get(c.key);
      if (withheld !== undefined) return { key: c.key, withheld };
      const i = at++;
      const test = against[i] ?? null;
      const p = pOf.get(i) ?? 1;
      return {
        key: c.key,
        estimate: estimates.get(c.key) ?? null,
        againstOthers: test === null ? null : { ...test, p, significant: p < 0.05 },
        invited: c.invited?.invited ?? 0,
        responseRate: c.invited === undefined ? null : responseRate(c.invited),
      };
    }),
    mix: responseMix(
      shown.map((c) => ({
        key: c.key,
        invited: c.invited?.invited ?? 0,
        answered: c.invited?.answered ?? 0,
      })),
    ),
    weighted:
      out.size > 0
        ? null
        : weightToInvited(
            shown.map((c) => ({ invited: c.invited?.invited ?? 0, estimate: estimates.get(c.key) ?? null })),
          ),
  };
}

/** Periods without an answer in between: a gap is time, too. */
function withGaps(period: Period, cells: readonly Counted[]): Counted[] {
  const first = cells[0];
  const last = cells.at(-1);
  if (first === undefined || last === undefined) return [];
  const known = new Map(cells.map((c) => [c.key, c]));
  const filled: Counted[] = [];
  for (let at = first.key; at <= last.key; at = nextPeriod(period, at)) {
    filled.push(
      known.get(at) ?? {
        key: at,
        histogram: emptyHistogram(first.histogram.metric),
        n: 0,
        invited: undefined,
      },
    );
  }
  return filled;
}

function nextPeriod(period: Period, start: string): string {
  const at = new Date(`${start}T00:00:00Z`);
  if (period === "week") at.setUTCDate(at.getUTCDate() + 7);
  else at.setUTCMonth(at.getUTCMonth() + (period === "month" ? 1 : 3));
  return at.toISOString().slice(0, 10);
}
