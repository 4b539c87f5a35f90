import { t975, Z95 } from "./distributions.ts";
import { between, type Histogram, SCALE_OF, sizeOf } from "./histogram.ts";

/** Above this share of the whole, the finite-population correction applies. */
const CORRECT_ABOVE = 0.05;

/** How a figure was made; stored and shown with it, since variants of CSAT and CES are not comparable. */
export type Method = "nps" | "csat-top-two" | "ces-mean" | "ces-agree" | "share";

/**
 * A figure with its uncertainty. Nothing is rounded. `value` is what was observed: −100 to 100 for NPS, a percentage
 * for CSAT and CES agreement, 1 to 7 for the CES mean. `centre`, `low` and `high` are the reported 95 % interval;
 * `se` belongs to `value`, `adjustedSe` to `centre`.
 */
export interface Estimate {
  readonly method: Method;
  readonly n: number;
  readonly value: number;
  readonly se: number;
  /** Half-width around `value`, 1.96·SE (Student's t for the mean). */
  readonly moe: number;
  readonly centre: number;
  readonly adjustedSe: number;
  readonly low: number;
  readonly high: number;
  /** Whether the answers are so large a part of the population that the errors were made smaller. */
  readonly corrected: boolean;
}

export interface EstimateOptions {
  /** How many could have answered (the whole population); unknown or infinite when absent. */
  readonly population?: number;
  /** CES is reported as its mean unless agreement (share of 5 to 7) is asked for. */
  readonly ces?: "mean" | "agree";
}

/** √((N−n)/(N−1)) when more than 5 % of the population answered, else 1. */
export function finiteCorrection(n: number, population: number | undefined): number {
  if (population === undefined || !Number.isFinite(population) || population <= 1) return 1;
  if (n / population <= CORRECT_ABOVE) return 1;
  return n >= population ? 0 : Math.sqrt((population - n) / (population - 1));
}

const clip = (x: number, low: number, high: number): number => Math.min(high, Math.max(low, x));

/**
 * The metric of a histogram; null without answers, never 0.
 *
 * - NPS = 100(p−d), SE = √((p+d−(p−d)²)/n), interval by the adjusted Wald method: three answers more, three quarters of
 *   one a promoter and as much a detractor, clipped at ±100 (MeasuringU; Rocks 2016, arXiv 1601.07235).
 * - CSAT = share of 4 and 5, interval by Agresti–Coull (the adjusted Wald of a proportion).
 * - CES = mean with Student's t, or the share of 5 to 7.
 */
export function estimate(histogram: Histogram, options: EstimateOptions = {}): Estimate | null {
  const n = sizeOf(histogram);
  if (n === 0) return null;
  const fpc = finiteCorrection(n, options.population);
  switch (histogram.metric) {
    case "nps":
      return netPromoter(between(histogram, 9, 10), between(histogram, 0, 6), n, fpc);
    case "csat":
      return proportion("csat-top-two", between(histogram, 4, 5), n, fpc);
    case "ces":
      return options.ces === "agree"
        ? proportion("ces-agree", between(histogram, 5, 7), n, fpc)
        : meanOf(histogram, n, fpc);
  }
}

function netError(promoters: number, detractors: number, n: number): { net: number; se: number } {
  const [p, d] = [promoters / n, detractors / n];
  // A variance of a unanimous group may come out as −1e-17.
  return { net: p - d, se: Math.sqrt(Math.max(0, p + d - (p - d) ** 2) / n) };
}

function netPromoter(promoters: number, detractors: number, n: number, fpc: number): Estimate {
  const plain = netError(promoters, detractors, n);
  const adjusted = netError(promoters + 0.75, detractors + 0.75, n + 3);
  const se = 100 * plain.se * fpc;
  const adjustedSe = 100 * adjusted.se * fpc;
  const centre = 100 * adjusted.net;
  return {
    method: "nps",
    n,
    value: 100 * plain.net,
    se,
    moe: Z95 * se,
    centre,
    adjustedSe,
    low: clip(centre - Z95 * adjustedSe, -100, 100),
    high: clip(centre + Z95 * adjustedSe, -100, 100),
    corrected: fpc < 1,
  };
}

function proportion(method: Method, hits: number, n: number, fpc: number): Estimate {
  const p = hits / n;
  const n2 = n + Z95 ** 2;
  const p2 = (hits + Z95 ** 2 / 2) / n2;
  const se = 100 * Math.sqrt((p * (1 - p)) / n) * fpc;
  const adjustedSe = 100 * Math.sqrt((p2 * (1 - p2)) / n2) * fpc;
  const centre = 100 * p2;
  return {
    method,
    n,
    value: 100 * p,
    se,
    moe: Z95 * se,
    centre,
    adjustedSe,
    low: clip(centre - Z95 * adjustedSe, 0, 100),
    high: clip(centre + Z95 * adjustedSe, 0, 100),
    corrected: fpc < 1,
  };
}

/** A share of a whole in per cent, with its Agresti–Coull interval; null of nothing. */
export function shareOf(hits: number, n: number): Estimate | null {
  return n === 0 ? null : proportion("share", hits, n, 1);
}

/** One answer tells nothing of the spread: its interval is the whole scale. */
function meanOf(histogram: Histogram, n: number, fpc: number): Estimate {
  const [min, max] = SCALE_OF[histogram.metric];
  const mean = histogram.counts.reduce((sum, c, i) => sum + c * (min + i), 0) / n;
  const squares = histogram.counts.reduce((sum, c, i) => sum + c * (min + i - mean) ** 2, 0);
  const se = n > 1 ? Math.sqrt(squares / (n - 1) / n) * fpc : max - min;
  const moe = n > 1 ? t975(n - 1) * se : max - min;
  return {
    method: "ces-mean",
    n,
    value: mean,
    se,
    moe,
    centre: mean,
    adjustedSe: se,
    low: clip(mean - moe, min, max),
    high: clip(mean + moe, min, max),
    corrected: fpc < 1,
  };
}

/** How many answers a margin of error asks for: n = z²(p+d−(p−d)²)/MOE², with `moe` in points of NPS. Rounded up. */
export function sampleSize(promoterShare: number, detractorShare: number, moe: number): number {
  const variance = promoterShare + detractorShare - (promoterShare - detractorShare) ** 2;
  return Math.ceil((Z95 ** 2 * variance) / (moe / 100) ** 2);
}
