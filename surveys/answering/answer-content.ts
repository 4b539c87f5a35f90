import type { Locale } from "../../src/i18n/index.ts";
import { defaultLocaleOf, type Json, questionsOf, spokenIn } from "../definitions/definition.ts";
import type { RunningVersion } from "../definitions/registry.ts";
import type { AnsweredMetric, AnsweredResponse } from "../port.ts";
import type { ScoreRow } from "./responses.store.ts";

/** What a response's cell holds. */
export interface SealedAnswers {
  readonly answers: Json;
  /** The page that a half-done answer stopped at. */
  readonly page?: string;
  /** Being contacted is a consent of its own: the words by which it was asked for. */
  readonly contact?: { readonly words: string; readonly locale: Locale; readonly detail: string | null };
}

export function placeOfResponse(responseId: string) {
  return { table: "survey_response", column: "cell", recordId: responseId, category: "survey" } as const;
}

/** The metrics that were answered, and the comments with their texts. */
export function metricsOfAnswers(survey: RunningVersion, answers: Json) {
  const keys = new Map(questionsOf(survey.definition).map((q) => [q.name, q.key]));
  const metrics: AnsweredMetric[] = [];
  const comments: { question: string; text: string }[] = [];
  for (const metric of survey.metrics) {
    const value = answers[keys.get(metric.question) ?? metric.question];
    if (metric.kind === "comment") {
      if (typeof value !== "string" || value === "") continue;
      metrics.push({ ...metric, value: null });
      comments.push({ question: metric.question, text: value });
    } else if (typeof value === "number") metrics.push({ ...metric, value });
  }
  return { metrics, comments };
}

/** The rows that results are counted from. */
export function scoresOf(response: AnsweredResponse): ScoreRow[] {
  const { store, region, category, level, tenure } = response.context;
  return response.metrics.flatMap(({ question, kind, scale, value }): ScoreRow[] =>
    value === null || scale === null
      ? []
      : [
          {
            surveyId: response.surveyId,
            responseId: response.responseId,
            question,
            version: response.version,
            kind,
            value,
            scaleMin: scale[0],
            scaleMax: scale[1],
            subjectId: response.subjectId,
            invitationId: response.invitationId,
            wave: response.wave,
            answeredOn: response.answeredAt.toISOString().slice(0, 10),
            answeredAt: response.anonymous ? null : response.answeredAt.toISOString(),
            channel: response.channel,
            store: store ?? null,
            region: region ?? null,
            category: category ?? null,
            level: level ?? null,
            tenure: tenure ?? null,
          },
        ],
  );
}

/** What the person said about being contacted: null when the survey does not ask or the person did not want it. */
export function contactOf(
  survey: RunningVersion,
  answers: Json,
  locale: Locale,
): SealedAnswers["contact"] | null {
  const { contact } = survey.document;
  if (contact === undefined) return null;
  const questions = questionsOf(survey.definition);
  const asks = questions.find((q) => q.name === contact.question);
  if (asks === undefined || answers[asks.key] !== true) return null;
  const detail = questions.find((q) => q.name === contact.detail);
  const said = detail === undefined ? undefined : answers[detail.key];
  return {
    words: spokenIn(asks.element.title, locale, defaultLocaleOf(survey.definition)) || asks.name,
    locale,
    detail: typeof said === "string" && said !== "" ? said : null,
  };
}
