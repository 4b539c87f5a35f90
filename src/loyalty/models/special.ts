/** Stirling's series of ln Γ: B₂ₖ / (2k(2k−1)) (DLMF 5.11.1). */
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400];
/** Asymptotic series of ψ: B₂ₖ / 2k (DLMF 5.11.2). */
const DIGAMMA = [1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12, -3617 / 8160];
/** From here on eight terms of either series are exact to double precision. */
const FAR = 12;
const HALF_LOG_TWO_PI = 0.918_938_533_204_672_7;

/** ln Γ(x) for x > 0, to about 14 digits: recurrence up to 12, then Stirling's series. */
export function logGamma(x: number): number {
  let shift = 1;
  let y = x;
  while (y < FAR) {
    shift *= y;
    y++;
  }
  const inverse = 1 / (y * y);
  let series = 0;
  for (let k = STIRLING.length - 1; k >= 0; k--) series = series * inverse + (STIRLING[k] as number);
  return (y - 0.5) * Math.log(y) - y + HALF_LOG_TWO_PI + series / y - Math.log(shift);
}

/** ψ(x) = d ln Γ(x)/dx for x > 0. */
export function digamma(x: number): number {
  let shift = 0;
  let y = x;
  while (y < FAR) {
    shift += 1 / y;
    y++;
  }
  const inverse = 1 / (y * y);
  let series = 0;
  for (let k = DIGAMMA.length - 1; k >= 0; k--) series = series * inverse + (DIGAMMA[k] as number);
  return Math.log(y) - 0.5 / y - series * inverse - shift;
}

/** ln B(a, b) for a, b > 0. */
export function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}

/** ln(eᵃ + eᵇ) without overflow. */
export function logAddExp(a: number, b: number): number {
  const high = a > b ? a : b;
  if (high === Number.NEGATIVE_INFINITY) return high;
  return high + Math.log1p(Math.exp((a > b ? b : a) - high));
}

const TERMS = 100_000;

/**
 * ₂F₁(a, b; c; z) for positive a, b, c and 0 ≤ z < 1, by its power series: all terms are positive, nothing cancels.
 * Where c − a − b < 0 makes it slow, Euler's transformation comes first if it keeps the terms positive (DLMF 15.8.1).
 * Throws RangeError outside that domain or when 100,000 terms do not suffice.
 */
export function hyp2f1(a: number, b: number, c: number, z: number): number {
  if (!(a > 0 && b > 0 && c > 0 && z >= 0 && z < 1)) throw new RangeError("hyp2f1 outside its domain");
  if (z > 0.5 && c - a - b < 0 && c - a > 0 && c - b > 0)
    return (1 - z) ** (c - a - b) * series2f1(c - a, c - b, c, z);
  return series2f1(a, b, c, z);
}

function series2f1(a: number, b: number, c: number, z: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 0; n < TERMS; n++) {
    const ratio = (((a + n) * (b + n)) / ((c + n) * (n + 1))) * z;
    term *= ratio;
    sum += term;
    // Past the largest term the rest is at most a geometric series.
    if (ratio < 1 && term * (ratio / (1 - ratio)) <= sum * 1e-16) return sum;
    if (!Number.isFinite(sum)) break;
  }
  throw new RangeError("hyp2f1 did not converge");
}

/** The standard normal distribution function Φ(x), to about 15 digits (series near 0, continued fraction far out). */
export function normalCdf(x: number): number {
  const z = Math.abs(x);
  if (z > 38) return x > 0 ? 1 : 0;
  const density = Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
  if (z < 3) {
    // Φ(x) = ½ + φ(x)·(x + x³/3 + x⁵/15 + …) (Abramowitz & Stegun 26.2.11).
    let term = z;
    let sum = z;
    for (let n = 1; term > sum * 1e-17 && n < 200; n++) {
      term *= (z * z) / (2 * n + 1);
      sum += term;
    }
    return x > 0 ? 0.5 + density * sum : 0.5 - density * sum;
  }
  // The upper tail as a continued fraction (A&S 26.2.14).
  let fraction = z;
  for (let n = 60; n >= 1; n--) fraction = z + n / fraction;
  const tail = density / fraction;
  return x > 0 ? 1 - tail : tail;
}
