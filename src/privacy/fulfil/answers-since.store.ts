import { type Sql, sql, type Tx } from "../../db/index.ts";

type Reader = Pick<Tx, "query">;

/** A recipient's copy for one purpose, and by how many hours it must confirm what it is told. */
export interface CopyLine {
  readonly recipientId: string;
  readonly name: string;
  readonly purposeId: string;
  readonly ackHours: number;
}

/** Who holds any of these subjects, and for what. */
export function readCopyLines(db: Reader, subjectIds: readonly string[]): Promise<CopyLine[]> {
  return db.query<CopyLine>(sql`
    select distinct r.recipient_id as "recipientId", r.name, m.purpose_id as "purposeId", r.ack_hours as "ackHours"
    from recipient_member m join recipient r using (recipient_id)
    where m.member_id = any(${[...subjectIds]}::uuid[]) and r.state = 'active'
    order by 1, 3`);
}

/** Whom a request was about: those named by it or by its run, and who belongs to them now. */
const people = (requestId: string): Sql => sql`
  people as (
    select unnest(subjects) as id from dsr_request where request_id = ${requestId}::uuid
    union select unnest(subjects) from privacy_run where request_id = ${requestId}::uuid
  ), everybody as (
    select id from people
    union select o.subject_id from people p join subject s on s.subject_id = p.id join subject o on o.member_id = s.member_id
  )`;

export interface NoticeSince {
  readonly recipientId: string;
  readonly purposeId: string;
  readonly noticedAt: Date;
  readonly dueAt: Date;
  readonly acknowledgedAt: Date | null;
}

/** What recipients were told to drop of the people of a request since a moment, in order. */
export function readNoticesSince(db: Reader, requestId: string, since: Date): Promise<NoticeSince[]> {
  return db.query<NoticeSince>(sql`
    with ${people(requestId)}
    select recipient_id as "recipientId", purpose_id as "purposeId", noticed_at as "noticedAt", due_at as "dueAt",
      acknowledged_at as "acknowledgedAt"
    from recipient_notice
    where member_id = any(array(select id from everybody)) and noticed_at >= ${since}
    order by noticed_at, notice_id`);
}

/** When each recipient was last given something of the people of a request, where that was since a moment. */
export function readGivenSince(
  db: Reader,
  requestId: string,
  since: Date,
): Promise<{ recipientId: string; purposeId: string; lastAt: Date }[]> {
  return db.query(sql`
    with ${people(requestId)}
    select reader_id as "recipientId", purpose_id as "purposeId", max(last_at) as "lastAt"
    from disclosure
    where subject_id = any(array(select id from everybody)) and reader_kind = 'recipient' and last_at > ${since}
    group by 1, 2`);
}

/** Which recipients hold any of the people of a request now, and for what. */
export function readHeldNow(
  db: Reader,
  requestId: string,
): Promise<{ recipientId: string; purposeId: string }[]> {
  return db.query(sql`
    with ${people(requestId)}
    select distinct recipient_id as "recipientId", purpose_id as "purposeId" from recipient_member
    where member_id = any(array(select id from everybody))`);
}
