import { hex, rows, sql, type Tx } from "../../src/db/index.ts";

type Reader = Pick<Tx, "query">;

export type MessageState = "queued" | "sending" | "sent" | "kept" | "unknown" | "failed" | "bounced";

/** One message about a survey. */
export interface MessageRow {
  readonly subjectId: string;
  readonly messageId: string;
  readonly askId: string | null;
  readonly surveyId: string;
  readonly class: string;
  readonly wave: string | null;
  readonly kind: "invitation" | "reminder";
  readonly channel: string;
  readonly state: MessageState;
  readonly error: string | null;
  readonly keyId: string | null;
  readonly cell: Buffer | null;
  readonly at: Date;
  readonly changedAt: Date;
}

const columns = sql`subject_id as "subjectId", message_id as "messageId", ask_id as "askId", survey_id as "surveyId", class,
  wave, kind, channel, state, error, key_id as "keyId", cell, at, changed_at as "changedAt"`;

export async function insertMessages(tx: Tx, messages: readonly MessageRow[]): Promise<void> {
  if (messages.length === 0) return;
  const batch = messages.map((m) => ({ ...m, cell: m.cell === null ? null : hex(m.cell) }));
  await tx.query(sql`
    insert into survey_message (subject_id, message_id, ask_id, survey_id, class, wave, kind, channel, state, error, key_id,
      cell, at, changed_at)
    select "subjectId", "messageId", "askId", "surveyId", class, wave, kind, channel, state, error, "keyId", cell, at, "changedAt"
    from jsonb_to_recordset(${rows(batch)}::jsonb) as m("subjectId" uuid, "messageId" uuid, "askId" uuid, "surveyId" text,
      class text, wave text, kind text, channel text, state text, error text, "keyId" uuid, cell bytea, at timestamptz,
      "changedAt" timestamptz)`);
}

/**
 * Notes what became of a message and forgets what it said. Answers it, or null when there is none by that id. That
 * nothing is known is noted only of one of which nothing is known: its report may have come before.
 */
export async function endMessage(
  tx: Tx,
  messageId: string,
  ended: { readonly state: MessageState; readonly error: string | null; readonly at: Date },
): Promise<MessageRow | null> {
  const [row] = await tx.query<MessageRow>(sql`
    update survey_message set state = ${ended.state}, error = ${ended.error}, changed_at = ${ended.at}, key_id = null,
      cell = null
    where message_id = ${messageId}::uuid and (${ended.state} <> 'unknown' or state in ('queued', 'sending'))
    returning ${columns}`);
  return row ?? null;
}

/** Puts a message that a gateway did not take back among those that wait, not to be offered before a moment. */
export async function putOffMessage(
  tx: Tx,
  messageId: string,
  put: { readonly error: string; readonly until: Date },
): Promise<void> {
  await tx.query(sql`
    update survey_message set state = 'queued', error = ${put.error}, changed_at = ${put.until}
    where message_id = ${messageId}::uuid and state = 'sending'`);
}

/** Takes queued messages of a gateway's channels, before anybody is called. */
export async function claimMessages(
  tx: Tx,
  channels: readonly string[],
  at: Date,
  limit: number,
): Promise<MessageRow[]> {
  return tx.query<MessageRow>(sql`
    update survey_message m set state = 'sending', changed_at = ${at}
    from (select subject_id, message_id from survey_message
          where state = 'queued' and channel = any(${[...channels]}::text[]) and changed_at <= ${at}
          order by at limit ${limit}
          for update skip locked) due
    where m.subject_id = due.subject_id and m.message_id = due.message_id
    returning m.subject_id as "subjectId", m.message_id as "messageId", m.ask_id as "askId", m.survey_id as "surveyId",
      m.class, m.wave, m.kind, m.channel, m.state, m.error, m.key_id as "keyId", m.cell, m.at, m.changed_at as "changedAt"`);
}

/** Messages that were being handed over when a moment had come, and of which nothing was heard since. */
export async function readInterrupted(
  db: Reader,
  channels: readonly string[],
  before: Date,
): Promise<string[]> {
  const found = await db.query<{ id: string }>(sql`
    select message_id as id from survey_message
    where state = 'sending' and channel = any(${[...channels]}::text[]) and changed_at <= ${before} limit 1000`);
  return found.map((r) => r.id);
}

export async function findMessage(db: Reader, messageId: string): Promise<MessageRow | null> {
  const [row] = await db.query<MessageRow>(
    sql`select ${columns} from survey_message where message_id = ${messageId}::uuid`,
  );
  return row ?? null;
}

/** Messages of a campaign, by state, in the order of their ids. */
export async function listMessages(
  db: Reader,
  ask: {
    readonly campaignId: string;
    readonly state?: string;
    readonly after: string | null;
    readonly limit: number;
  },
): Promise<MessageRow[]> {
  return db.query<MessageRow>(sql`
    select m.subject_id as "subjectId", m.message_id as "messageId", m.ask_id as "askId", m.survey_id as "surveyId", m.class,
      m.wave, m.kind, m.channel, m.state, m.error, m.key_id as "keyId", m.cell, m.at, m.changed_at as "changedAt"
    from survey_message m join survey_ask a using (subject_id, ask_id)
    where a.campaign_id = ${ask.campaignId}::uuid ${ask.state === undefined ? sql`` : sql`and m.state = ${ask.state}`}
      ${ask.after === null ? sql`` : sql`and m.message_id > ${ask.after}::uuid`}
    order by m.message_id limit ${ask.limit}`);
}

export async function readMessagesOf(
  db: Reader,
  subjectIds: readonly string[],
  limit: number,
): Promise<MessageRow[]> {
  return db.query<MessageRow>(sql`
    select ${columns} from survey_message where subject_id = any(${[...subjectIds]}::uuid[])
    order by at desc, message_id limit ${limit}`);
}

/** Deletes messages that were written before a moment; answers how many. */
export async function deleteOldMessages(tx: Tx, before: Date, limit: number): Promise<number> {
  const gone = await tx.query(sql`
    delete from survey_message where (subject_id, message_id) in (
      select subject_id, message_id from survey_message where at < ${before} limit ${limit})
    returning 1`);
  return gone.length;
}
