import { planOnce, sql, type Tx } from "../db/index.ts";

export interface AskedMember {
  readonly asked: string;
  readonly memberId: string;
  readonly subjectId: string;
  readonly coreId: string;
  readonly anchorClass: number;
}

/** For each asked id (of a member or of one of its subjects) all live subjects of the member that it names now. */
export async function readMembersOf(db: Pick<Tx, "query">, ids: readonly string[]): Promise<AskedMember[]> {
  if (ids.length === 0) return [];
  return db.query(
    planOnce(sql`
    select a.subject_id as asked, s.member_id as "memberId", s.subject_id as "subjectId", s.core_id as "coreId",
      s.anchor_class::int as "anchorClass"
    from subject a join subject s on s.member_id = a.member_id
    where a.subject_id = any(${[...ids]}::uuid[]) and s.state = 'live'
    order by a.subject_id, s.subject_id`),
  );
}

/**
 * The same as of a past moment: the members that these ids named then, with the subjects that were there and whose
 * grants they shared. A subject that came later is nobody's companion.
 */
export async function readMembersAsOf(
  db: Pick<Tx, "query">,
  ids: readonly string[],
  at: Date,
): Promise<AskedMember[]> {
  if (ids.length === 0) return [];
  // Where there is none, what holds now held then.
  const heldThen = sql`lateral (
    select g.member_id, g.core_id from subject_grouping g
    where g.subject_id = s.subject_id and g.until > ${at}::timestamptz order by g.until limit 1)`;
  return db.query(sql`
    with asked as (
      select s.subject_id, coalesce(h.member_id, s.member_id) as member_id
      from subject s left join ${heldThen} h on true
      where s.subject_id = any(${[...ids]}::uuid[])
    ), companions as (
      select a.subject_id as asked, a.member_id, c.subject_id
      from asked a cross join lateral (
        select subject_id from subject where member_id = a.member_id
        union
        select subject_id from subject_grouping where member_id = a.member_id and until > ${at}::timestamptz) c
    )
    select c.asked, c.member_id as "memberId", s.subject_id as "subjectId", coalesce(h.core_id, s.core_id) as "coreId",
      s.anchor_class::int as "anchorClass"
    from companions c join subject s on s.subject_id = c.subject_id left join ${heldThen} h on true
    where coalesce(h.member_id, s.member_id) = c.member_id and s.state = 'live'
      and (s.created_at <= ${at}::timestamptz or s.subject_id = c.asked)
    order by c.asked, s.subject_id`);
}
