import { digamma, hyp2f1, logGamma } from "./special.ts";
import type { PurchaseHistory, PurchaseSummary } from "./summary.ts";

/**
 * Members buy at a rate λ ~ Gamma(r, α) a week while alive, and after a purchase die with probability p ~ Beta(a, b).
 * `bg`: BG/NBD (Fader, Hardie & Lee 2005, "Counting Your Customers the Easy Way"): nobody dies before a first repeat.
 * `mbg`: MBG/NBD (Batislam, Denizel & Filiztekin 2007; the central variant of Hoppe & Wagner 2007): the first purchase
 * may be the last.
 */
export type BetaGeometricKind = "bg" | "mbg";

export interface BetaGeometric {
  readonly r: number;
  /** Weeks. */
  readonly alpha: number;
  readonly a: number;
  readonly b: number;
}

export const BETA_GEOMETRIC_NAMES = ["r", "alpha", "a", "b"] as const;

/**
 * The log-likelihood of a summary and, in `gradient`, its derivatives by r, α, a and b. With B(a, b+x+k) for k = 1
 * (MBG) or 0 (BG):
 * ln L = ln Γ(r+x) − ln Γ(r) + r ln α + ln B(a, b+x+k) − ln B(a, b)
 *      + ln[(α+T)^−(r+x) + δ·a/(b+x+k−1)·(α+t_x)^−(r+x)], δ = 0 only for BG with x = 0.
 */
export function betaGeometricLikelihood(
  kind: BetaGeometricKind,
  [r, alpha, a, b]: readonly [number, number, number, number],
  data: PurchaseSummary,
  gradient: Float64Array,
): number {
  const k = kind === "mbg" ? 1 : 0;
  const { xs, txs, ts, weight, x: xOf, xAt, txAt, tAt, groups } = data;
  const size = xs.length;
  // What depends on x alone, once for each distinct x.
  const base = new Float64Array(size);
  const baseR = new Float64Array(size);
  const baseA = new Float64Array(size);
  const baseB = new Float64Array(size);
  const lead = new Float64Array(size);
  const leadB = new Float64Array(size);
  const fixed = -logGamma(r) + r * Math.log(alpha) - logGamma(b) + logGamma(a + b);
  const [psiR, psiB, psiAB, logA] = [digamma(r), digamma(b), digamma(a + b), Math.log(a)];
  for (let i = 0; i < size; i++) {
    const x = xs[i] as number;
    const shifted = b + x + k;
    base[i] = fixed + logGamma(r + x) + logGamma(shifted) - logGamma(a + shifted);
    baseR[i] = digamma(r + x) - psiR + Math.log(alpha);
    baseA[i] = psiAB - digamma(a + shifted);
    baseB[i] = digamma(shifted) - psiB + (baseA[i] as number);
    const dies = shifted - 1;
    const never = kind === "bg" && x === 0;
    lead[i] = never ? Number.NEGATIVE_INFINITY : logA - Math.log(dies);
    leadB[i] = never ? 0 : -1 / dies;
  }
  const logTx = txs.map((t) => Math.log(alpha + t));
  const logT = ts.map((t) => Math.log(alpha + t));
  let [value, dr, dAlpha, da, db] = [0, 0, 0, 0, 0];
  for (let g = 0; g < groups; g++) {
    const n = weight[g] as number;
    const i = xAt[g] as number;
    const rx = r + (xOf[g] as number);
    const lnT = logT[tAt[g] as number] as number;
    const lnTx = logTx[txAt[g] as number] as number;
    const alive = -rx * lnT;
    const dead = (lead[i] as number) - rx * lnTx;
    const high = alive > dead ? alive : dead;
    const spread = Math.exp((alive > dead ? dead : alive) - high);
    const w = alive > dead ? spread / (1 + spread) : 1 / (1 + spread);
    value += n * ((base[i] as number) + high + Math.log1p(spread));
    dr += n * ((baseR[i] as number) - (1 - w) * lnT - w * lnTx);
    dAlpha +=
      n *
      (r / alpha -
        rx *
          ((1 - w) / (alpha + (ts[tAt[g] as number] as number)) +
            w / (alpha + (txs[txAt[g] as number] as number))));
    da += n * ((baseA[i] as number) + w / a);
    db += n * ((baseB[i] as number) + w * (leadB[i] as number));
  }
  gradient.set([dr, dAlpha, da, db]);
  return value;
}

/** The probability that a member still buys. For MBG: 1/(1 + a/(b+x)·((α+T)/(α+t_x))^(r+x)). */
export function betaGeometricAlive(kind: BetaGeometricKind, m: BetaGeometric, h: PurchaseHistory): number {
  if (kind === "bg" && h.x === 0) return 1;
  const dies = m.b + h.x - (kind === "bg" ? 1 : 0);
  const log =
    Math.log(m.a / dies) + (m.r + h.x) * Math.log((m.alpha + h.t) / (m.alpha + (h.x === 0 ? 0 : h.tx)));
  return 1 / (1 + Math.exp(log));
}

/**
 * Purchases expected in the next `weeks` weeks (Fader, Hardie & Lee 2005, eq. 10; for MBG with b+1 in place of b in the
 * posterior of p). Near a = 1, where numerator and denominator vanish together, a is moved by 1e-6.
 */
export function betaGeometricExpected(
  kind: BetaGeometricKind,
  m: BetaGeometric,
  h: PurchaseHistory,
  weeks: number,
): number {
  if (weeks <= 0) return 0;
  const { r, alpha, x, t } = { ...m, ...h };
  const a = Math.abs(m.a - 1) < 1e-6 ? 1 + 1e-6 : m.a;
  const b = m.b + x + (kind === "mbg" ? 1 : 0);
  const end = alpha + t + weeks;
  const f = hypergeometric(r + x, b, a + b - 1, weeks / end);
  const bought = ((a + b - 1) / (a - 1)) * (1 - ((alpha + t) / end) ** (r + x) * f);
  return bought * betaGeometricAlive(kind, m, h);
}

/** c = a + b − 1 may be as small as b + x − 1 + a; it is positive for all that were fitted (b > 0, or x ≥ 1). */
function hypergeometric(a: number, b: number, c: number, z: number): number {
  if (c > 0) return hyp2f1(a, b, c, z);
  throw new RangeError("expected purchases need a + b + x > 1");
}
