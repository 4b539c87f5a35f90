import type { Db } from "./db.ts";
import { sql } from "./sql.ts";

/** The engine behind a store: its version, the size of its database, and the migrations applied to it. */
export async function readEngine(db: Db): Promise<{
  readonly version: string;
  readonly bytes: number;
  readonly migrations: number;
  readonly newestMigration: string | null;
}> {
  const [row] = await db.query<{ version: string; bytes: number; n: number; newest: string | null }>(sql`
    select current_setting('server_version') as version, pg_database_size(current_database())::float8 as bytes,
      (select count(*)::int from schema_migration) as n,
      (select name from schema_migration order by number desc limit 1) as newest`);
  return {
    version: row?.version ?? "",
    bytes: row?.bytes ?? 0,
    migrations: row?.n ?? 0,
    newestMigration: row?.newest ?? null,
  };
}

/** Whether the store answers. Never throws. */
export async function ping(db: Db): Promise<boolean> {
  try {
    await db.query(sql`select 1`);
    return true;
  } catch {
    return false;
  }
}
