import type { Db } from "../../src/db/index.ts";
import type { Clock } from "../../src/kernel/clock.ts";
import type { Vault } from "../../src/vault/index.ts";
import type { SurveyRegistry } from "../definitions/registry.ts";
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
async function eventsOf(deps: TellDeps, row: ResponseRow): Promise<SurveyEvent[]> {
  const survey = await deps.registry.published(row.surveyId, row.version);
  const key = (await deps.vault.loadKeys([row.keyId])).get(row.keyId);
  if (survey === null || key === undefined || row.subjectId === null) return [];
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

/**
 * Puts on the profiles what has been stored and not told yet: answers, and whatever else waits. Any process may do it at
 * any time; telling twice changes nothing, because every event has an id of its own. Answers how many were told.
 */
export async function tellEvents(deps: TellDeps): Promise<number> {
  let told = 0;
  for (;;) {
    const rows = await readUntold(deps.db, BATCH);
    const events: SurveyEvent[] = [];
    const owners: string[] = [];
    for (const row of rows) {
      const own = await eventsOf(deps, row);
      events.push(...own);
      for (const _ of own) owners.push(row.responseId);
    }
    const settled = events.length === 0 ? [] : await deps.submit(events);
    const unsettled = new Set(owners.filter((_, i) => settled[i] !== true));
    const done = rows.map((r) => r.responseId).filter((id) => !unsettled.has(id));
    await markTold(deps.db, done, deps.clock.now());
    told += done.length;
    if (rows.length < BATCH || done.length === 0) break;
  }
  for (;;) {
    const waiting = await readWaitingEvents(deps.db, BATCH);
    if (waiting.length === 0) break;
    const settled = await deps.submit(waiting);
    const done = waiting.filter((_, i) => settled[i] === true).map((e) => e.messageId);
    await deleteWaitingEvents(deps.db, done);
    told += done.length;
    if (waiting.length < BATCH || done.length === 0) break;
  }
  return told;
}
