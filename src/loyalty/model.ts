import type { Ranks } from "./behaviour.ts";
import type { FitResult, GammaGamma, PurchaseModelKind } from "./models/index.ts";

/** Where the parameters of a cohort come from. */
export type ModelOrigin = "cohort" | "programme" | "published-default";

/** A model of one cohort with the distributions that midranks are taken from, frozen. */
export interface CohortModel {
  /** `2026Q1|TWD`; `*|TWD` for the programme of a currency. */
  readonly cohort: string;
  readonly model: PurchaseModelKind;
  readonly parameters: Readonly<Record<string, number>>;
  readonly spend: GammaGamma;
  readonly origin: { readonly purchases: ModelOrigin; readonly spend: ModelOrigin };
  /** μ₀: the mean of what the cohort answered. */
  readonly mean: number;
  readonly members: number;
  readonly rates: Ranks;
  readonly spends: Ranks;
}

/** How a cohort's models came about, beside what they say. */
export interface CohortFit {
  readonly cohort: string;
  readonly members: number;
  readonly purchases: FitResult;
  readonly spend: FitResult;
}

/**
 * The published estimates for the CD shop's customers (Batislam et al. 2007 by BTYDplus; Fader, Hardie & Lee 2005; Fader
 * & Hardie 2013): what applies while a programme's own data cannot carry a fit. Times in weeks.
 */
export const PUBLISHED_DEFAULTS: Readonly<Record<PurchaseModelKind, Readonly<Record<string, number>>>> = {
  "mbg-nbd": { r: 0.525, alpha: 6.183, a: 0.891, b: 1.614 },
  "bg-nbd": { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 },
  "pareto-nbd": { r: 0.553, alpha: 10.578, s: 0.606, beta: 11.669 },
};

/** The published shapes of spend, scaled so that their mean is the programme's own. */
export function publishedSpend(mean: number): GammaGamma {
  const [p, q] = [6.25, 3.74];
  return { p, q, gamma: ((mean > 0 ? mean : 1) * (q - 1)) / p };
}

/** The cohort of a member: the quarter of its first purchase and the currency it buys in. */
export function cohortOf(firstDay: number, currency: string): string {
  const at = new Date(firstDay * 86_400_000);
  return `${at.getUTCFullYear()}Q${Math.floor(at.getUTCMonth() / 3) + 1}|${currency}`;
}

/** The programme of a currency: what members of small cohorts are held against. */
export function programmeOf(cohort: string): string {
  return `*|${cohort.slice(cohort.indexOf("|") + 1)}`;
}
