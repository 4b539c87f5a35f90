import { sql, type Tx } from "../db/index.ts";

/** Locks a follower's row, making it when it is new; null when another process works it now. */
export async function lockFollower(tx: Tx, name: string): Promise<number | null> {
  await tx.query(
    sql`insert into change_follower (name, position) values (${name}, 0) on conflict (name) do nothing`,
  );
  const [row] = await tx.query<{ position: number }>(
    sql`select position from change_follower where name = ${name} for update skip locked`,
  );
  return row?.position ?? null;
}

export async function moveFollower(tx: Tx, name: string, position: number): Promise<void> {
  await tx.query(sql`update change_follower set position = ${position} where name = ${name}`);
}
