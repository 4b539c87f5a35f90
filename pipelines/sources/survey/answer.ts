import { QUESTION_KINDS, type QuestionKind } from "../../../src/events/index.ts";
import { type Rejection, rejection } from "../../../src/kernel/verdicts.ts";
import { isBlank, readNumber, readText } from "../../steps/index.ts";

/** A question and what was answered, checked against the question's scale. */
export interface AnsweredQuestion {
  readonly questionKind: QuestionKind;
  /** Null for a comment, and where a question was answered by a comment alone. */
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

/** Kinds that have a score. */
export type ScoredKind = Exclude<QuestionKind, "comment">;

export type ScoreResult =
  | { readonly kind: "ok"; readonly score: number; readonly scaleMin: number; readonly scaleMax: number }
  /** `what` is wrong with the score, in words that follow its name. */
  | { readonly kind: "bad"; readonly what: string };

/**
 * Checks a score against its scale, the same at every door: that of its kind, which a sender may repeat and not change,
 * or the one that a comparative question states. Scores of NPS, CSAT and CES are whole.
 */
export function checkScore(
  kind: ScoredKind,
  score: number,
  min: number | null,
  max: number | null,
): ScoreResult {
  const scale = scaleOf(kind, min, max);
  if (typeof scale === "string") return { kind: "bad", what: scale };
  const [scaleMin, scaleMax] = scale;
  const isWhole = kind === "comparative" || Number.isInteger(score);
  if (!(score >= scaleMin && score <= scaleMax) || !isWhole) {
    const form = kind === "comparative" ? "a number" : "a whole number";
    return { kind: "bad", what: `must be ${form} from ${scaleMin} to ${scaleMax}.` };
  }
  return { kind: "ok", score: score === 0 ? 0 : score, scaleMin, scaleMax };
}

/** The scale, or what is wrong with it. */
function scaleOf(
  kind: ScoredKind,
  min: number | null,
  max: number | null,
): readonly [number, number] | string {
  if (kind !== "comparative") {
    const scale = SCALES[kind];
    const fits = (min === null || min === scale[0]) && (max === null || max === scale[1]);
    return fits
      ? scale
      : `is on another scale than that of ${kind.toUpperCase()}, which is ${scale[0]} to ${scale[1]}.`;
  }
  if (min === null || max === null)
    return "has no scale: a comparative question states scaleMin and scaleMax.";
  if (!(min < max) || max - min > MAX_SCALE) return "has a scale whose scaleMin is not below its scaleMax.";
  return [min, max];
}

/** Reads an answer; 0 is a score like any other. Without a score there is a comment. */
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
  const answer = { questionKind, score: null, scaleMin: null, scaleMax: null, comment };
  if (isBlank(raw.score)) {
    if (comment !== null) return { kind: "ok", answer };
    return no("missing-field", questionKind === "comment" ? "comment is missing." : "score is missing.");
  }
  if (questionKind === "comment") return no("invalid-score", "A comment has no score.");
  const score = readNumber(raw.score);
  if (score === null) return no("invalid-score", "score must be a number.");
  const min = isBlank(raw.scaleMin) ? null : readNumber(raw.scaleMin);
  const max = isBlank(raw.scaleMax) ? null : readNumber(raw.scaleMax);
  if ((min === null && !isBlank(raw.scaleMin)) || (max === null && !isBlank(raw.scaleMax))) {
    return no("invalid-score", "The ends of a scale are numbers.");
  }
  const checked = checkScore(questionKind, score, min, max);
  if (checked.kind === "bad") return no("invalid-score", `score ${checked.what}`);
  const { scaleMin, scaleMax } = checked;
  return { kind: "ok", answer: { questionKind, score: checked.score, scaleMin, scaleMax, comment } };
}
