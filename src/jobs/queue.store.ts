import { sql, type Tx } from "../db/index.ts";

export async function hasQueue(tx: Tx, queue: string): Promise<boolean> {
  return (await tx.query(sql`select 1 from pgboss.queue where name = ${queue}`)).length > 0;
}

/** Makes a queue; `policy` holds pg-boss's own names. */
export async function insertQueue(tx: Tx, queue: string, policy: object): Promise<void> {
  await tx.query(sql`select pgboss.create_queue(${queue}, ${JSON.stringify(policy)}::json)`);
}

/** Whether the queue has a job by that id that was given up; it is locked until the transaction ends. */
export async function isFailed(tx: Tx, queue: string, jobId: string): Promise<boolean> {
  const found = await tx.query(sql`
    select 1 from pgboss.job where name = ${queue} and id = ${jobId}::uuid and state = 'failed' for update`);
  return found.length > 0;
}
