import { DAY } from "../kernel/clock.ts";
import { normalCdf } from "./models/index.ts";
import type { Rules } from "./rules.ts";

/** An answer as it counts: how good (0 to 1) and how much it weighs when new. */
export interface Answer {
  readonly id: string;
  readonly kind: "nps" | "csat" | "ces" | "comparative";
  readonly relational: boolean;
  /** 0 worst, 1 best. */
  readonly y: number;
  readonly at: Date;
}

/** What an answer on a scale is worth between 0 and 1: NPS/10, (CSAT−1)/4, (CES−1)/6, or its place on its own scale. */
export function valueOfAnswer(score: number, scaleMin: number, scaleMax: number): number {
  return (score - scaleMin) / (scaleMax - scaleMin);
}

/** The weight of an answer when it is new. */
export function weightOf(rules: Rules["attitude"], answer: Pick<Answer, "kind" | "relational">): number {
  const { weights } = rules;
  switch (answer.kind) {
    case "nps":
      return answer.relational ? weights.npsRelational : weights.npsTransactional;
    case "comparative":
      return weights.comparative;
    case "csat":
      return weights.csat;
    case "ces":
      return weights.ces;
  }
}

/** How sure the side of the cut is. `unknown`: too little was said, lately, to say anything. */
export type AttitudeState = "unknown" | "provisional" | "firm" | "conflicted";

export interface Attitude {
  readonly state: AttitudeState;
  /** Null exactly when unknown. */
  readonly a: number | null;
  readonly sd: number | null;
  /** The probability that attitude lies above the cut. */
  readonly pHigh: number | null;
  readonly high: boolean | null;
  /** The sum of the weights. */
  readonly n: number;
  readonly mean: number;
  readonly answers: readonly { readonly id: string; readonly weight: number; readonly y: number }[];
}

/** Below this sum of weights nothing is said; answers below it cannot conflict. */
export const LEAST_WEIGHT = 0.25;
const CONFLICT = 0.5;
const FIRM = 0.65;

/** The weight of an answer `age` days old. One from the future weighs as if it were new. */
export function decayed(weight: number, ageDays: number, halfLifeDays: number): number {
  return weight * 2 ** (-Math.max(0, ageDays) / halfLifeDays);
}

/**
 * The recency-decayed mean of answers, shrunk towards the cohort's mean μ₀ with the weight κ:
 * A = (κμ₀ + Σwy)/(κ + n), sd = √(A(1−A)/(κ+n+1)), p = Φ((A − cut)/sd). The beta spread takes a graded answer for a
 * yes-or-no one and so overstates the uncertainty, deliberately. A function of the set of answers. Pure.
 */
export function attitudeOf(
  rules: Rules["attitude"],
  mean: number,
  answers: readonly Answer[],
  at: Date,
): Attitude {
  const counted = [...answers]
    .sort((a, b) => +a.at - +b.at || (a.id < b.id ? -1 : 1))
    .map((answer) => ({
      id: answer.id,
      y: answer.y,
      weight: decayed(weightOf(rules, answer), (+at - +answer.at) / DAY, rules.halfLifeDays),
    }));
  const n = counted.reduce((sum, c) => sum + c.weight, 0);
  if (n < LEAST_WEIGHT)
    return { state: "unknown", a: null, sd: null, pHigh: null, high: null, n, mean, answers: counted };
  const total = rules.kappa + n;
  const a = (rules.kappa * mean + counted.reduce((sum, c) => sum + c.weight * c.y, 0)) / total;
  const sd = Math.sqrt((a * (1 - a)) / (total + 1));
  const pHigh = sd > 0 ? normalCdf((a - rules.high) / sd) : a > rules.high ? 1 : 0;
  const heavy = counted.filter((c) => c.weight >= LEAST_WEIGHT).map((c) => c.y);
  // Differences of tenths and quarters: a hair below a half is a half.
  const conflicted = heavy.length > 1 && Math.max(...heavy) - Math.min(...heavy) >= CONFLICT - 1e-9;
  const firm = pHigh >= FIRM || pHigh <= 1 - FIRM;
  return {
    state: conflicted ? "conflicted" : firm ? "firm" : "provisional",
    a,
    sd,
    pHigh,
    high: a > rules.high,
    n,
    mean,
    answers: counted,
  };
}
