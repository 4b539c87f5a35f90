import { byteStrings, column, rows, sql, type Tx, uuids } from "../db/index.ts";
import type { SubjectAggregate } from "./aggregates.ts";

export interface SubjectRow {
  readonly subjectId: string;
  readonly anchorBi: Buffer;
  readonly keyId: string;
}

export interface NewSubject extends SubjectRow {
  readonly anchorKind: string;
  readonly anchorIssuer: string;
  readonly anchorClass: number;
}

type Reader = Pick<Tx, "query">;

/** Subjects anchored by these blind indexes. */
export async function findSubjectsByAnchor(db: Reader, anchors: readonly Buffer[]): Promise<SubjectRow[]> {
  if (anchors.length === 0) return [];
  return db.query<SubjectRow>(sql`
    select subject_id as "subjectId", anchor_bi as "anchorBi", key_id as "keyId"
    from subject
    where anchor_bi = any(${byteStrings(anchors)})`);
}

/**
 * Inserts subjects whose anchors are new, each a member of its own. Anchors are taken in sorted order, so two
 * transactions that mint the same ones wait for each other instead of deadlocking. Returns the ids it inserted.
 */
export async function insertSubjects(
  tx: Tx,
  subjects: readonly NewSubject[],
  at: Date,
): Promise<Set<string>> {
  if (subjects.length === 0) return new Set();
  const inserted = await tx.query<{ id: string }>(sql`
    insert into subject (subject_id, anchor_bi, anchor_kind, anchor_issuer, anchor_class, member_id, core_id, key_id, created_at)
    select id, bi, kind, issuer, class, id, id, key, ${at}::timestamptz
    from unnest(
      ${column.uuid(subjects, (s) => s.subjectId)}, ${column.bytea(subjects, (s) => s.anchorBi)},
      ${column.text(subjects, (s) => s.anchorKind)}, ${column.text(subjects, (s) => s.anchorIssuer)},
      ${column.smallint(subjects, (s) => s.anchorClass)}, ${column.uuid(subjects, (s) => s.keyId)})
      as s(id, bi, kind, issuer, class, key)
    order by bi
    on conflict (anchor_bi) do nothing
    returning subject_id as id`);
  return new Set(inserted.map((r) => r.id));
}

/** What a subject's anchor is known as. */
export interface AnchorRow {
  readonly subjectId: string;
  readonly kind: string;
  readonly class: number;
}

/** Renames the anchors of known subjects; their values stay. The caller holds the subjects' aggregates. */
export async function strengthenAnchors(tx: Tx, anchors: readonly AnchorRow[]): Promise<void> {
  if (anchors.length === 0) return;
  await tx.query(sql`
    update subject s set anchor_kind = a.kind, anchor_class = a.class
    from jsonb_to_recordset(${rows(anchors)}::jsonb) as a("subjectId" uuid, kind text, class smallint)
    where s.subject_id = a."subjectId"`);
}

export interface LockedAggregate {
  readonly subjectId: string;
  readonly memberId: string;
  readonly state: "live" | "erasing";
  readonly aggregate: unknown;
}

/**
 * Locks subjects for writing, in the order of their ids. The aggregate row is the lock: every transaction that stores
 * what is sealed under a subject's key holds it, and erasure takes it first, so nothing is stored under a key that is
 * being destroyed.
 */
export async function lockAggregates(tx: Tx, subjectIds: readonly string[]): Promise<LockedAggregate[]> {
  if (subjectIds.length === 0) return [];
  return tx.query<LockedAggregate>(sql`
    select a.subject_id as "subjectId", s.member_id as "memberId", s.state, a.aggregate
    from subject_aggregate a join subject s using (subject_id)
    where a.subject_id = any(${uuids(subjectIds)})
    order by a.subject_id
    for update of a`);
}

/**
 * Takes the same lock for who writes nothing to the aggregates; gives the subjects that are live now. They are read by a
 * second statement, because one that waited for a lock still sees what was before it.
 */
export async function lockLiveSubjects(
  tx: Tx,
  subjectIds: readonly string[],
): Promise<Pick<SubjectIdentity, "subjectId" | "memberId" | "keyId">[]> {
  if (subjectIds.length === 0) return [];
  await tx.query(sql`
    select 1 from subject_aggregate where subject_id = any(${uuids(subjectIds)}) order by subject_id for update`);
  return tx.query(sql`
    select subject_id as "subjectId", member_id as "memberId", key_id as "keyId"
    from subject where subject_id = any(${uuids(subjectIds)}) and state = 'live'`);
}

/** The aggregates of subjects, in no order. */
export async function readAggregates(db: Reader, subjectIds: readonly string[]): Promise<SubjectAggregate[]> {
  const found = await db.query<{ aggregate: SubjectAggregate }>(sql`
    select aggregate from subject_aggregate where subject_id = any(${[...subjectIds]}::uuid[])`);
  return found.map((r) => r.aggregate);
}

/** Writes the aggregates of subjects that this transaction has locked or just created. */
export async function saveAggregates(
  tx: Tx,
  aggregates: readonly { id: string; aggregate: unknown }[],
): Promise<void> {
  if (aggregates.length === 0) return;
  await tx.query(sql`
    insert into subject_aggregate (subject_id, aggregate)
    select * from unnest(${column.uuid(aggregates, (a) => a.id)}, ${column.json(aggregates, (a) => a.aggregate)})
    on conflict (subject_id) do update set aggregate = excluded.aggregate`);
}

export interface MemberSubject {
  readonly subjectId: string;
  readonly memberId: string;
  readonly anchorBi: Buffer;
  readonly anchorKind: string;
  readonly anchorIssuer: string;
  readonly anchorClass: number;
  readonly keyId: string;
  /** Subjects of one core share their grants of consent. */
  readonly coreId: string;
  readonly createdAt: Date;
}

export type SubjectIdentity = Omit<MemberSubject, "createdAt">;

/** Subjects by id, in the order of their ids. */
export async function readSubjects(db: Reader, subjectIds: readonly string[]): Promise<SubjectIdentity[]> {
  return db.query<SubjectIdentity>(sql`
    select subject_id as "subjectId", member_id as "memberId", anchor_bi as "anchorBi", anchor_kind as "anchorKind",
      anchor_issuer as "anchorIssuer", anchor_class::int as "anchorClass", key_id as "keyId", core_id as "coreId"
    from subject where subject_id = any(${[...subjectIds]}::uuid[]) order by subject_id`);
}

/** All subjects of the member that this id names, now or before it was merged; empty when there is none. */
export async function findMemberSubjects(db: Reader, memberOrSubjectId: string): Promise<MemberSubject[]> {
  return db.query<MemberSubject>(sql`
    select s.subject_id as "subjectId", s.member_id as "memberId", s.anchor_bi as "anchorBi", s.anchor_kind as "anchorKind",
      s.anchor_issuer as "anchorIssuer", s.anchor_class::int as "anchorClass", s.key_id as "keyId", s.core_id as "coreId", s.created_at as "createdAt"
    from subject s
    where s.member_id = (select member_id from subject where subject_id = ${memberOrSubjectId}::uuid)
      and s.state = 'live'
    order by s.subject_id`);
}

/** A subject that names an identifier: how strongly, and when it did so first and last. */
export interface HolderRow {
  readonly memberId: string;
  readonly subjectId: string;
  readonly kind: string;
  readonly class: number;
  readonly firstAt: Date;
  /** First day of the month in which it was last named. */
  readonly lastMonth: string;
}

/** Every subject that names one blind index, once for each kind and class, strongest first. */
export async function findMembersByIdentifier(db: Reader, bi: Buffer): Promise<HolderRow[]> {
  return db.query<HolderRow>(sql`
    select s.member_id as "memberId", s.subject_id as "subjectId", e.kind, e.class::int as class,
      min(e.first_at) as "firstAt", max(e.last_month)::text as "lastMonth"
    from evidence e
    cross join lateral (
      -- A look-up for each row found: without statistics the planner would rather read all subjects.
      select k.member_id, k.subject_id from subject k where k.subject_id = e.subject_id and k.state = 'live' offset 0) s
    where e.bi = ${bi}
    group by s.member_id, s.subject_id, e.kind, e.class
    order by e.class, s.member_id, s.subject_id, e.kind`);
}

/**
 * Regroups subjects: writes each one's member, its core and when its grouping may next change by itself. Returns those
 * whose member or core is another than before, and those that stay behind in a member that lost some: its profile is
 * another now, too. What held until `at` is remembered for decisions as of a past moment.
 */
export async function saveGrouping(
  tx: Tx,
  grouping: readonly { id: string; member: string; core: string; next: Date | null }[],
  at: Date,
): Promise<{ id: string; member: string }[]> {
  if (grouping.length === 0) return [];
  return tx.query(sql`
    with wanted as (
      select * from unnest(
        ${column.uuid(grouping, (g) => g.id)}, ${column.uuid(grouping, (g) => g.member)},
        ${column.uuid(grouping, (g) => g.core)}, ${column.time(grouping, (g) => g.next)}) as g(id, member, core, next)
    ), before as (
      select s.subject_id, s.member_id, s.core_id, s.created_at from subject s join wanted w on w.id = s.subject_id
    ), remembered as (
      insert into subject_grouping (subject_id, until, member_id, core_id)
      select b.subject_id, ${at}::timestamptz, b.member_id, b.core_id from before b join wanted w on w.id = b.subject_id
      where (b.member_id <> w.member or b.core_id <> w.core) and b.created_at < ${at}::timestamptz
      on conflict do nothing
    ), written as (
      update subject s set member_id = w.member, core_id = w.core, next_change_at = w.next
      from wanted w
      where s.subject_id = w.id and (s.member_id <> w.member or s.core_id <> w.core or s.next_change_at is distinct from w.next)
      returning s.subject_id
    )
    select w.id, w.member from wanted w join before b on b.subject_id = w.id
    where b.member_id <> w.member or b.core_id <> w.core or b.member_id in (
      select l.member_id from before l join wanted t on t.id = l.subject_id where l.member_id <> t.member)`);
}

/** Subjects whose grouping may have changed by the passing of time alone. */
export async function findDueSubjects(db: Reader, at: Date, limit: number): Promise<string[]> {
  const found = await db.query<{ id: string }>(sql`
    select subject_id as id from subject where next_change_at <= ${at} order by next_change_at limit ${limit}`);
  return found.map((r) => r.id);
}

/** Takes subjects out of every read, join and write: their keys are gone. Returns those that the store still has. */
export async function markErasing(tx: Tx, subjectIds: readonly string[]): Promise<string[]> {
  const found = await tx.query<{ id: string }>(sql`
    update subject set state = 'erasing' where subject_id = any(${[...subjectIds]}::uuid[])
    returning subject_id as id`);
  return found.map((r) => r.id);
}
