import { twoSidedP, Z95 } from "./distributions.ts";
import type { Estimate } from "./estimate.ts";

/** Whether two figures of separate people differ by more than chance. */
export interface Comparison {
  /** Observed difference, the first less the second, in the metric's own points. */
  readonly difference: number;
  readonly z: number;
  /** Two-sided. */
  readonly p: number;
  readonly low: number;
  readonly high: number;
  readonly significant: boolean;
}

/**
 * z = Δ/√(SE₁²+SE₂²) over the reported (adjusted) figures and errors, so that a unanimous small group, whose plain
 * error is 0, does not look certain. Null when either is missing. Throws RangeError for figures made by different
 * methods.
 */
export function compare(first: Estimate | null, second: Estimate | null): Comparison | null {
  if (first === null || second === null) return null;
  if (first.method !== second.method) throw new RangeError("figures of different methods are not comparable");
  const delta = first.centre - second.centre;
  const se = Math.sqrt(first.adjustedSe ** 2 + second.adjustedSe ** 2);
  // Without any error left (everybody answered), any difference is one.
  const z = se === 0 ? (delta === 0 ? 0 : Math.sign(delta) * Number.MAX_VALUE) : delta / se;
  const p = twoSidedP(z);
  return {
    difference: first.value - second.value,
    z,
    p,
    low: delta - Z95 * se,
    high: delta + Z95 * se,
    significant: p < 0.05,
  };
}

/**
 * Holm's step-down correction: p-values of many comparisons made at once, each raised so that the chance of any false
 * finding among them stays below the level (Holm 1979). The order of the answer is that of the question.
 */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((p, i) => ({ p, i })).sort((a, b) => a.p - b.p);
  const adjusted = new Array<number>(ps.length).fill(1);
  let running = 0;
  order.forEach(({ p, i }, rank) => {
    running = Math.max(running, Math.min(1, p * (ps.length - rank)));
    adjusted[i] = running;
  });
  return adjusted;
}
