import type { Db } from "../../src/db/index.ts";
import type { Clock } from "../../src/kernel/clock.ts";
import type { DataKey, Vault } from "../../src/vault/index.ts";
import type { RunningVersion, SurveyRegistry } from "../definitions/registry.ts";
import type { SubmitSurveyEvents, SurveyEvent } from "../port.ts";
import { metricsOfAnswers, placeOfResponse, type SealedAnswers } from "./answer-content.ts";
import {
  deleteWaitingEvents,
  markTold,
  type ResponseRow,
  readUntold,
  readWaitingEvents,
} from "./responses.store.ts";

export interface TellDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly registry: SurveyRegistry;
  readonly submit: SubmitSurveyEvents;
}

/** Few enough that whoever hands in answers meanwhile does not notice: a batch is prepared in one go. */
const BATCH = 50;

/** The events of an answer: one for each metric, in the words of a survey source. */
function eventsOf(deps: TellDeps, row: ResponseRow, survey: RunningVersion, key: DataKey): SurveyEvent[] {
  if (row.subjectId === null) return [];
  const { answers } = JSON.parse(
    deps.vault.open(key, placeOfResponse(row.responseId), row.cell).toString("utf8"),
  ) as SealedAnswers;
  const { metrics, comments } = metricsOfAnswers(survey, answers);
  const { subjectId } = row;
  return metrics.map(
    (m): SurveyEvent => ({
      subjectId,
      messageId: `${row.responseId}:${m.question}`,
      type: "survey.answered",
      occurredAt: row.answeredAt ?? row.updatedAt,
      surveyId: row.surveyId,
      storeId: row.context.store ?? null,
      properties: {
        question_id: m.question,
        answer_id: row.responseId,
        kind: m.kind,
        ...(m.value === null ? {} : { score: m.value }),
        ...(m.scale === null ? {} : { scale_min: m.scale[0], scale_max: m.scale[1] }),
        ...(m.kind === "comment" ? { comment: comments.find((c) => c.question === m.question)?.text } : {}),
        relational: survey.surveyClass === "relational",
        survey_version: row.version,
        survey_channel: row.channel,
      },
    }),
  );
}

/** What answers have to tell, each event with the answer that it is of. Of those whose key is destroyed there is nothing. */
async function readTold(
  deps: TellDeps,
  responses: readonly ResponseRow[],
): Promise<{ readonly event: SurveyEvent; readonly responseId: string }[]> {
  const keys = await deps.vault.loadKeys(responses.map((r) => r.keyId));
  const told: { event: SurveyEvent; responseId: string }[] = [];
  for (const row of responses) {
    const key = keys.get(row.keyId);
    const survey = await deps.registry.published(row.surveyId, row.version);
    if (key === undefined || survey === null) continue;
    for (const event of eventsOf(deps, row, survey, key)) told.push({ event, responseId: row.responseId });
  }
  return told;
}

/**
 * Puts on the profiles what has been stored and not told yet: answers, and whatever else waits. Any process may do it at
 * any time; telling twice changes nothing, because every event has an id of its own. Answers how many were told.
 */
export async function tellEvents(deps: TellDeps): Promise<number> {
  let told = 0;
  for (;;) {
    const responses = await readUntold(deps.db, BATCH);
    const waiting = await readWaitingEvents(deps.db, BATCH);
    const answered = await readTold(deps, responses);
    const events = [...waiting, ...answered.map((a) => a.event)];
    const settled = events.length === 0 ? [] : await deps.submit(events);
    const gone = waiting.filter((_, i) => settled[i] === true).map((e) => e.messageId);
    const unsettled = new Set(
      answered.filter((_, i) => settled[waiting.length + i] !== true).map((a) => a.responseId),
    );
    const done = responses.map((r) => r.responseId).filter((id) => !unsettled.has(id));
    await deleteWaitingEvents(deps.db, gone);
    await markTold(deps.db, done, deps.clock.now());
    told += gone.length + done.length;
    const isMore = responses.length === BATCH || waiting.length === BATCH;
    if (!isMore || gone.length + done.length === 0) return told;
  }
}
