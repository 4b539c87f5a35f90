import { type Db, empty, keyset, sql, type Tx } from "../db/index.ts";
import type { ListOrder } from "../kernel/list-order.ts";

type Reader = Pick<Tx, "query">;

/** `unknown`: a process died while the server was taking the message; it is not sent again by itself. */
export type MailState = "waiting" | "sending" | "sent" | "kept" | "failed" | "unknown";

export interface MailRow {
  readonly mailId: string;
  readonly template: string;
  readonly subjectId: string | null;
  readonly keyId: string;
  readonly cell: Buffer | null;
  readonly state: MailState;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
  /** Sent once at most, rather than once at least. */
  readonly once: boolean;
}

const columns = sql`mail_id as "mailId", template, subject_id as "subjectId", key_id as "keyId", cell, state, attempts,
  last_error as "lastError", created_at as "createdAt", ended_at as "endedAt", once`;

export async function insertMail(
  tx: Tx,
  row: Pick<MailRow, "mailId" | "template" | "subjectId" | "keyId" | "createdAt" | "once"> & {
    readonly cell: Buffer;
    readonly state: "waiting" | "kept";
  },
): Promise<void> {
  await tx.query(sql`
    insert into mail_message (mail_id, template, subject_id, key_id, cell, state, created_at, once)
    values (${row.mailId}::uuid, ${row.template}, ${row.subjectId}::uuid, ${row.keyId}::uuid, ${row.cell}, ${row.state}, ${row.createdAt}, ${row.once})`);
}

export async function findMail(db: Reader, mailId: string): Promise<MailRow | null> {
  const [row] = await db.query<MailRow>(
    sql`select ${columns} from mail_message where mail_id = ${mailId}::uuid`,
  );
  return row ?? null;
}

/** By what mail can be ordered: by when it was written; ids ascend with time. */
export const MAIL_ORDERS = { created: "id" } as const;

export async function listMail(
  db: Pick<Db, "query">,
  ask: {
    readonly state?: MailState;
    readonly order: ListOrder<typeof MAIL_ORDERS>;
    readonly limit: number;
  },
): Promise<MailRow[]> {
  const { isDown, after } = ask.order;
  const place = keyset({ column: null, id: sql`mail_id`, isDown, after });
  const state = ask.state === undefined ? empty : sql`and state = ${ask.state}`;
  return db.query<MailRow>(sql`
    select ${columns} from mail_message where true ${state} ${place.after} ${place.order} limit ${ask.limit}`);
}

/** Notes what became of an attempt. A message that was sent is emptied: nobody needs its text any more. */
export async function noteAttempt(
  db: Reader,
  mailId: string,
  outcome: { readonly state: MailState; readonly error: string | null; readonly at: Date },
): Promise<void> {
  const ended = outcome.state === "waiting" ? null : outcome.at;
  await db.query(sql`
    update mail_message set state = ${outcome.state}, attempts = attempts + 1, last_error = ${outcome.error},
      ended_at = ${ended}::timestamptz, cell = case when ${outcome.state === "sent"} then null else cell end
    where mail_id = ${mailId}::uuid and state <> 'sent'`);
}

/** Takes a message that is sent once at most, before the server is spoken to; false when somebody has taken it before. */
export async function claimOnce(db: Reader, mailId: string, at: Date): Promise<boolean> {
  const taken = await db.query(sql`
    update mail_message set state = 'sending', claimed_at = ${at}
    where mail_id = ${mailId}::uuid and state = 'waiting' returning 1`);
  return taken.length === 1;
}

/** Messages that were being sent when a moment had come, and of which nothing was heard since. */
export async function readInterrupted(
  db: Reader,
  before: Date,
): Promise<{ mailId: string; template: string }[]> {
  return db.query(sql`
    select mail_id as "mailId", template from mail_message
    where state = 'sending' and claimed_at <= ${before} order by mail_id limit 1000`);
}

/** Deletes messages that ended before a moment; answers how many. */
export async function deleteEndedMail(db: Reader, before: Date): Promise<number> {
  const gone = await db.query(sql`
    delete from mail_message where state not in ('waiting', 'sending') and coalesce(ended_at, created_at) < ${before} returning 1`);
  return gone.length;
}
