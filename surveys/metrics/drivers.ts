import { t975, Z95 } from "./distributions.ts";

/** Fewer answered pairs than this tell nothing worth showing. */
export const MIN_PAIRS = 20;

/** How a closed question moves with the score. Moving together is not causing; the page says so. */
export interface Driver {
  readonly question: string;
  /** The option, for a question of choices; null for a scale. */
  readonly option: string | null;
  readonly n: number;
  /**
   * `rank-correlation`: Spearman's ρ, −1 to 1. `difference`: mean score of those who chose the option less that of
   * those who did not, in points of the metric's scale.
   */
  readonly kind: "rank-correlation" | "difference";
  readonly effect: number;
  readonly low: number;
  readonly high: number;
  readonly significant: boolean;
}

/** Two values given together, and how often. */
export interface Pair {
  readonly answer: number;
  readonly score: number;
  /** One unless stated. */
  readonly n?: number;
}

const countOf = (pair: Pair): number => pair.n ?? 1;

/** Mid-ranks of the distinct values: equal values share the mean of their places. */
function midranks(pairs: readonly Pair[], of: (pair: Pair) => number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const pair of pairs) counts.set(of(pair), (counts.get(of(pair)) ?? 0) + countOf(pair));
  const ranks = new Map<number, number>();
  let before = 0;
  for (const [value, n] of [...counts].sort(([a], [b]) => a - b)) {
    ranks.set(value, before + (n + 1) / 2);
    before += n;
  }
  return ranks;
}

/** Spearman's ρ: Pearson's correlation of the mid-ranks. Null when one of the two never varies. */
function rankCorrelation(pairs: readonly Pair[]): number | null {
  const xs = midranks(pairs, (p) => p.answer);
  const ys = midranks(pairs, (p) => p.score);
  const mean = (pairs.reduce((s, p) => s + countOf(p), 0) + 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  for (const pair of pairs) {
    const [dx, dy] = [(xs.get(pair.answer) ?? 0) - mean, (ys.get(pair.score) ?? 0) - mean];
    xy += countOf(pair) * dx * dy;
    xx += countOf(pair) * dx * dx;
    yy += countOf(pair) * dy * dy;
  }
  // The square root of each by itself: a product of two may be a little more than its own square root squared.
  return xx === 0 || yy === 0 ? null : Math.max(-1, Math.min(1, xy / (Math.sqrt(xx) * Math.sqrt(yy))));
}

/**
 * Spearman's ρ between a scaled question and the score, with the interval of Bonett and Wright (2000): Fisher's z with
 * variance (1+ρ²/2)/(n−3). Null with fewer than `MIN_PAIRS` pairs, or when one of the two never varies.
 */
export function scaleDriver(question: string, pairs: readonly Pair[]): Driver | null {
  const n = pairs.reduce((s, p) => s + countOf(p), 0);
  if (n < MIN_PAIRS) return null;
  const rho = rankCorrelation(pairs);
  if (rho === null) return null;
  const bounded = Math.max(-0.999999, Math.min(0.999999, rho));
  const moe = Z95 * Math.sqrt((1 + bounded ** 2 / 2) / (n - 3));
  const low = Math.tanh(Math.atanh(bounded) - moe);
  const high = Math.tanh(Math.atanh(bounded) + moe);
  return {
    question,
    option: null,
    n,
    kind: "rank-correlation",
    effect: rho,
    low,
    high,
    significant: low > 0 || high < 0,
  };
}

/** A sum over scores, as a database may give it: how many, their sum and the sum of their squares. */
export interface Moments {
  readonly n: number;
  readonly sum: number;
  readonly squares: number;
}

/**
 * The difference of mean scores between those who chose an option and those who did not, with Welch's interval. Null
 * unless both sides have at least 8 answers.
 */
export function optionDriver(
  question: string,
  option: string,
  chose: Moments,
  others: Moments,
): Driver | null {
  if (chose.n < 8 || others.n < 8) return null;
  const variance = (m: Moments) => Math.max(0, (m.squares - m.sum ** 2 / m.n) / (m.n - 1));
  const [a, b] = [variance(chose) / chose.n, variance(others) / others.n];
  const se = Math.sqrt(a + b);
  if (se === 0) return null;
  const df = (a + b) ** 2 / (a ** 2 / (chose.n - 1) + b ** 2 / (others.n - 1));
  const effect = chose.sum / chose.n - others.sum / others.n;
  const moe = t975(df) * se;
  const [low, high] = [effect - moe, effect + moe];
  return {
    question,
    option,
    n: chose.n + others.n,
    kind: "difference",
    effect,
    low,
    high,
    significant: low > 0 || high < 0,
  };
}

/** The strongest first: scales by |ρ|, then options by how far their interval is from 0. */
export function rankDrivers(drivers: readonly Driver[]): Driver[] {
  const certain = (d: Driver) => (d.low > 0 ? d.low : d.high < 0 ? -d.high : 0);
  const kinds: readonly Driver["kind"][] = ["rank-correlation", "difference"];
  return [...drivers].sort(
    (a, b) =>
      kinds.indexOf(a.kind) - kinds.indexOf(b.kind) ||
      certain(b) - certain(a) ||
      Math.abs(b.effect) - Math.abs(a.effect) ||
      (`${a.question}|${a.option}` < `${b.question}|${b.option}` ? -1 : 1),
  );
}
