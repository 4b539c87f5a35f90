import { QUESTION_KINDS, type QuestionKind } from "../../../src/events/index.ts";
import { type Rejection, rejection } from "../../../src/kernel/verdicts.ts";
import { isBlank, readNumber, readText } from "../../steps/index.ts";

/** A question and what was answered, checked against the question's scale. */
export interface AnsweredQuestion {
  readonly questionKind: QuestionKind;
  /** Null for a comment. */
  readonly score: number | null;
  readonly scaleMin: number | null;
  readonly scaleMax: number | null;
  readonly comment: string | null;
}

export type AnswerResult =
  | { readonly kind: "ok"; readonly answer: AnsweredQuestion }
  | { readonly kind: "rejected"; readonly rejection: Rejection };

/**
 * The only scales on which scores of these kinds can be compared. Other spreads (NPS from 1 to 10, CSAT of 7) are
 * refused rather than stretched: a stretched answer is not what the person chose.
 */
const SCALES: Readonly<Record<"nps" | "csat" | "ces", readonly [min: number, max: number]>> = {
  nps: [0, 10],
  csat: [1, 5],
  ces: [1, 7],
};

/** Widest scale that a comparative question may state. */
const MAX_SCALE = 1_000;

function no(code: Parameters<typeof rejection>[0], detail: string): AnswerResult {
  return { kind: "rejected", rejection: rejection(code, detail) };
}

/** Reads an answer; 0 is a score like any other, and only a comment may come without one. */
export function readAnswer(raw: {
  readonly kind: unknown;
  readonly score: unknown;
  readonly scaleMin: unknown;
  readonly scaleMax: unknown;
  readonly comment: unknown;
}): AnswerResult {
  const word = readText(raw.kind)?.toLowerCase();
  if (word === undefined) return no("missing-field", "The question's kind is missing.");
  const questionKind = QUESTION_KINDS.find((k) => k === word);
  if (questionKind === undefined)
    return no("invalid-field", `kind must be one of ${QUESTION_KINDS.join(", ")}.`);
  if (!isBlank(raw.comment) && typeof raw.comment !== "string") {
    return no("invalid-field", "comment must be a text.");
  }
  const comment = isBlank(raw.comment) ? null : (raw.comment as string);
  if (questionKind === "comment") {
    if (!isBlank(raw.score)) return no("invalid-score", "A comment has no score.");
    if (comment === null) return no("missing-field", "comment is missing.");
    return { kind: "ok", answer: { questionKind, score: null, scaleMin: null, scaleMax: null, comment } };
  }
  if (isBlank(raw.score)) return no("missing-field", "score is missing.");
  const score = readNumber(raw.score);
  if (score === null) return no("invalid-score", "score must be a number.");
  const scale = scaleOf(questionKind, raw.scaleMin, raw.scaleMax);
  if (typeof scale === "string") return no("invalid-score", scale);
  const [scaleMin, scaleMax] = scale;
  if (score < scaleMin || score > scaleMax || (questionKind !== "comparative" && !Number.isInteger(score))) {
    return no("invalid-score", `A score of this kind is between ${scaleMin} and ${scaleMax}.`);
  }
  return {
    kind: "ok",
    answer: { questionKind, score: score === 0 ? 0 : score, scaleMin, scaleMax, comment },
  };
}

/** The scale, or what is wrong with it. */
function scaleOf(
  kind: Exclude<QuestionKind, "comment">,
  rawMin: unknown,
  rawMax: unknown,
): readonly [number, number] | string {
  const min = isBlank(rawMin) ? null : readNumber(rawMin);
  const max = isBlank(rawMax) ? null : readNumber(rawMax);
  if ((min === null && !isBlank(rawMin)) || (max === null && !isBlank(rawMax))) {
    return "The ends of a scale are numbers.";
  }
  if (kind !== "comparative") {
    const scale = SCALES[kind];
    const fits = (min === null || min === scale[0]) && (max === null || max === scale[1]);
    return fits ? scale : `The scale of ${kind.toUpperCase()} is ${scale[0]} to ${scale[1]}.`;
  }
  if (min === null || max === null) return "A comparative question states scaleMin and scaleMax.";
  if (min >= max || max - min > MAX_SCALE) return "scaleMin must be below scaleMax.";
  return [min, max];
}
