import { column, hex, rows, sql, type Tx } from "../../src/db/index.ts";
import type { AnswerChannel, AnswerContext } from "../port.ts";

type Reader = Pick<Tx, "query">;

export interface Ticket {
  readonly surveyId: string;
  readonly version: number;
  readonly channel: AnswerChannel;
  readonly wave: string | null;
  readonly context: AnswerContext;
  /** ISO day, the last on which it is good. */
  readonly expiresOn: string;
  readonly spent: boolean;
}

export async function insertTickets(
  tx: Tx,
  tickets: readonly (Omit<Ticket, "spent"> & { readonly hash: Buffer })[],
): Promise<void> {
  if (tickets.length === 0) return;
  const batch = tickets.map((t) => ({ ...t, hash: hex(t.hash) }));
  await tx.query(sql`
    insert into survey_ticket (ticket_hash, survey_id, version, channel, wave, context, expires_on)
    select hash, "surveyId", version, channel, wave, context, "expiresOn"
    from jsonb_to_recordset(${rows(batch)}::jsonb) as t(hash bytea, "surveyId" text, version int, channel text, wave text,
      context jsonb, "expiresOn" date)
    order by hash`);
}

export async function findTicket(db: Reader, hash: Buffer): Promise<Ticket | null> {
  const [row] = await db.query<Ticket>(sql`
    select survey_id as "surveyId", version, channel, wave, context, expires_on::text as "expiresOn",
      spent_by is not null as spent
    from survey_ticket where ticket_hash = ${hash}`);
  return row ?? null;
}

/** Spends a ticket on one form; true too when that form had spent it: it is being handed in again. */
export async function spendTicket(tx: Tx, hash: Buffer, form: Buffer): Promise<boolean> {
  const spent = await tx.query(sql`
    update survey_ticket set spent_by = ${form}
    where ticket_hash = ${hash} and (spent_by is null or spent_by = ${form}) returning 1`);
  return spent.length > 0;
}

/** Notes that forms of open links were handed in; answers, in hexadecimal, those that had not been. */
export async function useForms(
  tx: Tx,
  forms: readonly { readonly hash: Buffer; readonly surveyId: string }[],
  day: string,
): Promise<Set<string>> {
  if (forms.length === 0) return new Set();
  // In order, so that two transactions with the same forms wait for each other instead of deadlocking.
  const used = await tx.query<{ hash: Buffer }>(sql`
    insert into survey_form_used (form_hash, survey_id, used_on)
    select hash, survey, ${day}::date
    from unnest(${column.bytea(forms, (f) => f.hash)}, ${column.text(forms, (f) => f.surveyId)}) as f(hash, survey)
    order by hash
    on conflict do nothing returning form_hash as hash`);
  return new Set(used.map((u) => u.hash.toString("hex")));
}

export interface AnonymousRow {
  readonly id: string;
  readonly surveyId: string;
  readonly version: number;
  readonly channel: AnswerChannel;
  readonly locale: string;
  readonly wave: string | null;
  readonly context: AnswerContext;
  /** ISO day. */
  readonly answeredOn: string;
  readonly receiptHash: Buffer;
  readonly cell: Buffer;
  readonly contactCell: Buffer | null;
}

const columns = sql`survey_id as "surveyId", version, channel, locale, wave, context, answered_on::text as "answeredOn",
  receipt_hash as "receiptHash", cell, contact_cell as "contactCell"`;

/** Puts an answer into the inbox, unless it is there or has entered already. */
export async function insertInbox(tx: Tx, r: AnonymousRow): Promise<void> {
  await tx.query(sql`
    insert into survey_anonymous_inbox (entry_id, survey_id, version, channel, locale, wave, context, answered_on,
      receipt_hash, cell, contact_cell)
    select ${r.id}::uuid, ${r.surveyId}, ${r.version}, ${r.channel}, ${r.locale}, ${r.wave},
      ${JSON.stringify(r.context)}::jsonb, ${r.answeredOn}::date, ${r.receiptHash}, ${r.cell}, ${r.contactCell}::bytea
    where not exists (select 1 from survey_anonymous_answer where receipt_hash = ${r.receiptHash})
    on conflict do nothing`);
}

/** Surveys whose inbox holds enough answers to mix, or answers of a day before `today`. */
export async function surveysToMix(db: Reader, enough: number, today: string): Promise<string[]> {
  const found = await db.query<{ id: string }>(sql`
    select survey_id as id from survey_anonymous_inbox group by survey_id
    having count(*) >= ${enough} or min(answered_on) < ${today}::date order by survey_id`);
  return found.map((f) => f.id);
}

/** Takes the whole inbox of a survey, in the order of its random ids. */
export async function takeInbox(tx: Tx, surveyId: string): Promise<AnonymousRow[]> {
  return tx.query<AnonymousRow>(sql`
    with taken as (delete from survey_anonymous_inbox where survey_id = ${surveyId} returning *)
    select entry_id as id, ${columns} from taken order by entry_id`);
}

/** Lets answers enter, in the order given. */
export async function insertAnonymousAnswers(tx: Tx, answers: readonly AnonymousRow[]): Promise<void> {
  if (answers.length === 0) return;
  const batch = answers.map((a) => ({
    ...a,
    receiptHash: hex(a.receiptHash),
    cell: hex(a.cell),
    contactCell: a.contactCell === null ? null : hex(a.contactCell),
  }));
  await tx.query(sql`
    insert into survey_anonymous_answer (answer_id, survey_id, version, channel, locale, wave, context, answered_on,
      receipt_hash, cell, contact_cell)
    select id, "surveyId", version, channel, locale, wave, context, "answeredOn", "receiptHash", cell, "contactCell"
    from jsonb_to_recordset(${rows(batch)}::jsonb) as a(id uuid, "surveyId" text, version int, channel text, locale text,
      wave text, context jsonb, "answeredOn" date, "receiptHash" bytea, cell bytea, "contactCell" bytea)
    on conflict (receipt_hash) do nothing`);
}

export async function readAnonymousAnswers(db: Reader, ids: readonly string[]): Promise<AnonymousRow[]> {
  if (ids.length === 0) return [];
  return db.query<AnonymousRow>(sql`
    select answer_id as id, ${columns} from survey_anonymous_answer where answer_id = any(${[...ids]}::uuid[])`);
}

/** Deletes the answer of a receipt, wherever it is, and what was counted from it; answers whether there was one. */
export async function deleteByReceipt(tx: Tx, receiptHash: Buffer): Promise<boolean> {
  const waiting = await tx.query(
    sql`delete from survey_anonymous_inbox where receipt_hash = ${receiptHash} returning 1`,
  );
  const entered = await tx.query<{ id: string }>(
    sql`delete from survey_anonymous_answer where receipt_hash = ${receiptHash} returning answer_id as id`,
  );
  for (const { id } of entered) await tx.query(sql`delete from survey_score where response_id = ${id}::uuid`);
  return waiting.length + entered.length > 0;
}

/** Deletes tickets and forms that ended before a day, and answers of before another. */
export async function deleteOldAnonymous(
  tx: Tx,
  days: { readonly tickets: string; readonly answers: string },
): Promise<number> {
  const tickets = await tx.query(
    sql`delete from survey_ticket where expires_on < ${days.tickets}::date returning 1`,
  );
  const forms = await tx.query(
    sql`delete from survey_form_used where used_on < ${days.tickets}::date returning 1`,
  );
  const answers = await tx.query<{ id: string }>(sql`
    delete from survey_anonymous_answer where answered_on < ${days.answers}::date returning answer_id as id`);
  if (answers.length > 0)
    await tx.query(
      sql`delete from survey_score where response_id = any(${answers.map((a) => a.id)}::uuid[])`,
    );
  return tickets.length + forms.length + answers.length;
}
