import { sql, type Tx } from "../../src/db/index.ts";

/** Ends an ask whose message did not arrive, or stops the reminders of one of which that is not known. */
export async function failAskOf(
  tx: Tx,
  subjectId: string,
  askId: string,
  failed: { readonly state: "failed" | "asked"; readonly reason: string; readonly at: Date },
): Promise<void> {
  await tx.query(sql`
    update survey_ask set state = ${failed.state}, reason = ${failed.reason}, due_at = null, updated_at = ${failed.at},
      key_id = case when ${failed.state} = 'failed' then null else key_id end,
      cell = case when ${failed.state} = 'failed' then null else cell end
    where subject_id = ${subjectId}::uuid and ask_id = ${askId}::uuid and state = 'asked'`);
}

/** What was not known to have arrived has arrived: what was to be sent again is not. No reminder follows. */
export async function arrivedAskOf(tx: Tx, subjectId: string, askId: string, at: Date): Promise<void> {
  await tx.query(sql`
    update survey_ask set reason = null, due_at = null, updated_at = ${at}
    where subject_id = ${subjectId}::uuid and ask_id = ${askId}::uuid and state = 'asked' and reason = 'unknown'`);
}

/** Makes an ask due again, for a message that a person wants sent anew. False when there is nothing to send again. */
export async function reviveAsk(tx: Tx, subjectId: string, askId: string, at: Date): Promise<boolean> {
  const found = await tx.query(sql`
    update survey_ask set due_at = ${at}, updated_at = ${at}
    where subject_id = ${subjectId}::uuid and ask_id = ${askId}::uuid and state = 'asked' and due_at is null
      and cell is not null returning 1`);
  return found.length === 1;
}

/** Takes back what a campaign still planned: who waits is not asked, and no reminder follows. */
export async function cancelWaiting(tx: Tx, campaignId: string, at: Date): Promise<void> {
  await tx.query(sql`
    update survey_ask set state = case when state = 'waiting' then 'cancelled' else state end, due_at = null,
      key_id = null, cell = null, updated_at = ${at}
    where campaign_id = ${campaignId}::uuid and state in ('waiting', 'asked')`);
}
