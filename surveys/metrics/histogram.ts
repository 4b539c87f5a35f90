/** The metrics and the only scale of each. Other spreads are refused, never stretched. */
export const METRICS = ["nps", "csat", "ces"] as const;
export type Metric = (typeof METRICS)[number];

export const SCALE_OF: Readonly<Record<Metric, readonly [min: number, max: number]>> = {
  nps: [0, 10],
  csat: [1, 5],
  ces: [1, 7],
};

/** How often each score was given: `counts[i]` is the score `min + i`. All that a metric needs to know of answers. */
export interface Histogram {
  readonly metric: Metric;
  readonly counts: readonly number[];
}

export function emptyHistogram(metric: Metric): Histogram {
  const [min, max] = SCALE_OF[metric];
  return { metric, counts: new Array<number>(max - min + 1).fill(0) };
}

/**
 * Counts scores. Throws RangeError for a score that is not a whole number on the metric's scale: an NPS of 99, or of a
 * question from 1 to 10 that says so, never becomes a figure.
 */
export function histogramOf(metric: Metric, scores: Iterable<number>): Histogram {
  const [min, max] = SCALE_OF[metric];
  const counts = [...emptyHistogram(metric).counts];
  for (const score of scores) {
    if (!Number.isInteger(score) || score < min || score > max)
      throw new RangeError(`a score of ${metric} is a whole number from ${min} to ${max}`);
    counts[score - min] = (counts[score - min] ?? 0) + 1;
  }
  return { metric, counts };
}

/** Adds histograms of one metric. Throws RangeError for different metrics: they share no scale. */
export function addHistograms(metric: Metric, parts: Iterable<Histogram>): Histogram {
  const counts = [...emptyHistogram(metric).counts];
  for (const part of parts) {
    if (part.metric !== metric) throw new RangeError("histograms of different metrics cannot be added");
    part.counts.forEach((n, i) => {
      counts[i] = (counts[i] ?? 0) + n;
    });
  }
  return { metric, counts };
}

/** How many answers there are. */
export function sizeOf(histogram: Histogram): number {
  return histogram.counts.reduce((sum, n) => sum + n, 0);
}

/** How many answers lie from one score to another, both included. */
export function between(histogram: Histogram, low: number, high: number): number {
  const [min] = SCALE_OF[histogram.metric];
  return histogram.counts.reduce((sum, n, i) => (min + i >= low && min + i <= high ? sum + n : sum), 0);
}
