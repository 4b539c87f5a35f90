import type { Db } from "../../src/db/index.ts";
import type { Vault } from "../../src/vault/index.ts";
import { defaultLocaleOf, questionsOf, spokenIn } from "../definitions/definition.ts";
import type { SurveyRegistry } from "../definitions/registry.ts";
import { placeOfResponse, type SealedAnswers } from "./answer-content.ts";
import { readResponsesOf } from "./responses.store.ts";

/**
 * A person's own answers, opened, for the access package: each with the question as it was asked. Answers whose key is
 * destroyed are missing.
 */
export async function exportAnswers(
  deps: { readonly db: Db; readonly vault: Vault; readonly registry: SurveyRegistry },
  subjectIds: readonly string[],
): Promise<Record<string, unknown>[]> {
  const rows = await readResponsesOf(deps.db, subjectIds);
  const keys = await deps.vault.loadKeys([...new Set(rows.map((r) => r.keyId))]);
  const exported: Record<string, unknown>[] = [];
  for (const row of rows) {
    const key = keys.get(row.keyId);
    const survey = await deps.registry.published(row.surveyId, row.version);
    if (key === undefined || survey === null) continue;
    const sealed = JSON.parse(
      deps.vault.open(key, placeOfResponse(row.responseId), row.cell).toString("utf8"),
    ) as SealedAnswers;
    const locale = survey.locales.includes(row.locale) ? row.locale : defaultLocaleOf(survey.definition);
    exported.push({
      survey_id: row.surveyId,
      version: row.version,
      state: row.state,
      channel: row.channel,
      locale: row.locale,
      started_at: row.startedAt,
      answered_at: row.answeredAt,
      answers: questionsOf(survey.definition).flatMap((q) => {
        const answer = sealed.answers[q.key];
        if (answer === undefined) return [];
        const question = spokenIn(
          q.element.title,
          locale as Parameters<typeof spokenIn>[1],
          defaultLocaleOf(survey.definition),
        );
        const comment = sealed.answers[`${q.key}-Comment`];
        return [{ question: question || q.name, answer, ...(comment === undefined ? {} : { comment }) }];
      }),
      contact_consent: sealed.contact ?? null,
    });
  }
  return exported;
}
