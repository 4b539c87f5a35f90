import { digamma, logGamma } from "./special.ts";
import type { PurchaseHistory, PurchaseSummary } from "./summary.ts";

/**
 * Pareto/NBD (Schmittlein, Morrison & Colombo 1987): members buy at a rate λ ~ Gamma(r, α) a week and die at a rate
 * μ ~ Gamma(s, β) a week, at any time.
 */
export interface Pareto {
  readonly r: number;
  /** Weeks. */
  readonly alpha: number;
  readonly s: number;
  /** Weeks. */
  readonly beta: number;
}

export const PARETO_NAMES = ["r", "alpha", "s", "beta"] as const;

/** Nodes and weights of Gauss–Legendre quadrature on [−1, 1] (Newton's method on Pₙ, DLMF 3.5.v). */
function legendre(n: number): { readonly nodes: Float64Array; readonly weights: Float64Array } {
  const nodes = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 0;
    for (let pass = 0; pass < 100; pass++) {
      let [before, p] = [1, x];
      for (let k = 2; k <= n; k++) [before, p] = [p, ((2 * k - 1) * x * p - (k - 1) * before) / k];
      slope = (n * (x * p - before)) / (x * x - 1);
      const move = p / slope;
      x -= move;
      if (Math.abs(move) < 1e-16) break;
    }
    nodes[i] = x;
    weights[i] = 2 / ((1 - x * x) * slope * slope);
  }
  return { nodes, weights };
}

const { nodes: NODES, weights: WEIGHTS } = legendre(32);
/** Over a stretch in which the integrand falls by more than e⁻²⁰ the quadrature is done in two parts. */
const STEEP = 20;

/** What an integral over the time of death gives: its logarithm, and its derivatives divided by itself. */
interface DeathIntegral {
  log: number;
  r: number;
  alpha: number;
  s: number;
  beta: number;
}

/**
 * ∫ over τ from t_x to T of s·(α+τ)^−(r+x)·(β+τ)^−(s+1) dτ, the part of the likelihood in which the member died at τ.
 * It equals s/(r+s+x)·A₀ of Fader & Hardie (2005, "A Note on Deriving the Pareto/NBD Model"), whose difference of two
 * hypergeometric functions cancels for short stretches; the integrand is smooth, so it is integrated as it is, over
 * u = ln(α+τ).
 */
function deathIntegral(r: number, alpha: number, s: number, beta: number, h: PurchaseHistory): DeathIntegral {
  const rx = r + h.x;
  const from = Math.log(alpha + h.tx);
  const to = Math.log(alpha + h.t);
  const found: DeathIntegral = { log: Number.NEGATIVE_INFINITY, r: 0, alpha: 0, s: 0, beta: 0 };
  if (!(to > from)) return found;
  const scale = -(rx - 1) * from - (s + 1) * Math.log(beta + h.tx);
  const cut = Math.min(to, from + STEEP / (rx + s));
  let [sum, dr, da, ds, db] = [0, 0, 0, 0, 0];
  for (const [low, high] of cut < to
    ? [
        [from, cut],
        [cut, to],
      ]
    : [[from, to]]) {
    const [middle, half] = [
      ((low as number) + (high as number)) / 2,
      ((high as number) - (low as number)) / 2,
    ];
    for (let i = 0; i < NODES.length; i++) {
      const u = middle + half * (NODES[i] as number);
      const aTau = Math.exp(u);
      const bTau = beta + aTau - alpha;
      const lnB = Math.log(bTau);
      const f = half * (WEIGHTS[i] as number) * Math.exp(-(rx - 1) * u - (s + 1) * lnB - scale);
      sum += f;
      dr -= f * u;
      da -= (f * rx) / aTau;
      ds -= f * lnB;
      db -= (f * (s + 1)) / bTau;
    }
  }
  found.log = Math.log(s) + scale + Math.log(sum);
  found.r = dr / sum;
  found.alpha = da / sum;
  found.s = ds / sum + 1 / s;
  found.beta = db / sum;
  return found;
}

/**
 * The log-likelihood of a summary and, in `gradient`, its derivatives by r, α, s and β:
 * ln Γ(r+x) − ln Γ(r) + r ln α + s ln β + ln[(α+T)^−(r+x)·(β+T)^−s + the integral over the time of death].
 */
export function paretoLikelihood(
  [r, alpha, s, beta]: readonly [number, number, number, number],
  data: PurchaseSummary,
  gradient: Float64Array,
): number {
  const [gammaR, psiR, logAlpha, logBeta] = [logGamma(r), digamma(r), Math.log(alpha), Math.log(beta)];
  const gammas = data.xs.map((x) => logGamma(r + x) - gammaR);
  const psis = data.xs.map((x) => digamma(r + x) - psiR);
  let [value, dr, dAlpha, ds, dBeta] = [0, 0, 0, 0, 0];
  for (let g = 0; g < data.groups; g++) {
    const n = data.weight[g] as number;
    const i = data.xAt[g] as number;
    const x = data.x[g] as number;
    const tx = data.txs[data.txAt[g] as number] as number;
    const t = data.ts[data.tAt[g] as number] as number;
    const dead = deathIntegral(r, alpha, s, beta, { x, tx, t });
    const alive = -(r + x) * Math.log(alpha + t) - s * Math.log(beta + t);
    const high = Math.max(alive, dead.log);
    const both = high + Math.log(Math.exp(alive - high) + Math.exp(dead.log - high));
    const w = Math.exp(dead.log - both);
    value += n * ((gammas[i] as number) + r * logAlpha + s * logBeta + both);
    dr += n * ((psis[i] as number) + logAlpha - (1 - w) * Math.log(alpha + t) + w * dead.r);
    dAlpha += n * (r / alpha - ((1 - w) * (r + x)) / (alpha + t) + w * dead.alpha);
    ds += n * (logBeta - (1 - w) * Math.log(beta + t) + w * dead.s);
    dBeta += n * (s / beta - ((1 - w) * s) / (beta + t) + w * dead.beta);
  }
  gradient.set([dr, dAlpha, ds, dBeta]);
  return value;
}

/** The probability that a member is still alive at T: the share of the likelihood in which nobody died. */
export function paretoAlive(m: Pareto, h: PurchaseHistory): number {
  const dead = deathIntegral(m.r, m.alpha, m.s, m.beta, h).log;
  const alive = -(m.r + h.x) * Math.log(m.alpha + h.t) - m.s * Math.log(m.beta + h.t);
  return 1 / (1 + Math.exp(dead - alive));
}

/**
 * Purchases expected in the next `weeks` weeks (Fader & Hardie 2005, eq. 41):
 * P(alive)·(r+x)(β+T)/((α+T)(s−1))·[1 − ((β+T)/(β+T+t))^(s−1)], with its limit at s = 1.
 */
export function paretoExpected(m: Pareto, h: PurchaseHistory, weeks: number): number {
  if (weeks <= 0) return 0;
  const left = m.beta + h.t;
  const log = Math.log((left + weeks) / left);
  const power = m.s - 1;
  const span = Math.abs(power) < 1e-9 ? log : -Math.expm1(-power * log) / power;
  return (paretoAlive(m, h) * (m.r + h.x) * left * span) / (m.alpha + h.t);
}
