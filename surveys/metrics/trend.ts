import { type Comparison, compare } from "./compare.ts";
import { Z95 } from "./distributions.ts";
import type { Estimate } from "./estimate.ts";

/** One period of a trend. */
export interface TrendPoint {
  readonly period: string;
  readonly estimate: Estimate | null;
  /** Against the period before it that has a figure. */
  readonly change: Comparison | null;
}

/** Change per period over the whole trend: weighted least squares, each period weighing 1/SE². */
export interface Slope {
  readonly perPeriod: number;
  readonly low: number;
  readonly high: number;
  readonly significant: boolean;
}

/** Each period with its change against the last figure before it. Periods come in the order of time. */
export function trendOf(
  periods: readonly { readonly period: string; readonly estimate: Estimate | null }[],
): TrendPoint[] {
  let before: Estimate | null = null;
  return periods.map(({ period, estimate }) => {
    const change = compare(estimate, before);
    before = estimate ?? before;
    return { period, estimate, change };
  });
}

/** The slope through the periods that have a figure; null with fewer than three. A gap counts as time passed. */
export function slopeOf(estimates: readonly (Estimate | null)[]): Slope | null {
  const points = estimates.flatMap((e, x) =>
    e === null || e.adjustedSe === 0 ? [] : [{ x, y: e.centre, w: 1 / e.adjustedSe ** 2 }],
  );
  if (points.length < 3) return null;
  const sum = (of: (p: (typeof points)[number]) => number) => points.reduce((s, p) => s + of(p), 0);
  const weight = sum((p) => p.w);
  const meanX = sum((p) => p.w * p.x) / weight;
  const meanY = sum((p) => p.w * p.y) / weight;
  const spread = sum((p) => p.w * (p.x - meanX) ** 2);
  if (spread === 0) return null;
  const perPeriod = sum((p) => p.w * (p.x - meanX) * (p.y - meanY)) / spread;
  const moe = Z95 / Math.sqrt(spread);
  const [low, high] = [perPeriod - moe, perPeriod + moe];
  return { perPeriod, low, high, significant: low > 0 || high < 0 };
}
