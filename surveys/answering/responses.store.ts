import { column, rows, type Sql, sql, type Tx, uuids } from "../../src/db/index.ts";
import type { AnswerChannel, AnswerContext, SurveyEvent } from "../port.ts";

type Reader = Pick<Tx, "query">;

export interface ResponseRow {
  readonly responseId: string;
  readonly surveyId: string;
  readonly version: number;
  readonly invitationId: string | null;
  readonly subjectId: string | null;
  readonly channel: AnswerChannel;
  readonly locale: string;
  readonly wave: string | null;
  readonly context: AnswerContext;
  readonly state: "partial" | "complete";
  readonly keyId: string;
  readonly cell: Buffer;
  readonly contactWanted: boolean;
  readonly startedAt: Date;
  readonly updatedAt: Date;
  readonly answeredAt: Date | null;
}

const columns = sql`response_id as "responseId", survey_id as "surveyId", version, invitation_id as "invitationId",
  subject_id as "subjectId", channel, locale, wave, context, state, key_id as "keyId", cell,
  contact_wanted as "contactWanted", started_at as "startedAt", updated_at as "updatedAt", answered_at as "answeredAt"`;

/** The write of responses: a partial one of the same id is replaced, a complete one never. */
export function savesResponses(batch: readonly ResponseRow[]): Sql | null {
  if (batch.length === 0) return null;
  return sql`
    insert into survey_response (response_id, survey_id, version, invitation_id, subject_id, channel, locale, wave, context,
      state, key_id, cell, contact_wanted, started_at, updated_at, answered_at)
    select id, survey, version, invitation, subject, channel, locale, wave, context, state, key, cell, wanted = 1, started,
      updated, answered
    from unnest(${column.uuid(batch, (r) => r.responseId)}, ${column.text(batch, (r) => r.surveyId)},
      ${column.int(batch, (r) => r.version)}, ${column.uuid(batch, (r) => r.invitationId)},
      ${column.uuid(batch, (r) => r.subjectId)}, ${column.text(batch, (r) => r.channel)},
      ${column.text(batch, (r) => r.locale)}, ${column.text(batch, (r) => r.wave)},
      ${column.json(batch, (r) => r.context)}, ${column.text(batch, (r) => r.state)},
      ${column.uuid(batch, (r) => r.keyId)}, ${column.bytea(batch, (r) => r.cell)},
      ${column.smallint(batch, (r) => (r.contactWanted ? 1 : 0))}, ${column.time(batch, (r) => r.startedAt)},
      ${column.time(batch, (r) => r.updatedAt)}, ${column.time(batch, (r) => r.answeredAt)})
      as r(id, survey, version, invitation, subject, channel, locale, wave, context, state, key, cell, wanted, started,
        updated, answered)
    on conflict (response_id) do update set version = excluded.version, locale = excluded.locale, state = excluded.state,
      key_id = excluded.key_id, cell = excluded.cell, contact_wanted = excluded.contact_wanted,
      updated_at = excluded.updated_at, answered_at = excluded.answered_at
    where survey_response.state = 'partial'`;
}

/** A response that was begun: the complete one takes its id. */
export interface Started {
  readonly responseId: string;
  readonly startedAt: Date;
}

/** Half-done responses by their invitations. */
export async function findStarted(tx: Tx, invitationIds: readonly string[]): Promise<Map<string, Started>> {
  if (invitationIds.length === 0) return new Map();
  const found = await tx.query<Started & { invitationId: string }>(sql`
    select invitation_id as "invitationId", response_id as "responseId", started_at as "startedAt"
    from survey_response where invitation_id = any(${uuids(invitationIds)})`);
  return new Map(found.map(({ invitationId, ...started }) => [invitationId, started]));
}

export async function findResponseOf(db: Reader, invitationId: string): Promise<ResponseRow | null> {
  const [row] = await db.query<ResponseRow>(
    sql`select ${columns} from survey_response where invitation_id = ${invitationId}::uuid`,
  );
  return row ?? null;
}

export async function readResponses(db: Reader, responseIds: readonly string[]): Promise<ResponseRow[]> {
  if (responseIds.length === 0) return [];
  return db.query<ResponseRow>(
    sql`select ${columns} from survey_response where response_id = any(${[...responseIds]}::uuid[])`,
  );
}

/** Every response of these people, half-done ones with them, oldest first. */
export async function readResponsesOf(db: Reader, subjectIds: readonly string[]): Promise<ResponseRow[]> {
  if (subjectIds.length === 0) return [];
  return db.query<ResponseRow>(sql`
    select ${columns} from survey_response where subject_id = any(${[...subjectIds]}::uuid[]) order by response_id`);
}

export interface ScoreRow {
  readonly surveyId: string;
  readonly responseId: string;
  readonly question: string;
  readonly version: number;
  readonly kind: string;
  readonly value: number;
  readonly scaleMin: number;
  readonly scaleMax: number;
  readonly subjectId: string | null;
  readonly invitationId: string | null;
  readonly wave: string | null;
  /** ISO day. */
  readonly answeredOn: string;
  readonly answeredAt: string | null;
  readonly channel: string;
  readonly store: string | null;
  readonly region: string | null;
  readonly category: string | null;
  readonly level: string | null;
  readonly tenure: string | null;
}

/** The write of scores. One that is there stays. */
export function savesScores(scores: readonly ScoreRow[]): Sql | null {
  if (scores.length === 0) return null;
  return sql`
    insert into survey_score (survey_id, response_id, question, version, kind, value, scale_min, scale_max, subject_id,
      invitation_id, wave, answered_on, answered_at, channel, store_id, region, category, level, tenure)
    select "surveyId", "responseId", question, version, kind, value, "scaleMin", "scaleMax", "subjectId", "invitationId",
      wave, "answeredOn", "answeredAt", channel, store, region, category, level, tenure
    from jsonb_to_recordset(${rows(scores)}::jsonb) as s("surveyId" text, "responseId" uuid, question text, version int,
      kind text, value double precision, "scaleMin" double precision, "scaleMax" double precision, "subjectId" uuid,
      "invitationId" uuid, wave text, "answeredOn" date, "answeredAt" timestamptz, channel text, store text, region text,
      category text, level text, tenure text)
    on conflict do nothing`;
}

/** Complete answers of known people whose events are not on their profiles yet, oldest first. */
export async function readUntold(db: Reader, limit: number): Promise<ResponseRow[]> {
  return db.query<ResponseRow>(sql`
    select ${columns} from survey_response
    where state = 'complete' and told_at is null and subject_id is not null order by response_id limit ${limit}`);
}

export async function markTold(db: Reader, responseIds: readonly string[], at: Date): Promise<void> {
  if (responseIds.length === 0) return;
  await db.query(sql`
    update survey_response set told_at = ${at} where response_id = any(${[...responseIds]}::uuid[])`);
}

export async function insertWaitingEvents(tx: Tx, events: readonly SurveyEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx.query(sql`
    insert into survey_event_waiting (message_id, subject_id, survey_id, type, occurred_at, store_id, properties)
    select "messageId", "subjectId", "surveyId", type, "occurredAt", "storeId", properties
    from jsonb_to_recordset(${rows(events)}::jsonb) as e("messageId" text, "subjectId" uuid, "surveyId" text, type text,
      "occurredAt" timestamptz, "storeId" text, properties jsonb)
    on conflict (message_id) do nothing`);
}

export async function readWaitingEvents(db: Reader, limit: number): Promise<SurveyEvent[]> {
  return db.query<SurveyEvent>(sql`
    select message_id as "messageId", subject_id as "subjectId", survey_id as "surveyId", type,
      occurred_at as "occurredAt", store_id as "storeId", properties
    from survey_event_waiting order by occurred_at, message_id limit ${limit}`);
}

export async function deleteWaitingEvents(db: Reader, messageIds: readonly string[]): Promise<void> {
  if (messageIds.length === 0) return;
  await db.query(sql`delete from survey_event_waiting where message_id = any(${[...messageIds]}::text[])`);
}

/** Deletes half-done answers that nobody has gone on with since a moment; answers how many. */
export async function deleteOldPartials(db: Reader, before: Date): Promise<number> {
  const gone = await db.query(
    sql`delete from survey_response where state = 'partial' and updated_at < ${before} returning 1`,
  );
  return gone.length;
}

/** Deletes complete answers given before a moment with what was counted and read from them; answers how many. */
export async function deleteOldAnswers(tx: Tx, before: Date, limit: number): Promise<number> {
  const gone = await tx.query<{ id: string }>(sql`
    delete from survey_response where response_id in (
      select response_id from survey_response where state = 'complete' and answered_at < ${before} limit ${limit})
    returning response_id as id`);
  if (gone.length > 0) {
    const ids = gone.map((g) => g.id);
    await tx.query(sql`delete from survey_score where response_id = any(${ids}::uuid[])`);
    await tx.query(sql`delete from survey_mention where response_id = any(${ids}::uuid[])`);
  }
  return gone.length;
}
