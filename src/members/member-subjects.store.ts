import { sql, type Tx } from "../db/index.ts";

/** For each asked id (of a member or of one of its subjects) all live subjects of the member that it names now. */
export async function readMembersOf(
  db: Pick<Tx, "query">,
  ids: readonly string[],
): Promise<{ asked: string; memberId: string; subjectId: string; coreId: string; anchorClass: number }[]> {
  if (ids.length === 0) return [];
  return db.query(sql`
    select a.subject_id as asked, s.member_id as "memberId", s.subject_id as "subjectId", s.core_id as "coreId",
      s.anchor_class::int as "anchorClass"
    from subject a join subject s on s.member_id = a.member_id
    where a.subject_id = any(${[...ids]}::uuid[]) and s.state = 'live'
    order by a.subject_id, s.subject_id`);
}
