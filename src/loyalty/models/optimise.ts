/** A function to be minimised; writes its gradient into `gradient`. A value that is no number ends a line search there. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number;

export interface Minimum {
  readonly point: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
  readonly iterations: number;
  readonly evaluations: number;
  readonly converged: boolean;
}

const ARMIJO = 1e-4;
const WOLFE = 0.9;
const MOST_ITERATIONS = 300;
const MOST_STEPS = 40;
/** The longest first step, in units of the (logarithmic) parameters. */
const FIRST_STEP = 0.5;

/**
 * Minimises by BFGS with a bracketing line search for the weak Wolfe conditions (Nocedal & Wright, Numerical
 * Optimization, 2nd ed., algorithms 6.1 and 3.5 in bisection form). Converged when no part of the gradient is larger
 * than `tolerance`, or no step lowers the value and the gradient is within a hundred times of that.
 */
export function minimise(objective: Objective, start: readonly number[], tolerance: number): Minimum {
  const n = start.length;
  const point = Float64Array.from(start);
  const gradient = new Float64Array(n);
  let evaluations = 1;
  let value = objective(point, gradient);
  const inverse = identity(n);
  const next = new Float64Array(n);
  const nextGradient = new Float64Array(n);
  const look = (direction: Float64Array, step: number): number => {
    for (let i = 0; i < n; i++) next[i] = (point[i] as number) + step * (direction[i] as number);
    evaluations++;
    return objective(next, nextGradient);
  };
  /** Leaves the step it took in `next` and `nextGradient`, and answers the value there. */
  const search = (direction: Float64Array, slope: number, isFirst: boolean): number => {
    let low = 0;
    let high = Number.POSITIVE_INFINITY;
    let step = isFirst ? Math.min(1, FIRST_STEP / largest(direction)) : 1;
    for (let tries = 0; tries < MOST_STEPS; tries++) {
      const found = look(direction, step);
      if (!Number.isFinite(found) || found > value + ARMIJO * step * slope) high = step;
      else if (dot(nextGradient, direction) < WOLFE * slope) low = step;
      else return found;
      if (high - low < 1e-12 * high) break;
      step = high === Number.POSITIVE_INFINITY ? 2 * step : (low + high) / 2;
    }
    // Rounding hides the curvature close to the minimum: the longest step that lowered the value will do.
    return low > 0 ? look(direction, low) : Number.POSITIVE_INFINITY;
  };
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
    if (!Number.isFinite(value)) break;
    if (largest(gradient) <= tolerance)
      return { point, value, gradient, iterations: iteration, evaluations, converged: true };
    let direction = times(inverse, gradient, -1);
    let slope = dot(direction, gradient);
    if (!(slope < 0)) {
      reset(inverse);
      direction = gradient.map((g) => -g);
      slope = dot(direction, gradient);
    }
    const nextValue = search(direction, slope, iteration === 0);
    if (!(nextValue <= value)) {
      const converged = largest(gradient) <= 100 * tolerance;
      return { point, value, gradient, iterations: iteration, evaluations, converged };
    }
    update(inverse, point, next, gradient, nextGradient);
    point.set(next);
    gradient.set(nextGradient);
    value = nextValue;
  }
  return { point, value, gradient, iterations: MOST_ITERATIONS, evaluations, converged: false };
}

/**
 * The Hessian by central differences of the gradient, made symmetric. `at` is not changed.
 */
export function hessianOf(objective: Objective, at: Float64Array): Float64Array[] {
  const n = at.length;
  const h = 1e-4;
  const rows = Array.from({ length: n }, () => new Float64Array(n));
  for (let j = 0; j < n; j++) {
    const [up, down] = [new Float64Array(n), new Float64Array(n)];
    const moved = Float64Array.from(at);
    moved[j] = (at[j] as number) + h;
    objective(moved, up);
    moved[j] = (at[j] as number) - h;
    objective(moved, down);
    for (let i = 0; i < n; i++)
      (rows[i] as Float64Array)[j] = ((up[i] as number) - (down[i] as number)) / (2 * h);
  }
  return rows.map((row, i) => row.map((v, j) => (v + ((rows[j] as Float64Array)[i] as number)) / 2));
}

/** The inverse of a symmetric positive definite matrix by its Cholesky factor; null when it is not one. */
export function inverseOf(matrix: readonly Float64Array[]): Float64Array[] | null {
  const n = matrix.length;
  const l = Array.from({ length: n }, () => new Float64Array(n));
  const at = (m: readonly Float64Array[], i: number, j: number): number => m[i]?.[j] ?? Number.NaN;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = at(matrix, i, j);
      for (let k = 0; k < j; k++) sum -= at(l, i, k) * at(l, j, k);
      if (i === j && !(sum > 0)) return null;
      (l[i] as Float64Array)[j] = i === j ? Math.sqrt(sum) : sum / at(l, j, j);
    }
  }
  const inverse = Array.from({ length: n }, () => new Float64Array(n));
  for (let column = 0; column < n; column++) {
    const y = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      let sum = i === column ? 1 : 0;
      for (let k = 0; k < i; k++) sum -= at(l, i, k) * (y[k] as number);
      y[i] = sum / at(l, i, i);
    }
    for (let i = n - 1; i >= 0; i--) {
      let sum = y[i] as number;
      for (let k = i + 1; k < n; k++) sum -= at(l, k, i) * at(inverse, k, column);
      (inverse[i] as Float64Array)[column] = sum / at(l, i, i);
    }
  }
  return inverse;
}

function identity(n: number): Float64Array[] {
  return Array.from({ length: n }, (_, i) => Float64Array.from({ length: n }, (_v, j) => (i === j ? 1 : 0)));
}

function reset(matrix: Float64Array[]): void {
  matrix.forEach((row, i) => {
    row.fill(0);
    row[i] = 1;
  });
}

function largest(v: Float64Array): number {
  let most = 0;
  for (const x of v) most = Math.max(most, Math.abs(x));
  return most;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function times(matrix: readonly Float64Array[], v: Float64Array, factor: number): Float64Array {
  return Float64Array.from(matrix, (row) => factor * dot(row, v));
}

/** The BFGS update of the inverse Hessian (Nocedal & Wright, 6.17); left alone where the curvature is not positive. */
function update(
  inverse: Float64Array[],
  from: Float64Array,
  to: Float64Array,
  gradientFrom: Float64Array,
  gradientTo: Float64Array,
): void {
  const n = from.length;
  const s = to.map((v, i) => v - (from[i] as number));
  const y = gradientTo.map((v, i) => v - (gradientFrom[i] as number));
  const sy = dot(s, y);
  if (!(sy > 1e-300)) return;
  const hy = times(inverse, y, 1);
  const factor = 1 + dot(y, hy) / sy;
  for (let i = 0; i < n; i++) {
    const row = inverse[i] as Float64Array;
    for (let j = 0; j < n; j++) {
      const [si, sj] = [s[i] as number, s[j] as number];
      row[j] = (row[j] as number) + (factor * si * sj - (hy[i] as number) * sj - si * (hy[j] as number)) / sy;
    }
  }
}
