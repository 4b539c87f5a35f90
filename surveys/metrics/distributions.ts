/** The two-sided 95 % quantile of the normal distribution, as the NPS literature rounds it. */
export const Z95 = 1.96;

/** Φ(x), the normal distribution function; absolute error below 1.2e-7 (Numerical Recipes' erfc, W. J. Cody's form). */
export function normalCdf(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + z / 2);
  const poly =
    -1.26551223 +
    t *
      (1.00002368 +
        t *
          (0.37409196 +
            t *
              (0.09678418 +
                t *
                  (-0.18628806 +
                    t *
                      (0.27886807 +
                        t * (-1.13520398 + t * (1.48851587 + t * (-0.82215223 + t * 0.17087277))))))));
  const tail = (t * Math.exp(-z * z + poly)) / 2;
  return x >= 0 ? 1 - tail : tail;
}

/** Two-sided p-value of a z statistic. */
export function twoSidedP(z: number): number {
  return Math.min(1, 2 * (1 - normalCdf(Math.abs(z))));
}

/**
 * The 97.5 % quantile of Student's t with `df` degrees of freedom (at least 1; not necessarily whole). Exact for 1 and
 * 2; beyond, the Cornish–Fisher expansion (Abramowitz & Stegun 26.7.5), within 0.02 from 3 degrees on.
 */
export function t975(df: number): number {
  const p = 0.975;
  if (df <= 1) return Math.tan(Math.PI * (p - 0.5));
  if (df <= 2) return (2 * p - 1) * Math.sqrt(2 / (4 * p * (1 - p)));
  const z = 1.959963984540054;
  const [z3, z5, z7, z9] = [z ** 3, z ** 5, z ** 7, z ** 9];
  return (
    z +
    (z3 + z) / (4 * df) +
    (5 * z5 + 16 * z3 + 3 * z) / (96 * df ** 2) +
    (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * df ** 3) +
    (79 * z9 + 776 * z7 + 1482 * z5 - 1920 * z3 - 945 * z) / (92160 * df ** 4)
  );
}
