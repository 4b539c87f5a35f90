import { sql, type Tx } from "../../src/db/index.ts";

/** Of some subjects those with an invitation, an answer or a theme that carries a loyalty level. */
export async function haveLevels(tx: Tx, subjectIds: readonly string[]): Promise<string[]> {
  if (subjectIds.length === 0) return [];
  const ids = [...subjectIds];
  const found = await tx.query<{ id: string }>(sql`
    select subject_id as id from survey_invitation where subject_id = any(${ids}::uuid[]) and context->>'level' is not null
    union select subject_id from survey_response where subject_id = any(${ids}::uuid[]) and context->>'level' is not null
    union select subject_id from survey_score where subject_id = any(${ids}::uuid[]) and level is not null
    union select subject_id from survey_mention where subject_id = any(${ids}::uuid[]) and level is not null`);
  return found.map((f) => f.id);
}

/** Takes the loyalty level off all that some subjects were asked and answered. */
export async function forgetLevels(tx: Tx, subjectIds: readonly string[]): Promise<void> {
  if (subjectIds.length === 0) return;
  const ids = [...subjectIds];
  for (const statement of [
    sql`update survey_invitation set context = context - 'level' where subject_id = any(${ids}::uuid[])`,
    sql`update survey_response set context = context - 'level' where subject_id = any(${ids}::uuid[])`,
    sql`update survey_score set level = null where subject_id = any(${ids}::uuid[])`,
    sql`update survey_mention set level = null where subject_id = any(${ids}::uuid[])`,
  ])
    await tx.query(statement);
}
