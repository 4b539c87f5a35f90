import { useFormats } from "../../i18n.ts";

export type Metric = "nps" | "csat" | "ces" | "comparative";

/** A figure with its 95 % interval, as the results door answers it. */
export interface Estimate {
  readonly n: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Says a figure in its own unit: CSAT is a percentage, everything else points. */
export function useMetric(metric: Metric): (value: number) => string {
  const { number, percent } = useFormats();
  return (value) => (metric === "csat" ? percent(value / 100, 1) : number(value, 1));
}
