import type { Static } from "typebox";
import type { EstimateSchema, ResultsSchema } from "../../../../surveys/metrics/answers.schema.ts";
import { useFormats } from "../../i18n.ts";

export type Metric = Static<typeof ResultsSchema>["metrics"][number]["kind"];

/** A figure with its 95 % interval, as the results door answers it. */
export type Estimate = Static<typeof EstimateSchema>;

/** Says a figure in its own unit: CSAT is a percentage, everything else points. */
export function useMetric(metric: Metric): (value: number) => string {
  const { number, percent } = useFormats();
  return (value) => (metric === "csat" ? percent(value / 100, 1) : number(value, 1));
}
