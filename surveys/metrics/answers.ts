import { type Histogram, histogramOf, type Metric } from "./histogram.ts";

/** Whether a survey asks about the whole relationship or about one happening. Their scores mean different things. */
export const SURVEY_CLASSES = ["relational", "transactional"] as const;
export type SurveyClass = (typeof SURVEY_CLASSES)[number];

/** One answer to a metric question. */
export interface ScoredAnswer {
  readonly answerId: string;
  /** Null for an anonymous answer: each counts. */
  readonly memberId: string | null;
  readonly metric: Metric;
  readonly surveyClass: SurveyClass;
  readonly score: number;
  readonly at: Date;
  /** Whether the whole survey was sent; a half-done one is no answer yet. */
  readonly complete: boolean;
}

/**
 * The answers of a window that count: complete ones, and of each member's the latest (by time, then by id). Answers
 * from before `from` or at or after `to` are outside. Throws RangeError when relational and transactional answers, or
 * different metrics, come together: they are never pooled.
 */
export function countedAnswers(
  answers: Iterable<ScoredAnswer>,
  window: { readonly from: Date; readonly to: Date },
): ScoredAnswer[] {
  const latest = new Map<string, ScoredAnswer>();
  let kind: string | null = null;
  for (const answer of answers) {
    const own = `${answer.surveyClass}|${answer.metric}`;
    if (kind !== null && kind !== own)
      throw new RangeError("relational and transactional answers, and different metrics, are never pooled");
    kind = own;
    if (!answer.complete || answer.at < window.from || answer.at >= window.to) continue;
    const who = answer.memberId === null ? `answer ${answer.answerId}` : `member ${answer.memberId}`;
    const other = latest.get(who);
    if (
      other === undefined ||
      answer.at > other.at ||
      (+answer.at === +other.at && answer.answerId > other.answerId)
    )
      latest.set(who, answer);
  }
  return [...latest.values()];
}

/** The scores of counted answers, counted. */
export function histogramOfAnswers(metric: Metric, answers: readonly ScoredAnswer[]): Histogram {
  return histogramOf(
    metric,
    answers.map((a) => a.score),
  );
}
