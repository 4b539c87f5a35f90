import { type Estimate, estimate } from "../../../surveys/metrics/estimate.ts";
import { type Histogram, histogramOf } from "../../../surveys/metrics/histogram.ts";

/** A seeded generator (mulberry32), so that a run can be had again. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export interface Simulated {
  readonly truth: number;
  readonly histogram: Histogram;
}

/** A survey of a population whose promoters and detractors are drawn anew: promoters 20–70 %, detractors 5–40 %. */
export function simulateNps(n: number, random: () => number): Simulated {
  const promoters = 0.2 + 0.5 * random();
  const detractors = Math.min(0.05 + 0.35 * random(), 1 - promoters);
  const scores = Array.from({ length: n }, () => {
    const x = random();
    return x < promoters ? 10 : x < promoters + detractors ? 3 : 8;
  });
  return { truth: 100 * (promoters - detractors), histogram: histogramOf("nps", scores) };
}

/** CSAT with 40 to 95 % satisfied. */
export function simulateCsat(n: number, random: () => number): Simulated {
  const share = 0.4 + 0.55 * random();
  return {
    truth: 100 * share,
    histogram: histogramOf(
      "csat",
      Array.from({ length: n }, () => (random() < share ? 5 : 2)),
    ),
  };
}

/** CES with a binomial spread over its seven steps. */
export function simulateCes(n: number, random: () => number): Simulated {
  const lean = 0.4 + 0.4 * random();
  const draw = () => 1 + [0, 0, 0, 0, 0, 0].filter(() => random() < lean).length;
  return { truth: 1 + 6 * lean, histogram: histogramOf("ces", Array.from({ length: n }, draw)) };
}

/** In which share of `surveys` simulated surveys of `n` answers the interval held the truth. */
export function coverage(
  surveys: number,
  n: number,
  seed: number,
  simulate: (n: number, random: () => number) => Simulated,
): number {
  const random = seeded(seed);
  let held = 0;
  for (let i = 0; i < surveys; i++) {
    const { truth, histogram } = simulate(n, random);
    const e = estimate(histogram) as Estimate;
    if (e.low <= truth && truth <= e.high) held++;
  }
  return held / surveys;
}
