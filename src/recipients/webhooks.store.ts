import { empty, keyset, rows, sql, type Tx } from "../db/index.ts";
import type { ListOrder } from "../kernel/list-order.ts";
import type { MESSAGE_STATES } from "./answers.schema.ts";
import type { FeedKey, PositionedMember } from "./feeds.store.ts";

type Reader = Pick<Tx, "query">;

export type MessageState = (typeof MESSAGE_STATES)[number];

export interface MessageRow extends FeedKey {
  readonly messageId: string;
  readonly memberId: string;
  readonly position: number;
  readonly state: MessageState;
  readonly attempts: number;
  readonly nextAt: Date;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}

const columns = sql`m.message_id as "messageId", m.recipient_id as "recipientId", m.purpose_id as "purposeId",
  m.member_id as "memberId", m.position, m.state, m.attempts, m.next_at as "nextAt", m.last_status as "lastStatus",
  m.last_error as "lastError", m.created_at as "createdAt", m.ended_at as "endedAt"`;

/** Queues one message for each member; a position that was queued before is left as it is. */
export async function queueMessages(
  tx: Tx,
  key: FeedKey,
  changed: readonly (PositionedMember & { readonly messageId: string })[],
  at: Date,
): Promise<void> {
  if (changed.length === 0) return;
  await tx.query(sql`
    insert into webhook_message (message_id, recipient_id, purpose_id, member_id, position, state, next_at, created_at)
    select "messageId", ${key.recipientId}, ${key.purposeId}, "memberId", position, 'waiting', ${at}::timestamptz, ${at}::timestamptz
    from jsonb_to_recordset(${rows(changed)}::jsonb) as c("messageId" uuid, "memberId" uuid, position bigint)
    on conflict (recipient_id, purpose_id, member_id, position) do nothing`);
}

/** The recipients that have a message that is due and that nobody has taken. */
export async function findRecipientsDue(db: Reader, at: Date): Promise<string[]> {
  const found = await db.query<{ id: string }>(sql`
    select r.recipient_id as id from recipient r
    where exists (
      select 1 from webhook_message w
      where w.recipient_id = r.recipient_id and w.state = 'waiting' and w.next_at <= ${at}
        and (w.leased_until is null or w.leased_until <= ${at}))
    order by r.recipient_id`);
  return found.map((r) => r.id);
}

/**
 * Takes messages of a recipient that are due, for one sender: of each member only the earliest that waits, so that
 * nothing overtakes. A lease that runs out (its process died) is free again.
 */
export async function leaseMessages(
  tx: Tx,
  recipientId: string,
  at: Date,
  until: Date,
  limit: number,
): Promise<MessageRow[]> {
  return tx.query<MessageRow>(sql`
    update webhook_message m set leased_until = ${until}
    where m.message_id in (
      select w.message_id from webhook_message w
      where w.recipient_id = ${recipientId} and w.state = 'waiting' and w.next_at <= ${at}
        and (w.leased_until is null or w.leased_until <= ${at})
        and not exists (
          select 1 from webhook_message e
          where e.state = 'waiting' and e.recipient_id = w.recipient_id and e.member_id = w.member_id
            and (e.position, e.message_id) < (w.position, w.message_id))
      order by w.position, w.message_id limit ${limit} for update skip locked)
    returning ${columns}`);
}

/** Gives back every lease: for the start of a process that has the store to itself. */
export async function releaseLeases(db: Reader): Promise<void> {
  await db.query(sql`update webhook_message set leased_until = null where leased_until is not null`);
}

/** Notes what became of an attempt and gives the lease back. */
export async function noteDelivery(
  db: Reader,
  messageId: string,
  outcome: {
    readonly state: MessageState;
    readonly attempted: boolean;
    readonly status: number | null;
    readonly error: string | null;
    readonly nextAt: Date;
    readonly at: Date;
  },
): Promise<void> {
  await db.query(sql`
    update webhook_message set state = ${outcome.state}, attempts = attempts + ${outcome.attempted ? 1 : 0},
      leased_until = null, next_at = ${outcome.nextAt}, last_status = ${outcome.status}::int, last_error = ${outcome.error},
      ended_at = case when ${outcome.state} = 'waiting' then null else ${outcome.at}::timestamptz end
    where message_id = ${messageId}::uuid and state = 'waiting'`);
}

/** Makes due at once what waits for a recipient because it was away: no answer, or one that says "not now". */
export async function wakeMessages(db: Reader, recipientId: string, at: Date): Promise<void> {
  await db.query(sql`
    update webhook_message set next_at = ${at}
    where recipient_id = ${recipientId} and state = 'waiting' and next_at > ${at}
      and (leased_until is null or leased_until <= ${at})
      and (last_error is not null or last_status = 429 or last_status >= 500)`);
}

/** By what messages can be ordered: by when they were written; ids ascend with time. */
export const MESSAGE_ORDERS = { created: "id" } as const;

/** A recipient's messages. */
export async function listMessages(
  db: Reader,
  recipientId: string,
  ask: {
    readonly state?: MessageState;
    readonly order: ListOrder<typeof MESSAGE_ORDERS>;
    readonly limit: number;
  },
): Promise<MessageRow[]> {
  const state = ask.state === undefined ? empty : sql`and m.state = ${ask.state}`;
  const { isDown, after } = ask.order;
  const place = keyset({ column: null, id: sql`m.message_id`, isDown, after });
  return db.query<MessageRow>(sql`
    select ${columns} from webhook_message m where m.recipient_id = ${recipientId} ${state}
      ${place.after} ${place.order} limit ${ask.limit}`);
}

/** Puts messages back to be sent anew: those named (one that waits, at once), or every dead one. Answers how many. */
export async function replayMessages(
  tx: Tx,
  recipientId: string,
  ids: readonly string[] | null,
  at: Date,
): Promise<number> {
  const which =
    ids === null
      ? sql`state = 'dead'`
      : sql`message_id = any(${[...ids]}::uuid[]) and (leased_until is null or leased_until <= ${at}::timestamptz)`;
  const put = await tx.query(sql`
    update webhook_message set state = 'waiting', attempts = 0, next_at = ${at}, leased_until = null, ended_at = null
    where recipient_id = ${recipientId} and ${which} returning 1`);
  return put.length;
}

/** Deletes messages that ended before a moment; answers how many. */
export async function deleteEndedMessages(tx: Tx, before: Date): Promise<number> {
  const gone = await tx.query(
    sql`delete from webhook_message where state <> 'waiting' and ended_at < ${before} returning 1`,
  );
  return gone.length;
}
