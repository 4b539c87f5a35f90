import { type Db, sql } from "../../src/db/index.ts";

const SCHEMA = "kept_snapshot";

async function tablesOf(db: Db): Promise<string[]> {
  const found = await db.query<{ name: string }>(sql`
    select quote_ident(tablename) as name from pg_tables where schemaname = 'public' order by tablename`);
  return found.map((t) => t.name);
}

/** Keeps every row of the data as it is now, as a backup of the data does. */
export async function takeSnapshot(db: Db): Promise<void> {
  const tables = await tablesOf(db);
  await db.tx((tx) =>
    tx.exec(
      [
        `drop schema if exists ${SCHEMA} cascade; create schema ${SCHEMA};`,
        ...tables.map((t) => `create table ${SCHEMA}.${t} as table public.${t};`),
      ].join("\n"),
    ),
  );
}

/**
 * Puts the data back as they were kept, whatever the triggers say; the keystore stays. A server that was open on them
 * must be closed before and opened anew after.
 */
export async function restoreSnapshot(db: Db): Promise<void> {
  const tables = await tablesOf(db);
  await db.tx((tx) =>
    tx.exec(
      [
        "set local session_replication_role = replica;",
        `truncate ${tables.map((t) => `public.${t}`).join(", ")};`,
        ...tables.map((t) => `insert into public.${t} overriding system value select * from ${SCHEMA}.${t};`),
      ].join("\n"),
    ),
  );
}
