import { column, empty, keyset, rows, type Sql, sql, type Tx, uuids } from "../db/index.ts";
import type { ListOrder } from "../kernel/list-order.ts";

type Reader = Pick<Tx, "query">;

/** A recipient and one of its purposes. */
export interface FeedKey {
  readonly recipientId: string;
  readonly purposeId: string;
}

export interface FeedRow extends FeedKey {
  readonly epoch: string;
  readonly noticedPosition: number;
  readonly compactedPosition: number;
  readonly rulesMark: string;
  readonly sweptAt: Date;
}

const columns = sql`recipient_id as "recipientId", purpose_id as "purposeId", epoch, noticed_position as "noticedPosition",
  compacted_position as "compactedPosition", rules_mark as "rulesMark", swept_at as "sweptAt"`;

export async function findFeed(db: Reader, key: FeedKey): Promise<FeedRow | null> {
  const [row] = await db.query<FeedRow>(sql`
    select ${columns} from recipient_feed where recipient_id = ${key.recipientId} and purpose_id = ${key.purposeId}`);
  return row ?? null;
}

export async function listFeeds(db: Reader): Promise<FeedRow[]> {
  return db.query<FeedRow>(sql`select ${columns} from recipient_feed order by recipient_id, purpose_id`);
}

/** Opens a feed at the present position unless it is open. */
export async function openFeedRow(
  tx: Tx,
  key: FeedKey,
  made: { readonly epoch: string; readonly rulesMark: string; readonly at: Date },
): Promise<FeedRow> {
  const [row] = await tx.query<FeedRow>(sql`
    insert into recipient_feed as f (recipient_id, purpose_id, epoch, noticed_position, compacted_position, rules_mark, swept_at)
    select ${key.recipientId}, ${key.purposeId}, ${made.epoch}::uuid, position, 0, ${made.rulesMark}, ${made.at}::timestamptz
    from feed_position
    on conflict (recipient_id, purpose_id) do update set epoch = f.epoch
    returning ${columns}`);
  return row as FeedRow;
}

/** Takes a feed for work; null when another process has it. */
export async function lockFeed(tx: Tx, key: FeedKey): Promise<FeedRow | null> {
  const [row] = await tx.query<FeedRow>(sql`
    select ${columns} from recipient_feed where recipient_id = ${key.recipientId} and purpose_id = ${key.purposeId}
    for update skip locked`);
  return row ?? null;
}

/** Takes a feed for work, after whoever has it. */
export async function waitForFeed(tx: Tx, key: FeedKey): Promise<void> {
  await tx.query(sql`
    select 1 from recipient_feed where recipient_id = ${key.recipientId} and purpose_id = ${key.purposeId} for update`);
}

export async function moveFeed(
  tx: Tx,
  key: FeedKey,
  to: { readonly noticedPosition?: number; readonly rulesMark?: string; readonly sweptAt?: Date },
): Promise<void> {
  await tx.query(sql`
    update recipient_feed set
      noticed_position = greatest(noticed_position, coalesce(${to.noticedPosition ?? null}::bigint, 0)),
      rules_mark = coalesce(${to.rulesMark ?? null}, rules_mark),
      swept_at = coalesce(${to.sweptAt ?? null}::timestamptz, swept_at)
    where recipient_id = ${key.recipientId} and purpose_id = ${key.purposeId}`);
}

/** Gives a recipient's feeds new epochs, so that every cursor it has ends. Answers how many. */
export async function renewEpochs(tx: Tx, recipientId: string): Promise<number> {
  const done = await tx.query(sql`
    update recipient_feed set epoch = gen_random_uuid() where recipient_id = ${recipientId} returning 1`);
  return done.length;
}

/** Of these members those that the recipient holds. */
export async function readHeld(
  db: Reader,
  key: FeedKey,
  memberIds: readonly string[],
): Promise<{ memberId: string; alias: string }[]> {
  if (memberIds.length === 0) return [];
  return db.query(sql`
    select member_id as "memberId", alias from recipient_member
    where recipient_id = ${key.recipientId} and purpose_id = ${key.purposeId} and member_id = any(${[...memberIds]}::uuid[])`);
}

/** The next members held after an id. */
export async function readNextHeld(
  db: Reader,
  key: FeedKey,
  after: string | null,
  limit: number,
): Promise<string[]> {
  const found = await db.query<{ id: string }>(sql`
    select member_id as id from recipient_member
    where recipient_id = ${key.recipientId} and purpose_id = ${key.purposeId}
      and member_id > coalesce(${after}::uuid, '00000000-0000-0000-0000-000000000000')
    order by member_id limit ${limit}`);
  return found.map((row) => row.id);
}

/**
 * The write by which the recipient holds these members from now on; null for none. Nearly all are held already, and to
 * look costs a quarter of being refused.
 */
export function holdWrite(
  key: FeedKey,
  members: readonly { readonly memberId: string; readonly alias: string }[],
  at: Date,
): Sql | null {
  if (members.length === 0) return null;
  return sql`
    insert into recipient_member (recipient_id, purpose_id, member_id, alias, since)
    select ${key.recipientId}, ${key.purposeId}, id, alias, ${at}::timestamptz
    from unnest(${column.uuid(members, (m) => m.memberId)}, ${column.uuid(members, (m) => m.alias)}) as m(id, alias)
    where not exists (
      select 1 from recipient_member h
      where h.recipient_id = ${key.recipientId} and h.purpose_id = ${key.purposeId} and h.member_id = m.id)
    order by id
    on conflict do nothing`;
}

/** Ends the holding of these members; answers those that were held until now. */
export async function letGo(tx: Tx, key: FeedKey, memberIds: readonly string[]): Promise<Set<string>> {
  if (memberIds.length === 0) return new Set();
  const gone = await tx.query<{ id: string }>(sql`
    delete from recipient_member where recipient_id = ${key.recipientId} and purpose_id = ${key.purposeId}
      and member_id = any(${[...memberIds]}::uuid[]) returning member_id as id`);
  return new Set(gone.map((row) => row.id));
}

/** The members that a recipient holds under these aliases. */
export function heldByAliases(key: FeedKey, aliases: readonly string[]): Sql {
  return sql`
    select member_id from recipient_member
    where recipient_id = ${key.recipientId} and purpose_id = ${key.purposeId} and alias = any(${uuids(aliases)})`;
}

/** Whom a recipient knows by these aliases, whether it holds them still or was told to drop them. */
export async function readAliases(
  db: Reader,
  key: FeedKey,
  aliases: readonly string[],
): Promise<{ alias: string; memberId: string }[]> {
  if (aliases.length === 0) return [];
  return db.query(sql`
    select alias, member_id as "memberId" from recipient_member
    where recipient_id = ${key.recipientId} and purpose_id = ${key.purposeId} and alias = any(${uuids(aliases)})
    union
    select alias, member_id from recipient_notice
    where recipient_id = ${key.recipientId} and purpose_id = ${key.purposeId} and alias = any(${uuids(aliases)})`);
}

export interface PositionedMember {
  readonly memberId: string;
  readonly position: number;
}

/** Members whose line changed for this feed alone, in the order of their positions. */
export async function readFeedChanges(
  db: Reader,
  key: FeedKey,
  ask: { readonly after: number; readonly upTo: number; readonly limit: number },
): Promise<PositionedMember[]> {
  return db.query<PositionedMember>(sql`
    select member_id as "memberId", position from recipient_change
    where recipient_id = ${key.recipientId} and purpose_id = ${key.purposeId}
      and position > ${ask.after} and position <= ${ask.upTo}
    order by position limit ${ask.limit}`);
}

/** Writes changes of this feed alone; each member's newest counts. */
export async function saveFeedChanges(
  tx: Tx,
  key: FeedKey,
  changes: readonly PositionedMember[],
  at: Date,
): Promise<void> {
  if (changes.length === 0) return;
  await tx.query(sql`
    insert into recipient_change (recipient_id, purpose_id, member_id, position, changed_at)
    select ${key.recipientId}, ${key.purposeId}, "memberId", position, ${at}::timestamptz
    from jsonb_to_recordset(${rows(changes)}::jsonb) as c("memberId" uuid, position bigint)
    on conflict (recipient_id, purpose_id, member_id) do update
      set position = excluded.position, changed_at = excluded.changed_at`);
}

/** What was told about one member that had to be dropped. */
export interface NoticeRow extends FeedKey {
  readonly noticeId: string;
  readonly memberId: string;
  readonly alias: string;
  readonly position: number;
  readonly reason: string;
  readonly mergedInto: string | null;
  readonly noticedAt: Date;
  readonly dueAt: Date;
  readonly acknowledgedAt: Date | null;
  readonly escalatedAt: Date | null;
}

const noticeColumns = sql`notice_id as "noticeId", recipient_id as "recipientId", purpose_id as "purposeId",
  member_id as "memberId", alias, position, reason, merged_into as "mergedInto", noticed_at as "noticedAt",
  due_at as "dueAt", acknowledged_at as "acknowledgedAt", escalated_at as "escalatedAt"`;

export async function insertNotices(
  tx: Tx,
  notices: readonly Omit<NoticeRow, "acknowledgedAt" | "escalatedAt">[],
): Promise<void> {
  if (notices.length === 0) return;
  await tx.query(sql`
    insert into recipient_notice (notice_id, recipient_id, purpose_id, member_id, alias, position, reason, merged_into, noticed_at, due_at)
    select "noticeId", "recipientId", "purposeId", "memberId", alias, position, reason, "mergedInto", "noticedAt", "dueAt"
    from jsonb_to_recordset(${rows(notices)}::jsonb) as n("noticeId" uuid, "recipientId" text, "purposeId" text,
      "memberId" uuid, alias uuid, position bigint, reason text, "mergedInto" uuid, "noticedAt" timestamptz, "dueAt" timestamptz)`);
}

/** Notices of a feed between two positions, in their order. */
export async function readNotices(
  db: Reader,
  key: FeedKey,
  ask: { readonly after: number; readonly upTo: number; readonly limit: number },
): Promise<NoticeRow[]> {
  return db.query<NoticeRow>(sql`
    select ${noticeColumns} from recipient_notice
    where recipient_id = ${key.recipientId} and purpose_id = ${key.purposeId}
      and position > ${ask.after} and position <= ${ask.upTo}
    order by position limit ${ask.limit}`);
}

/** The newest notice about each of these members between two positions. */
export async function readNoticesOf(
  db: Reader,
  key: FeedKey,
  memberIds: readonly string[],
  between: { readonly after: number; readonly upTo: number },
): Promise<NoticeRow[]> {
  if (memberIds.length === 0) return [];
  return db.query<NoticeRow>(sql`
    select distinct on (member_id) ${noticeColumns} from recipient_notice
    where recipient_id = ${key.recipientId} and purpose_id = ${key.purposeId}
      and member_id = any(${[...memberIds]}::uuid[])
      and position > ${between.after} and position <= ${between.upTo}
    order by member_id, position desc, noticed_at desc`);
}

/** Confirms notices by id, or all of a feed up to a position; answers how many were open. */
export async function acknowledge(
  tx: Tx,
  recipientId: string,
  which: { readonly ids: readonly string[] } | { readonly purposeId: string; readonly upTo: number },
  at: Date,
): Promise<{ confirmed: number; known: number }> {
  const where =
    "ids" in which
      ? sql`notice_id = any(${[...which.ids]}::uuid[])`
      : sql`purpose_id = ${which.purposeId} and position <= ${which.upTo}`;
  const confirmed = await tx.query(sql`
    update recipient_notice set acknowledged_at = ${at}
    where recipient_id = ${recipientId} and acknowledged_at is null and ${where} returning 1`);
  const [row] = await tx.query<{ n: number }>(sql`
    select count(*)::int as n from recipient_notice where recipient_id = ${recipientId} and ${where}`);
  return { confirmed: confirmed.length, known: row?.n ?? 0 };
}

/** By what notices can be ordered: by when they were given (their ids ascend with time), or by when they must be confirmed. */
export const NOTICE_ORDERS = { noticed: "id", due: "moment" } as const;

/** Notices of a recipient. */
export async function listNotices(
  db: Reader,
  recipientId: string,
  ask: {
    readonly open?: boolean;
    readonly order: ListOrder<typeof NOTICE_ORDERS>;
    readonly limit: number;
  },
): Promise<NoticeRow[]> {
  const open = ask.open === true ? sql`and acknowledged_at is null` : empty;
  const { by, isDown, after } = ask.order;
  const place = keyset({
    column: by === "due" ? { of: sql`due_at`, type: sql`timestamptz` } : null,
    id: sql`notice_id`,
    isDown,
    after,
  });
  return db.query<NoticeRow>(sql`
    select ${noticeColumns} from recipient_notice where recipient_id = ${recipientId} ${open}
      ${place.after} ${place.order} limit ${ask.limit}`);
}

export interface LateRecipient {
  readonly recipientId: string;
  readonly open: number;
  readonly unescalated: number;
  readonly oldestDueAt: Date;
}

/** Recipients with notices past their deadline, the latest first. */
export async function readLate(db: Reader, at: Date): Promise<LateRecipient[]> {
  return db.query<LateRecipient>(sql`
    select recipient_id as "recipientId", count(*)::int as open,
      (count(*) filter (where escalated_at is null))::int as unescalated, min(due_at) as "oldestDueAt"
    from recipient_notice where acknowledged_at is null and due_at <= ${at}
    group by recipient_id order by min(due_at), recipient_id`);
}

/** Marks a recipient's late notices as escalated; answers how many were not before. */
export async function markEscalated(tx: Tx, recipientId: string, at: Date): Promise<number> {
  const marked = await tx.query(sql`
    update recipient_notice set escalated_at = ${at}
    where recipient_id = ${recipientId} and acknowledged_at is null and due_at <= ${at} and escalated_at is null returning 1`);
  return marked.length;
}

/** Forgets confirmed notices from before a moment; cursors older than what is forgotten end. Answers how many. */
export async function compactNotices(tx: Tx, before: Date): Promise<number> {
  const gone = await tx.query<{ recipientId: string; purposeId: string; position: number }>(sql`
    delete from recipient_notice where acknowledged_at is not null and noticed_at < ${before}
    returning recipient_id as "recipientId", purpose_id as "purposeId", position`);
  if (gone.length === 0) return 0;
  await tx.query(sql`
    update recipient_feed f set compacted_position = greatest(f.compacted_position, g.position)
    from (select "recipientId", "purposeId", max(position) as position
          from jsonb_to_recordset(${rows(gone)}::jsonb) as g("recipientId" text, "purposeId" text, position bigint)
          group by 1, 2) g
    where f.recipient_id = g."recipientId" and f.purpose_id = g."purposeId"`);
  return gone.length;
}
