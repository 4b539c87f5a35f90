import { sql, type Tx } from "../db/index.ts";

export async function hasQueue(tx: Tx, queue: string): Promise<boolean> {
  return (await tx.query(sql`select 1 from pgboss.queue where name = ${queue}`)).length > 0;
}

/** Makes a queue; `policy` holds pg-boss's own names. */
export async function insertQueue(tx: Tx, queue: string, policy: object): Promise<void> {
  await tx.query(sql`select pgboss.create_queue(${queue}, ${JSON.stringify(policy)}::json)`);
}
