import { sql, type Tx, uuids } from "../db/index.ts";
import type { SubjectAggregate } from "./aggregates.ts";
import type { AttributeSetRow } from "./attributes.store.ts";

type Reader = Pick<Tx, "query">;

/** A live subject as reads over many members need it. */
export interface BulkSubject {
  readonly memberId: string;
  readonly subjectId: string;
  readonly coreId: string;
  readonly anchorClass: number;
  readonly anchorBi: Buffer;
  readonly keyId: string;
}

const columns = sql`s.member_id as "memberId", s.subject_id as "subjectId", s.core_id as "coreId",
  s.anchor_class::int as "anchorClass", s.anchor_bi as "anchorBi", s.key_id as "keyId"`;

/** The live subjects of the next members after an id, whole members only, by member and subject. */
export async function readNextMembers(
  db: Reader,
  after: string | null,
  limit: number,
): Promise<BulkSubject[]> {
  return db.query<BulkSubject>(sql`
    select ${columns} from subject s
    join (select distinct member_id from subject
          where member_id > coalesce(${after}::uuid, '00000000-0000-0000-0000-000000000000') and state = 'live'
          order by member_id limit ${limit}) m using (member_id)
    where s.state = 'live'
    order by s.member_id, s.subject_id`);
}

/** The live subjects of these members, by member and subject. */
export async function readSubjectsOfMembers(
  db: Reader,
  memberIds: readonly string[],
): Promise<BulkSubject[]> {
  if (memberIds.length === 0) return [];
  return db.query<BulkSubject>(sql`
    select ${columns} from subject s where s.member_id = any(${uuids(memberIds)}) and s.state = 'live'
    order by s.member_id, s.subject_id`);
}

/** Which member each of these subjects belongs to now; a subject that is gone is absent. */
export async function readMemberIds(
  db: Reader,
  subjectIds: readonly string[],
): Promise<{ subjectId: string; memberId: string }[]> {
  if (subjectIds.length === 0) return [];
  return db.query(sql`
    select subject_id as "subjectId", member_id as "memberId" from subject
    where subject_id = any(${uuids(subjectIds)}) and state = 'live'`);
}

export type BulkAttributeSet = Pick<
  AttributeSetRow,
  | "subjectId"
  | "sourceId"
  | "category"
  | "setMac"
  | "firstAt"
  | "firstEvent"
  | "lastAt"
  | "lastEvent"
  | "cell"
>;

/** Statements of some subjects in some categories, in the canonical order of a profile's fold. */
export async function readBulkAttributes(
  db: Reader,
  subjectIds: readonly string[],
  categories: readonly string[],
): Promise<BulkAttributeSet[]> {
  if (subjectIds.length === 0 || categories.length === 0) return [];
  return db.query<BulkAttributeSet>(sql`
    select subject_id as "subjectId", source_id as "sourceId", category, set_mac as "setMac", first_at as "firstAt",
      first_event as "firstEvent", last_at as "lastAt", last_event as "lastEvent", cell
    from attribute_set
    where subject_id = any(${uuids(subjectIds)}) and category = any(${[...categories]}::text[])`);
}

export interface BulkEvidence {
  readonly subjectId: string;
  readonly bi: Buffer;
  readonly kind: string;
  readonly issuer: string;
  readonly class: number;
  readonly cell: Buffer;
}

/** One row for each identifier of each subject, its strongest evidence. */
export async function readBulkEvidence(db: Reader, subjectIds: readonly string[]): Promise<BulkEvidence[]> {
  if (subjectIds.length === 0) return [];
  return db.query<BulkEvidence>(sql`
    select distinct on (subject_id, bi, kind) subject_id as "subjectId", bi, kind, issuer, class::int as class, cell
    from evidence where subject_id = any(${uuids(subjectIds)})
    order by subject_id, bi, kind, class`);
}

/** Which of these subjects are known by an identifier of a kind, with the best class of its evidence; nothing is opened. */
export async function readKnownBy(
  db: Reader,
  subjectIds: readonly string[],
  kind: string,
): Promise<{ subjectId: string; class: number }[]> {
  if (subjectIds.length === 0) return [];
  return db.query(sql`
    select subject_id as "subjectId", min(class)::int as class from evidence
    where subject_id = any(${[...subjectIds]}::uuid[]) and kind = ${kind} group by subject_id`);
}

export async function readBulkAggregates(
  db: Reader,
  subjectIds: readonly string[],
): Promise<{ subjectId: string; aggregate: SubjectAggregate }[]> {
  if (subjectIds.length === 0) return [];
  return db.query(sql`
    select subject_id as "subjectId", aggregate from subject_aggregate
    where subject_id = any(${uuids(subjectIds)})`);
}

export interface ChangedSubject {
  readonly subjectId: string;
  readonly position: number;
}

/** The subjects that changed last after a position and not after another, in the order of their positions. */
export async function readChangedSubjects(
  db: Reader,
  ask: { readonly after: number; readonly upTo: number; readonly limit: number },
): Promise<ChangedSubject[]> {
  return db.query<ChangedSubject>(sql`
    select subject_id as "subjectId", position from subject_change
    where position > ${ask.after} and position <= ${ask.upTo} order by position limit ${ask.limit}`);
}

/** The last position given. Everything up to it is committed and seen by whoever sees this. */
export async function readFeedHead(db: Reader): Promise<number> {
  const [row] = await db.query<{ position: number }>(sql`select position from feed_position`);
  return row?.position ?? 0;
}

/**
 * Takes the next positions for changes that are no subject's, in the writing transaction: whoever takes some after it
 * waits until it has committed, so that positions become visible in their order. Answers the last of them.
 */
export async function takePositions(tx: Tx, count: number): Promise<number> {
  const [row] = await tx.query<{ position: number }>(
    sql`update feed_position set position = position + ${count} returning position`,
  );
  return row?.position ?? 0;
}
