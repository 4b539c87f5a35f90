import type { MetricKind, MetricQuestion } from "../port.ts";
import { type Question, ratingValues } from "./definition.ts";

/**
 * The only scales on which scores of these kinds can be compared: Reichheld's NPS from 0 to 10, CSAT from 1 to 5, CES 2.0
 * from 1 to 7. Others are refused rather than stretched.
 */
const SCALES: Readonly<Record<"nps" | "csat" | "ces", readonly [number, number]>> = {
  nps: [0, 10],
  csat: [1, 5],
  ces: [1, 7],
};

export type MetricFault =
  | "metric-unknown-question"
  | "metric-twice"
  | "metric-type"
  | "metric-scale"
  | "metric-preselected";

/** The numbers that a closed question offers, in order; null when an answer of it may be anything else. */
function numbersOf(question: Question): readonly number[] | null {
  const { type, element } = question;
  if (type !== "rating") return null;
  const values = ratingValues(element);
  return values.every((v) => typeof v === "number") ? (values as number[]) : null;
}

/** Whether the numbers are exactly the whole numbers of a scale. */
function isWholeScale(values: readonly number[], [min, max]: readonly [number, number]): boolean {
  return values.length === max - min + 1 && values.every((v, i) => v === min + i);
}

/** A declared metric with its scale, or what is wrong with the declaration. */
export function readMetric(
  declared: { readonly question: string; readonly kind: MetricKind; readonly scale?: readonly number[] },
  questions: readonly Question[],
): { kind: "ok"; metric: MetricQuestion } | { kind: "bad"; fault: MetricFault } {
  const question = questions.find((q) => q.name === declared.question);
  if (question === undefined) return { kind: "bad", fault: "metric-unknown-question" };
  const name = declared.question;
  if (declared.kind === "comment") {
    return question.type === "comment" || question.type === "text"
      ? { kind: "ok", metric: { question: name, kind: "comment", scale: null } }
      : { kind: "bad", fault: "metric-type" };
  }
  if (question.type !== "rating") return { kind: "bad", fault: "metric-type" };
  if (question.element.defaultValue !== undefined) return { kind: "bad", fault: "metric-preselected" };
  const values = numbersOf(question);
  if (values === null || values.length < 2) return { kind: "bad", fault: "metric-scale" };
  if (declared.kind === "comparative") {
    const scale = [Math.min(...values), Math.max(...values)] as const;
    const [min, max] = declared.scale ?? scale;
    return min === scale[0] && max === scale[1]
      ? { kind: "ok", metric: { question: name, kind: "comparative", scale } }
      : { kind: "bad", fault: "metric-scale" };
  }
  const scale = SCALES[declared.kind];
  const stated = declared.scale;
  if (stated !== undefined && (stated[0] !== scale[0] || stated[1] !== scale[1]))
    return { kind: "bad", fault: "metric-scale" };
  return isWholeScale(values, scale)
    ? { kind: "ok", metric: { question: name, kind: declared.kind, scale } }
    : { kind: "bad", fault: "metric-scale" };
}
