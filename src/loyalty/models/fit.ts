import { BETA_GEOMETRIC_NAMES, type BetaGeometricKind, betaGeometricLikelihood } from "./beta-geometric.ts";
import { GAMMA_GAMMA_NAMES, gammaGammaLikelihood } from "./gamma-gamma.ts";
import { hessianOf, inverseOf, type Minimum, minimise, type Objective } from "./optimise.ts";
import { PARETO_NAMES, paretoLikelihood } from "./pareto.ts";
import type { PurchaseSummary, SpendSummary } from "./summary.ts";

/** The models of buying; the default is the one that lets a first purchase be the last. */
export const PURCHASE_MODELS = ["mbg-nbd", "bg-nbd", "pareto-nbd"] as const;
export type PurchaseModelKind = (typeof PURCHASE_MODELS)[number];

/** A fit by maximum likelihood, with all that is needed to judge it. */
export interface Fit {
  readonly kind: "fitted";
  readonly model: PurchaseModelKind | "gamma-gamma";
  readonly parameters: Readonly<Record<string, number>>;
  /** Standard errors, from the inverse of the observed information by the delta method. */
  readonly standardErrors: Readonly<Record<string, number>>;
  readonly logLikelihood: number;
  /** Members it was fitted to; for spend, those with a repeat purchase. */
  readonly members: number;
  readonly iterations: number;
  /** How many of the starts reached the same maximum. */
  readonly startsAgreeing: number;
  readonly starts: number;
  /** The largest part of the gradient by the logarithms of the parameters, for each member. */
  readonly gradient: number;
}

/** Why data cannot carry a fit. Codes are part of the interface. */
export const REFUSALS = {
  "too-few-members": "Fewer members than a fit needs.",
  "too-few-repeaters": "Too few members have bought again.",
  "too-short": "The histories are too short: most members joined less than eight weeks ago.",
  "no-variation": "All members are alike: there is nothing to tell them apart.",
  "not-converged": "The search for the most likely parameters did not come to rest.",
  "at-the-edge": "The likelihood has no maximum inside: a parameter runs off.",
  "no-curvature": "The likelihood is flat at its maximum: the parameters are not told apart.",
  "infinite-mean": "The spread of spend has no finite mean (q is not above 1).",
} as const;
export type RefusalCode = keyof typeof REFUSALS;

export interface Refusal {
  readonly kind: "refused";
  readonly code: RefusalCode;
  readonly because: string;
}

export type FitResult = Fit | Refusal;

/** What data must have, ours: below it, estimates are more noise than news. */
export const FIT_NEEDS = { members: 200, repeaters: 50, weeks: 8, spenders: 50 } as const;

/** Beyond these a parameter says that the model has collapsed into a simpler one. */
const EDGE = { low: 1e-4, high: 1e4 } as const;
const TOLERANCE = 1e-7;
/** Fits on more groups than this start from the maximum of a sample of so many. */
const SAMPLE = 20_000;

function refuse(code: RefusalCode): Refusal {
  return { kind: "refused", code, because: REFUSALS[code] };
}

/** Fits a model of buying to a summary; several starts, the best maximum wins. Never throws for poor data. */
export function fitPurchases(model: PurchaseModelKind, data: PurchaseSummary): FitResult {
  if (data.members < FIT_NEEDS.members) return refuse("too-few-members");
  if (data.repeaters < FIT_NEEDS.repeaters) return refuse("too-few-repeaters");
  if (medianAge(data) < FIT_NEEDS.weeks) return refuse("too-short");
  if (data.groups < 5) return refuse("no-variation");
  const likelihood = likelihoodOf(model);
  // A member's usual rate sets the scale of the starting points.
  const rate = totalOf(data, (g) => data.x[g] as number) / totalOf(data, (g) => ageOf(data, g));
  const pace = 1 / Math.max(rate, 1e-6);
  const starts: [number, number, number, number][] =
    model === "pareto-nbd"
      ? [
          [0.5, 0.5 * pace, 0.5, 0.5 * medianAge(data)],
          [1, pace, 1, medianAge(data)],
          [0.3, 0.2 * pace, 0.8, 0.2 * medianAge(data)],
        ]
      : [
          [0.5, 0.5 * pace, 0.8, 2],
          [1, pace, 1, 1],
          [0.25, 0.2 * pace, 0.5, 3],
        ];
  const names = model === "pareto-nbd" ? PARETO_NAMES : BETA_GEOMETRIC_NAMES;
  const small = data.groups > 2 * SAMPLE ? sampleOf(data) : null;
  const objectiveOver = (part: PurchaseSummary) =>
    inLogs(
      (point, gradient) => likelihood(point as [number, number, number, number], part, gradient),
      part.members,
    );
  return finish(model, names, objectiveOver(data), starts, data.members, small && objectiveOver(small));
}

/** Fits the model of spend to repeat buyers. */
export function fitSpend(data: SpendSummary): FitResult {
  if (data.members < FIT_NEEDS.spenders) return refuse("too-few-repeaters");
  const mean = data.z.reduce((sum, z) => sum + z, 0) / data.members;
  const spread = data.z.reduce((sum, z) => sum + (z - mean) ** 2, 0) / data.members;
  if (!(spread > 1e-12 * mean * mean)) return refuse("no-variation");
  const objective = inLogs(
    (point, gradient) => gammaGammaLikelihood(point as [number, number, number], data, gradient),
    data.members,
  );
  const starts = [
    [5, 4, (mean * 3) / 5],
    [2, 2, mean / 2],
    [1, 6, mean * 5],
  ];
  const fit = finish("gamma-gamma", GAMMA_GAMMA_NAMES, objective, starts, data.members, null);
  if (fit.kind === "fitted" && !((fit.parameters.q as number) > 1)) return refuse("infinite-mean");
  return fit;
}

function likelihoodOf(model: PurchaseModelKind) {
  const beta =
    (kind: BetaGeometricKind) =>
    (point: readonly [number, number, number, number], data: PurchaseSummary, gradient: Float64Array) =>
      betaGeometricLikelihood(kind, point, data, gradient);
  if (model === "mbg-nbd") return beta("mbg");
  return model === "bg-nbd" ? beta("bg") : paretoLikelihood;
}

/** The negative mean log-likelihood as a function of the parameters' logarithms, with its gradient. */
function inLogs(
  likelihood: (point: readonly number[], gradient: Float64Array) => number,
  members: number,
): Objective {
  return (logs, gradient) => {
    const point = Array.from(logs, Math.exp);
    const value = likelihood(point, gradient);
    for (let i = 0; i < point.length; i++)
      gradient[i] = (-(gradient[i] as number) * (point[i] as number)) / members;
    return -value / members;
  };
}

function finish(
  model: Fit["model"],
  names: readonly string[],
  objective: Objective,
  starts: readonly (readonly number[])[],
  members: number,
  rehearsal: Objective | null,
): FitResult {
  const runs = starts.map((start) => minimise(rehearsal ?? objective, start.map(Math.log), TOLERANCE));
  const usable = runs.filter((run) => Number.isFinite(run.value)).sort((a, b) => a.value - b.value);
  const [first] = usable;
  if (first === undefined) return refuse("not-converged");
  const best: Minimum = rehearsal === null ? first : minimise(objective, [...first.point], TOLERANCE);
  const values = Array.from(best.point, Math.exp);
  if (values.some((v) => !(v > EDGE.low && v < EDGE.high * (model === "gamma-gamma" ? EDGE.high : 1))))
    return refuse("at-the-edge");
  if (!best.converged) return refuse("not-converged");
  const covariance = inverseOf(hessianOf(objective, best.point));
  if (covariance === null) return refuse("no-curvature");
  const agreeing = usable.filter(
    (run) => run.value - first.value < 1e-7 * Math.max(1, Math.abs(first.value)),
  );
  return {
    kind: "fitted",
    model,
    parameters: Object.fromEntries(names.map((name, i) => [name, values[i] as number])),
    standardErrors: Object.fromEntries(
      names.map((name, i) => [
        name,
        (values[i] as number) * Math.sqrt((covariance[i]?.[i] ?? Number.NaN) / members),
      ]),
    ),
    logLikelihood: -best.value * members,
    members,
    iterations: best.iterations,
    startsAgreeing: agreeing.length,
    starts: starts.length,
    gradient: Math.max(...Array.from(best.gradient, Math.abs)),
  };
}

function ageOf(data: PurchaseSummary, group: number): number {
  return data.ts[data.tAt[group] as number] as number;
}

function totalOf(data: PurchaseSummary, of: (group: number) => number): number {
  let sum = 0;
  for (let g = 0; g < data.groups; g++) sum += (data.weight[g] as number) * of(g);
  return sum;
}

function medianAge(data: PurchaseSummary): number {
  const ages = Array.from(
    { length: data.groups },
    (_, g) => [ageOf(data, g), data.weight[g] as number] as const,
  );
  ages.sort((a, b) => a[0] - b[0]);
  let seen = 0;
  for (const [age, n] of ages) {
    seen += n;
    if (2 * seen >= data.members) return age;
  }
  return 0;
}

/** Every k-th group, by place: histories come in no order that the place would follow. */
function sampleOf(data: PurchaseSummary): PurchaseSummary {
  const every = Math.ceil(data.groups / SAMPLE);
  const taken: number[] = [];
  for (let g = 0; g < data.groups; g += every) taken.push(g);
  const weight = Float64Array.from(taken, (g) => data.weight[g] as number);
  return {
    ...data,
    members: weight.reduce((sum, n) => sum + n, 0),
    groups: taken.length,
    weight,
    x: Float64Array.from(taken, (g) => data.x[g] as number),
    xAt: Uint32Array.from(taken, (g) => data.xAt[g] as number),
    txAt: Uint32Array.from(taken, (g) => data.txAt[g] as number),
    tAt: Uint32Array.from(taken, (g) => data.tAt[g] as number),
  };
}
