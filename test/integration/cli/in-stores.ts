import { openStores } from "../../../src/app/index.ts";
import { readConfig } from "../../../src/config.ts";
import { type Db, sql } from "../../../src/db/index.ts";
import { systemClock } from "../../../src/kernel/clock.ts";
import { uuidIds } from "../../../src/kernel/ids.ts";
import { silentLog } from "../../../src/kernel/log.ts";

/** Opens the stores in this process for a moment, as the erasure run of a server does. */
export async function inStores<T>(
  env: Record<string, string>,
  work: (stores: Awaited<ReturnType<typeof openStores>>) => Promise<T>,
): Promise<T> {
  const stores = await openStores(readConfig(env), { log: silentLog, clock: systemClock, ids: uuidIds });
  try {
    return await work(stores);
  } finally {
    await stores.close();
  }
}

/** Everybody the data has, the oldest first. */
export const subjects = (db: Db) =>
  db.query<{ id: string; key: string; state: string }>(
    sql`select subject_id as id, key_id as key, state from subject order by created_at, subject_id`,
  );
