import { keyset, rows, type Sql, sql, type Tx } from "../../src/db/index.ts";
import type { ListOrder } from "../../src/kernel/list-order.ts";
import type { CaseState } from "./decide-case.ts";

type Reader = Pick<Tx, "query">;

export interface CaseRow {
  readonly caseId: string;
  readonly surveyId: string;
  readonly responseId: string;
  readonly subjectId: string | null;
  readonly reasons: readonly string[];
  readonly storeId: string | null;
  readonly region: string | null;
  readonly orderKey: string | null;
  readonly owner: string | null;
  readonly state: CaseState;
  readonly outcome: string | null;
  readonly contactWanted: boolean;
  readonly openedAt: Date;
  readonly dueAt: Date;
  readonly contactedAt: Date | null;
  readonly escalatedAt: Date | null;
  readonly closedAt: Date | null;
  readonly askAgainAt: Date | null;
  readonly updatedAt: Date;
}

const columns = sql`case_id as "caseId", survey_id as "surveyId", response_id as "responseId", subject_id as "subjectId", reasons,
  store_id as "storeId", region, order_key as "orderKey", owner, state, outcome, contact_wanted as "contactWanted",
  opened_at as "openedAt", due_at as "dueAt", contacted_at as "contactedAt", escalated_at as "escalatedAt",
  closed_at as "closedAt", ask_again_at as "askAgainAt", updated_at as "updatedAt"`;

/** Opens cases; an answer has one at most. Answers the ids of those that were opened. */
export async function insertCases(tx: Tx, cases: readonly CaseRow[]): Promise<Set<string>> {
  if (cases.length === 0) return new Set();
  const inserted = await tx.query<{ id: string }>(sql`
    insert into survey_case (case_id, survey_id, response_id, subject_id, reasons, store_id, region, order_key, owner, state,
      contact_wanted, opened_at, due_at, updated_at)
    select "caseId", "surveyId", "responseId", "subjectId", reasons, "storeId", region, "orderKey", owner, state,
      "contactWanted", "openedAt", "dueAt", "updatedAt"
    from jsonb_to_recordset(${rows(cases)}::jsonb) as c("caseId" uuid, "surveyId" text, "responseId" uuid, "subjectId" uuid,
      reasons text[], "storeId" text, region text, "orderKey" text, owner text, state text, "contactWanted" boolean,
      "openedAt" timestamptz, "dueAt" timestamptz, "updatedAt" timestamptz)
    on conflict (response_id) do nothing returning case_id as id`);
  return new Set(inserted.map((i) => i.id));
}

export async function findCase(db: Reader, caseId: string): Promise<CaseRow | null> {
  const [row] = await db.query<CaseRow>(
    sql`select ${columns} from survey_case where case_id = ${caseId}::uuid`,
  );
  return row ?? null;
}

export async function lockCase(tx: Tx, caseId: string): Promise<CaseRow | null> {
  const [row] = await tx.query<CaseRow>(
    sql`select ${columns} from survey_case where case_id = ${caseId}::uuid for update`,
  );
  return row ?? null;
}

export async function saveCase(tx: Tx, row: CaseRow): Promise<void> {
  await tx.query(sql`
    update survey_case set owner = ${row.owner}, state = ${row.state}, outcome = ${row.outcome},
      contacted_at = ${row.contactedAt}::timestamptz, closed_at = ${row.closedAt}::timestamptz,
      ask_again_at = ${row.askAgainAt}::timestamptz, due_at = ${row.dueAt}, escalated_at = ${row.escalatedAt}::timestamptz,
      updated_at = ${row.updatedAt}
    where case_id = ${row.caseId}::uuid`);
}

export interface CaseQuery {
  readonly state?: string;
  readonly storeId?: string;
  /** Only those of these shops. */
  readonly storeIds?: readonly string[];
  readonly surveyId?: string;
  /** Only those of these subjects. */
  readonly subjectIds?: readonly string[];
  /** Only those that nobody has contacted in time. */
  readonly lateAt?: Date;
  readonly order: ListOrder<typeof CASE_ORDERS>;
  readonly limit: number;
}

/** By what cases can be ordered: by when they were opened (their ids ascend with time), or by when their clock runs out. */
export const CASE_ORDERS = { opened: "id", due: "moment" } as const;

export async function listCases(db: Reader, ask: CaseQuery): Promise<CaseRow[]> {
  const { by, isDown, after } = ask.order;
  const place = keyset({
    column: by === "due" ? { of: sql`due_at`, type: sql`timestamptz` } : null,
    id: sql`case_id`,
    isDown,
    after,
  });
  return db.query<CaseRow>(sql`
    select ${columns} from survey_case where true
      ${ask.state === undefined ? sql`` : sql`and state = ${ask.state}`}
      ${ask.storeId === undefined ? sql`` : sql`and store_id = ${ask.storeId}`}
      ${ask.storeIds === undefined ? sql`` : sql`and store_id = any(${[...ask.storeIds]}::text[])`}
      ${ask.surveyId === undefined ? sql`` : sql`and survey_id = ${ask.surveyId}`}
      ${ask.subjectIds === undefined ? sql`` : sql`and subject_id = any(${[...ask.subjectIds]}::uuid[])`}
      ${ask.lateAt === undefined ? sql`` : sql`and state = 'open' and due_at <= ${ask.lateAt}`}
      ${place.after} ${place.order} limit ${ask.limit}`);
}

/** Takes cases whose deadline has passed and of which nobody was told. */
export async function lockLate(tx: Tx, now: Date, limit: number): Promise<CaseRow[]> {
  return tx.query<CaseRow>(sql`
    select ${columns} from survey_case
    where state = 'open' and due_at <= ${now} and escalated_at is null order by due_at limit ${limit} for update skip locked`);
}

export interface NoteRow {
  readonly caseId: string;
  readonly noteId: string;
  readonly subjectId: string | null;
  readonly writtenBy: string;
  readonly writtenAt: Date;
  readonly keyId: string;
  readonly cell: Buffer;
}

export async function insertNote(tx: Tx, row: NoteRow): Promise<void> {
  await tx.query(sql`
    insert into survey_case_note (case_id, note_id, subject_id, written_by, written_at, key_id, cell)
    values (${row.caseId}::uuid, ${row.noteId}::uuid, ${row.subjectId}::uuid, ${row.writtenBy}, ${row.writtenAt}, ${row.keyId}::uuid, ${row.cell})`);
}

export async function readNotes(db: Reader, caseId: string): Promise<NoteRow[]> {
  return db.query<NoteRow>(sql`
    select case_id as "caseId", note_id as "noteId", subject_id as "subjectId", written_by as "writtenBy",
      written_at as "writtenAt", key_id as "keyId", cell
    from survey_case_note where case_id = ${caseId}::uuid order by note_id`);
}

/** All that was written about cases of some people, oldest first. */
export async function readNotesOf(db: Reader, subjectIds: readonly string[]): Promise<NoteRow[]> {
  if (subjectIds.length === 0) return [];
  return db.query<NoteRow>(sql`
    select case_id as "caseId", note_id as "noteId", subject_id as "subjectId", written_by as "writtenBy",
      written_at as "writtenAt", key_id as "keyId", cell
    from survey_case_note where subject_id = any(${[...subjectIds]}::uuid[]) order by written_at, note_id`);
}

/** Deletes cases that were closed before a moment, with their notes; answers how many. */
export async function deleteOldCases(tx: Tx, before: Date, limit: number): Promise<number> {
  const gone = await tx.query(sql`
    delete from survey_case where case_id in (
      select case_id from survey_case where state = 'closed' and closed_at < ${before} limit ${limit})
    returning 1`);
  return gone.length;
}

/** How cases went: counts, and how long the first contact took. */
export interface CaseFigures {
  readonly storeId: string | null;
  readonly opened: number;
  readonly open: number;
  readonly late: number;
  readonly contactedInTime: number;
  readonly contacted: number;
  /** Median hours to the first contact. */
  readonly medianHours: number | null;
}

export async function readFigures(db: Reader, since: Date, now: Date): Promise<CaseFigures[]> {
  return db.query<CaseFigures>(sql`
    select store_id as "storeId", count(*) as opened, count(*) filter (where state = 'open') as open,
      count(*) filter (where state = 'open' and due_at <= ${now}) as late,
      count(*) filter (where contacted_at <= due_at) as "contactedInTime", count(contacted_at) as contacted,
      (percentile_cont(0.5) within group (order by extract(epoch from contacted_at - opened_at) / 3600))::float8 as "medianHours"
    from survey_case where opened_at >= ${since} group by store_id order by store_id nulls last`);
}

export interface MentionRow {
  readonly surveyId: string;
  readonly responseId: string;
  readonly question: string;
  readonly theme: string;
  readonly polarity: string;
  readonly phrases: readonly string[];
  readonly lexicon: number;
  readonly subjectId: string | null;
  readonly answeredOn: string;
  readonly channel: string;
  readonly storeId: string | null;
  readonly region: string | null;
  readonly category: string | null;
  readonly level: string | null;
  readonly tenure: string | null;
}

/** The write of mentions. One that is there stays. */
export function savesMentions(mentions: readonly MentionRow[]): Sql | null {
  if (mentions.length === 0) return null;
  return sql`
    insert into survey_mention (survey_id, response_id, question, theme, polarity, phrases, lexicon, subject_id, answered_on,
      channel, store_id, region, category, level, tenure)
    select "surveyId", "responseId", question, theme, polarity, phrases, lexicon, "subjectId", "answeredOn", channel, "storeId",
      region, category, level, tenure
    from jsonb_to_recordset(${rows(mentions)}::jsonb) as m("surveyId" text, "responseId" uuid, question text, theme text,
      polarity text, phrases text[], lexicon int, "subjectId" uuid, "answeredOn" date, channel text, "storeId" text, region text,
      category text, level text, tenure text)
    on conflict do nothing`;
}

export interface ActionRow {
  readonly actionId: string;
  readonly surveyId: string;
  readonly theme: string;
  readonly owner: string;
  readonly what: string;
  readonly storeId: string | null;
  readonly region: string | null;
  readonly state: "planned" | "done" | "dropped";
  readonly doneOn: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const actionColumns = sql`action_id as "actionId", survey_id as "surveyId", theme, owner, what, store_id as "storeId", region, state,
  done_on::text as "doneOn", created_at as "createdAt", updated_at as "updatedAt"`;

export async function saveAction(tx: Tx, row: ActionRow): Promise<void> {
  await tx.query(sql`
    insert into survey_action (action_id, survey_id, theme, owner, what, store_id, region, state, done_on, created_at, updated_at)
    values (${row.actionId}::uuid, ${row.surveyId}, ${row.theme}, ${row.owner}, ${row.what}, ${row.storeId}, ${row.region},
      ${row.state}, ${row.doneOn}::date, ${row.createdAt}, ${row.updatedAt})
    on conflict (action_id) do update set owner = excluded.owner, what = excluded.what, state = excluded.state,
      done_on = excluded.done_on, updated_at = excluded.updated_at`);
}

export async function findAction(db: Reader, actionId: string): Promise<ActionRow | null> {
  const [row] = await db.query<ActionRow>(
    sql`select ${actionColumns} from survey_action where action_id = ${actionId}::uuid`,
  );
  return row ?? null;
}

export async function listActions(db: Reader, surveyId: string): Promise<ActionRow[]> {
  return db.query<ActionRow>(
    sql`select ${actionColumns} from survey_action where survey_id = ${surveyId} order by created_at desc limit 500`,
  );
}
