import { digamma, logGamma } from "./special.ts";
import type { SpendSummary } from "./summary.ts";

/**
 * Gamma–Gamma (Fader & Hardie 2013, "The Gamma-Gamma Model of Monetary Value"): the amounts of a member's purchases are
 * Gamma(p, ν), ν ~ Gamma(q, γ) over members.
 */
export interface GammaGamma {
  readonly p: number;
  readonly q: number;
  /** Major units of the currency. */
  readonly gamma: number;
}

export const GAMMA_GAMMA_NAMES = ["p", "q", "gamma"] as const;

/**
 * The log-likelihood of mean spends z over x purchases and, in `gradient`, its derivatives by p, q and γ (eq. 1a):
 * ln Γ(px+q) − ln Γ(px) − ln Γ(q) + q ln γ + (px−1) ln z + px ln x − (px+q) ln(γ + xz).
 */
export function gammaGammaLikelihood(
  [p, q, gamma]: readonly [number, number, number],
  data: SpendSummary,
  gradient: Float64Array,
): number {
  const { xs, xAt, x: xOf, z: zOf, logZ, members } = data;
  const [logQ, psiQ, logG] = [logGamma(q), digamma(q), Math.log(gamma)];
  const base = xs.map((x) => logGamma(p * x + q) - logGamma(p * x) - logQ + q * logG + p * x * Math.log(x));
  const baseP = xs.map((x) => x * (digamma(p * x + q) - digamma(p * x) + Math.log(x)));
  const baseQ = xs.map((x) => digamma(p * x + q) - psiQ + logG);
  let [value, dp, dq, dg] = [0, 0, 0, 0];
  for (let i = 0; i < members; i++) {
    const at = xAt[i] as number;
    const x = xOf[i] as number;
    const total = gamma + x * (zOf[i] as number);
    const log = Math.log(total);
    const shape = p * x + q;
    const lz = logZ[i] as number;
    value += (base[at] as number) + (p * x - 1) * lz - shape * log;
    dp += (baseP[at] as number) + x * (lz - log);
    dq += (baseQ[at] as number) - log;
    dg += q / gamma - shape / total;
  }
  gradient.set([dp, dq, dg]);
  return value;
}

/**
 * The mean spend expected of a member with x purchases of mean z (eq. 5): the average of all, pγ/(q−1), and its own,
 * weighted by (q−1)/(px+q−1) and px/(px+q−1). Needs q > 1.
 */
export function expectedSpend(m: GammaGamma, x: number, z: number): number {
  const all = (m.p * m.gamma) / (m.q - 1);
  if (x === 0) return all;
  const own = (m.p * x) / (m.p * x + m.q - 1);
  return (1 - own) * all + own * z;
}
