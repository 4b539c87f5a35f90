import type { Db } from "./db.ts";
import { sql } from "./sql.ts";

/** Whether the store answers. Never throws. */
export async function ping(db: Db): Promise<boolean> {
  try {
    await db.query(sql`select 1`);
    return true;
  } catch {
    return false;
  }
}
