import { empty, hex, rows, sql, type Tx } from "../../db/index.ts";
import type { Place } from "../../kernel/place.ts";
import type { AccountingLine } from "./accounting.ts";

type Reader = Pick<Tx, "query">;

/** Counts of rows, each of one subject. */
export type PerSubject = readonly { readonly subjectId: string; readonly n: number }[];

/** Live subjects of the members that these ids name now, with the id that was asked. */
export async function readMemberSubjects(
  db: Reader,
  memberIds: readonly string[],
): Promise<{ asked: string; subjectId: string; keyId: string; createdAt: Date }[]> {
  return db.query(sql`
    select m.subject_id as asked, s.subject_id as "subjectId", s.key_id as "keyId", s.created_at as "createdAt"
    from subject m join subject s on s.member_id = m.member_id
    where m.subject_id = any(${[...memberIds]}::uuid[])
    order by s.subject_id`);
}

export async function readSubjectKeys(
  db: Reader,
  subjectIds: readonly string[],
): Promise<{ subjectId: string; keyId: string }[]> {
  return db.query(sql`
    select subject_id as "subjectId", key_id as "keyId" from subject
    where subject_id = any(${[...subjectIds]}::uuid[]) order by subject_id`);
}

/** Which of these subjects still live: neither erased nor being erased. */
export async function readLiveSubjects(db: Reader, subjectIds: readonly string[]): Promise<string[]> {
  const found = await db.query<{ id: string }>(sql`
    select subject_id as id from subject where subject_id = any(${[...subjectIds]}::uuid[]) and state = 'live'`);
  return found.map((s) => s.id);
}

/** Drops mail to these subjects that has not left. */
export async function dropWaitingMail(tx: Tx, subjectIds: readonly string[]): Promise<PerSubject> {
  return tx.query(sql`
    with gone as (delete from mail_message where subject_id = any(${[...subjectIds]}::uuid[]) and state = 'waiting'
      returning subject_id)
    select subject_id as "subjectId", count(*)::int as n from gone group by 1`);
}

/** Recipients that still hold a copy of one of these subjects. */
export async function readCopies(
  db: Reader,
  subjectIds: readonly string[],
): Promise<{ recipientId: string; subjectId: string }[]> {
  return db.query(sql`
    select recipient_id as "recipientId", member_id as "subjectId" from recipient_member
    where member_id = any(${[...subjectIds]}::uuid[])`);
}

export interface NoticeLine {
  readonly subjectId: string;
  readonly recipientId: string;
  readonly name: string;
  readonly purposeId: string;
  readonly reason: string;
  readonly noticedAt: Date;
  readonly dueAt: Date;
  readonly acknowledgedAt: Date | null;
}

/** What recipients were told about these subjects, and what they answered. */
export async function readNoticeLines(db: Reader, subjectIds: readonly string[]): Promise<NoticeLine[]> {
  return db.query<NoticeLine>(sql`
    select n.member_id as "subjectId", n.recipient_id as "recipientId", r.name, n.purpose_id as "purposeId", n.reason,
      n.noticed_at as "noticedAt", n.due_at as "dueAt", n.acknowledged_at as "acknowledgedAt"
    from recipient_notice n join recipient r using (recipient_id)
    where n.member_id = any(${[...subjectIds]}::uuid[])
    order by n.noticed_at, n.notice_id`);
}

interface StoredFact {
  readonly occurredAt: string;
}

/** The facts of these subjects' documents as they are stored. */
export async function readOrderFacts(
  db: Reader,
  subjectIds: readonly string[],
): Promise<{ subjectId: string; orderKey: string; facts: readonly StoredFact[] }[]> {
  return db.query(sql`
    select subject_id as "subjectId", order_key as "orderKey", facts from order_state
    where subject_id = any(${[...subjectIds]}::uuid[]) order by subject_id, order_key`);
}

export async function insertAccountingLines(tx: Tx, lines: readonly AccountingLine[]): Promise<void> {
  if (lines.length === 0) return;
  await tx.query(sql`
    insert into accounting_line (line_id, document_no, kind, sold_on, store_id, channel, currency, gross_minor,
      returned_minor, net_minor, units, ground, kept_until)
    select "lineId", "documentNo", kind, "soldOn", "storeId", channel, currency, "grossMinor", "returnedMinor",
      "netMinor", units, ground, "keptUntil"
    from jsonb_to_recordset(${rows(lines)}::jsonb) as l("lineId" uuid, "documentNo" text, kind text, "soldOn" date,
      "storeId" text, channel text, currency text, "grossMinor" bigint, "returnedMinor" bigint, "netMinor" bigint,
      units numeric, ground text, "keptUntil" date)
    order by "lineId"`);
}

/** What became of messages that were stored as these subjects' events, and what was kept of refusals about them. */
export async function deleteReceipts(tx: Tx, subjectIds: readonly string[]): Promise<PerSubject> {
  return tx.query(sql`
    with mine as (
      select source_id, event_id, subject_id from event where subject_id = any(${[...subjectIds]}::uuid[])
    ), gone as (
      delete from receipt r using mine m where r.source_id = m.source_id and r.event_id = m.event_id
      returning m.subject_id
    )
    select subject_id as "subjectId", count(*)::int as n from gone group by 1`);
}

/** Subjects of other people that name an identifier of these: their grouping may change. */
export async function readNeighbours(
  db: Reader,
  subjectIds: readonly string[],
  limit: number,
): Promise<string[]> {
  const found = await db.query<{ id: string }>(sql`
    select distinct o.subject_id as id
    from (select distinct bi from evidence where subject_id = any(${[...subjectIds]}::uuid[])) e
    cross join lateral (
      select x.subject_id from evidence x where x.bi = e.bi and x.subject_id <> all(${[...subjectIds]}::uuid[])
      limit ${limit} offset 0) o
    union
    select case when l.left_subject = any(${[...subjectIds]}::uuid[]) then l.right_subject else l.left_subject end
    from identity_link l
    where (l.left_subject = any(${[...subjectIds]}::uuid[])) <> (l.right_subject = any(${[...subjectIds]}::uuid[]))`);
  return found.map((r) => r.id);
}

/** Identifiers that these subjects name. */
export async function readNamedIndexes(db: Reader, subjectIds: readonly string[]): Promise<Buffer[]> {
  const found = await db.query<{ bi: Buffer }>(
    sql`select distinct bi from evidence where subject_id = any(${[...subjectIds]}::uuid[]) order by bi`,
  );
  return found.map((r) => r.bi);
}

/** Forgets identifiers that nobody names any more; those that staff closed stay closed. Answers how many. */
export async function deleteUnnamed(tx: Tx, bis: readonly Buffer[]): Promise<number> {
  if (bis.length === 0) return 0;
  const batch = rows(bis.map((bi) => ({ bi: hex(bi) })));
  await tx.query(sql`
    delete from contested c using (select bi from jsonb_to_recordset(${batch}::jsonb) as n(bi bytea)) n
    where c.bi = n.bi and not exists (select 1 from evidence e where e.bi = c.bi)`);
  const gone = await tx.query(sql`
    delete from identifier_node i using (select bi from jsonb_to_recordset(${batch}::jsonb) as n(bi bytea)) n
    where i.bi = n.bi and not i.blocked and not exists (select 1 from evidence e where e.bi = i.bi) returning 1`);
  return gone.length;
}

/** Takes these subjects out of what is listed of contested identifiers. */
export async function leaveContested(tx: Tx, subjectIds: readonly string[]): Promise<void> {
  const ids = [...subjectIds];
  await tx.query(sql`
    update contested set parties = array(select p from unnest(parties) as t(p) where p <> all(${ids}::uuid[]))
    where parties && ${ids}::uuid[]`);
}

/** Takes these subjects out of changes that wait for their number. */
export async function leaveStagedChanges(tx: Tx, subjectIds: readonly string[]): Promise<void> {
  const ids = [...subjectIds];
  await tx.query(sql`
    update change_stage set subjects = array(select s from unnest(subjects) as t(s) where s <> all(${ids}::uuid[]))
    where subjects && ${ids}::uuid[]`);
  await tx.query(sql`delete from change_stage where cardinality(subjects) = 0`);
}

/** An order that forbids erasing somebody. */
export interface HoldRow {
  readonly holdId: string;
  readonly subjects: readonly string[];
  readonly ground: string;
  readonly reference: string;
  readonly setBy: string;
  readonly since: Date;
  readonly until: Date | null;
  readonly liftedAt: Date | null;
}

const holdColumns = sql`hold_id as "holdId", subjects, ground, reference, set_by as "setBy", since, until,
  lifted_at as "liftedAt"`;

/** Rows of somebody whose keys are gone, such as a restored backup brings back: there is nothing in them to keep. */
const UNREADABLE = sql`exists (
  select 1 from erasure_ledger_copy l where l.has_rows and l.subject_id = held.subject_id)`;

/** Orders that stand over somebody among these who can still be read, each with those alone. */
export async function readHolds(db: Reader, subjectIds: readonly string[], at: Date): Promise<HoldRow[]> {
  const ids = [...subjectIds];
  return db.query<HoldRow>(sql`
    select ${holdColumns} from (
      select hold_id, ground, reference, set_by, since, until, lifted_at, array(
        select held.subject_id from unnest(h.subjects) as held(subject_id)
        where held.subject_id = any(${ids}::uuid[]) and not ${UNREADABLE}) as subjects
      from privacy_hold h
      where h.subjects && ${ids}::uuid[] and h.lifted_at is null and (h.until is null or h.until > ${at})
    ) standing
    where cardinality(subjects) > 0 order by since`);
}

/** Lifts the holds over these people of whom nobody can be read any more; answers the holds' ids. */
export async function liftSpentHolds(
  tx: Tx,
  subjectIds: readonly string[],
  by: { readonly actorId: string; readonly at: Date },
): Promise<string[]> {
  const lifted = await tx.query<{ holdId: string }>(sql`
    update privacy_hold h set lifted_at = ${by.at}, lifted_by = ${by.actorId}
    where h.subjects && ${[...subjectIds]}::uuid[] and h.lifted_at is null and not exists (
      select 1 from subject held where held.subject_id = any(h.subjects) and not ${UNREADABLE})
    returning hold_id as "holdId"`);
  return lifted.map((h) => h.holdId);
}

/** A page of the holds, or of those alone that stand at a moment: the newest first, each with the member of its people. */
export async function listHolds(
  db: Reader,
  ask: {
    readonly open: boolean;
    readonly at: Date;
    readonly before: Place | null;
    readonly limit: number;
  },
): Promise<(HoldRow & { readonly memberId: string | null })[]> {
  const { before } = ask;
  return db.query(sql`
    select ${holdColumns}, (
      select s.member_id from subject s where s.subject_id = any(h.subjects) order by s.member_id limit 1
    ) as "memberId"
    from privacy_hold h
    where (not ${ask.open} or (lifted_at is null and (until is null or until > ${ask.at})))
      ${before === null ? empty : sql`and (since, hold_id) < (${before.at}::timestamptz, ${before.id}::uuid)`}
    order by since desc, hold_id desc limit ${ask.limit}`);
}

export async function insertHold(tx: Tx, hold: Omit<HoldRow, "liftedAt">): Promise<void> {
  await tx.query(sql`
    insert into privacy_hold (hold_id, subjects, ground, reference, set_by, since, until)
    values (${hold.holdId}::uuid, ${[...hold.subjects]}::uuid[], ${hold.ground}, ${hold.reference}, ${hold.setBy},
      ${hold.since}, ${hold.until}::timestamptz)`);
}

/** Lifts a hold and calls back the runs that waited for it; null when none stands by that id. */
export async function liftHold(
  tx: Tx,
  holdId: string,
  by: { readonly actorId: string; readonly at: Date },
): Promise<HoldRow | null> {
  const [row] = await tx.query<HoldRow>(sql`
    update privacy_hold set lifted_at = ${by.at}, lifted_by = ${by.actorId}
    where hold_id = ${holdId}::uuid and lifted_at is null returning ${holdColumns}`);
  if (row === undefined) return null;
  await tx.query(sql`
    update privacy_run set next_at = ${by.at} where state = 'held' and subjects && ${[...row.subjects]}::uuid[]`);
  return row;
}

/** What blind indexes stand for somebody whose values can no longer be opened, and whether others share them. */
export async function readIndexesOf(
  db: Reader,
  subjectIds: readonly string[],
): Promise<{ subjectId: string; bi: Buffer; kind: string; class: number; shared: boolean }[]> {
  return db.query(sql`
    select distinct on (e.subject_id, e.bi) e.subject_id as "subjectId", e.bi, e.kind, e.class::int as class,
      exists (select 1 from evidence x where x.bi = e.bi and x.subject_id <> all(${[...subjectIds]}::uuid[]) offset 0) as shared
    from evidence e where e.subject_id = any(${[...subjectIds]}::uuid[])
    order by e.subject_id, e.bi, e.class`);
}
