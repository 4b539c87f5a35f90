import type { Attitude, AttitudeState } from "./attitude.ts";
import type { Behaviour } from "./behaviour.ts";
import type { Condition, Rules } from "./rules.ts";

/** Millionths of a point: scores and contributions are whole numbers of these, so that they add up exactly. */
export const MICRO = 1_000_000;

/** What one thing adds to the score, in millionths of a point. */
export interface Contribution {
  /** `base`; `alive`, `rate`, `spend`; `answer`. */
  readonly of: "base" | "alive" | "rate" | "spend" | "answer";
  /** The answer's event. */
  readonly id?: string;
  readonly micro: number;
}

export interface Score {
  /** Between 0 and 100 points, in millionths; null while attitude is unknown. It is the sum of the contributions. */
  readonly micro: number | null;
  /** All of them, or those of behaviour alone while attitude is unknown. */
  readonly contributions: readonly Contribution[];
  /** 100·B in millionths: what tiers look at. */
  readonly tierMicro: number;
  readonly condition: Condition | null;
  /** How sure the condition is: the weaker of attitude's state and behaviour's. */
  readonly conditionState: AttitudeState;
}

/** The condition of a high or low attitude and behaviour (Dick & Basu 1994). */
export function conditionOf(highAttitude: boolean, highBehaviour: boolean): Condition {
  if (highAttitude) return highBehaviour ? "true" : "latent";
  return highBehaviour ? "spurious" : "none";
}

function micro(points: number): number {
  // Never −0, so that equal is equal.
  return Math.round(points * MICRO) + 0;
}

/**
 * S = 50A + 50B, told as what each thing adds: 50μ₀ + 25, then 50·w(y − μ₀)/(κ + n) for each answer and 50·W(v − ½) for
 * each part of behaviour, each rounded to a millionth of a point. The score is their sum, exactly. Pure.
 */
export function scoreOf(rules: Rules, attitude: Attitude, behaviour: Behaviour): Score {
  const { weights } = rules.behaviour;
  const parts: Contribution[] = [
    { of: "alive", micro: micro(50 * weights.alive * (behaviour.alive - 0.5)) },
    { of: "rate", micro: micro(50 * weights.rate * (behaviour.rate - 0.5)) },
    { of: "spend", micro: micro(50 * weights.spend * (behaviour.spend - 0.5)) },
  ];
  const ofBehaviour = parts.reduce((sum, c) => sum + c.micro, 0);
  const tierMicro = 50 * MICRO + 2 * ofBehaviour;
  if (attitude.a === null || attitude.high === null)
    return {
      micro: null,
      contributions: parts,
      tierMicro,
      condition: null,
      conditionState: "unknown",
    };
  const total = rules.attitude.kappa + attitude.n;
  const contributions: Contribution[] = [
    { of: "base", micro: micro(50 * attitude.mean + 25) },
    ...attitude.answers.map(
      ({ id, weight, y }): Contribution => ({
        of: "answer",
        id,
        micro: micro((50 * weight * (y - attitude.mean)) / total),
      }),
    ),
    ...parts,
  ];
  return {
    micro: contributions.reduce((sum, c) => sum + c.micro, 0),
    contributions,
    tierMicro,
    condition: conditionOf(attitude.high, behaviour.high),
    conditionState:
      attitude.state === "conflicted" || !behaviour.provisional ? attitude.state : "provisional",
  };
}

/** The most a good attitude adds to the figure of a structure that lets it lift: 10·max(0, A − cut)/(1 − cut). */
export function lift(rules: Rules["attitude"], a: number | null): number {
  if (a === null || rules.high >= 1) return 0;
  return (10 * Math.max(0, a - rules.high)) / (1 - rules.high);
}
