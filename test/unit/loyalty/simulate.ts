import type { PurchaseHistory } from "../../../src/loyalty/models/index.ts";

/** A small repeatable source of numbers in (0, 1): mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let v = Math.imul(state ^ (state >>> 15), 1 | state);
    v = (v + Math.imul(v ^ (v >>> 7), 61 | v)) ^ v;
    return (((v ^ (v >>> 14)) >>> 0) + 0.5) / 4_294_967_296;
  };
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
}

/** Gamma(shape, 1) by Marsaglia & Tsang (2000). */
export function gammaOf(random: () => number, shape: number): number {
  if (shape < 1) return gammaOf(random, shape + 1) * random() ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

const exponential = (random: () => number, rate: number): number => -Math.log(random()) / rate;

/** Histories of members who behave exactly as a model of the beta-geometric kind says. */
export function simulateBetaGeometric(
  random: () => number,
  model: { kind: "bg" | "mbg"; r: number; alpha: number; a: number; b: number },
  members: number,
): PurchaseHistory[] {
  return Array.from({ length: members }, () => {
    const t = 26 + Math.floor(random() * 78);
    const rate = gammaOf(random, model.r) / model.alpha;
    const [ga, gb] = [gammaOf(random, model.a), gammaOf(random, model.b)];
    const p = ga / (ga + gb);
    let [x, tx, at] = [0, 0, 0];
    if (model.kind === "mbg" && random() < p) return { x, tx, t };
    for (;;) {
      at += exponential(random, rate);
      if (at > t) return { x, tx, t };
      x++;
      tx = at;
      if (random() < p) return { x, tx, t };
    }
  });
}

/** The same for Pareto/NBD. */
export function simulatePareto(
  random: () => number,
  m: { r: number; alpha: number; s: number; beta: number },
  members: number,
): PurchaseHistory[] {
  return Array.from({ length: members }, () => {
    const t = 26 + Math.floor(random() * 78);
    const rate = gammaOf(random, m.r) / m.alpha;
    const end = Math.min(t, exponential(random, gammaOf(random, m.s) / m.beta));
    let [x, tx] = [0, 0];
    for (let at = exponential(random, rate); at <= end; at += exponential(random, rate)) {
      x++;
      tx = at;
    }
    return { x, tx, t };
  });
}

/** Mean spends of members with the given numbers of repeat purchases, as Gamma–Gamma says. */
export function simulateSpend(
  random: () => number,
  m: { p: number; q: number; gamma: number },
  counts: readonly number[],
): { x: number; z: number }[] {
  return counts.map((x) => {
    const rate = gammaOf(random, m.q) / m.gamma;
    return { x, z: gammaOf(random, m.p * x) / rate / x };
  });
}
