import { type Db, raw, sql } from "../../db/index.ts";
import { BACKUP_SESSION } from "./postgres-tools.ts";

type Queries = Pick<Db, "query">;

/** The schema a database is at; 0 for one that Candor never used. */
export async function readSchema(
  db: Queries,
  table: "schema_migration" | "keystore_migration",
): Promise<number> {
  const [found] = await db.query<{ there: boolean }>(sql`select to_regclass(${table}) is not null as there`);
  if (found?.there !== true) return 0;
  const [row] = await db.query<{ newest: number }>(
    sql`select coalesce(max(number), 0)::int as newest from ${raw(table)}`,
  );
  return row?.newest ?? 0;
}

/** Whether a database has tables of anybody's. */
export async function hasTables(db: Queries): Promise<boolean> {
  const [row] = await db.query<{ any: boolean }>(sql`
    select exists (
      select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema') as any`);
  return row?.any === true;
}

/** Other connections of Candor to this database, those of its backups and restores among them. */
export async function countOtherSessions(db: Queries): Promise<number> {
  const [row] = await db.query<{ n: number }>(sql`
    select count(*)::int as n from pg_stat_activity
    where datname = current_database() and application_name = any(${["candor", BACKUP_SESSION]}::text[])
      and pid <> pg_backend_pid()`);
  return row?.n ?? 0;
}

/** A schema of this name marks a database whose restore did not end. No backup has it. */
const MARK = raw("candor_restoring");

export async function markRestoring(db: Queries): Promise<void> {
  await db.query(sql`create schema if not exists ${MARK}`);
}

export async function unmarkRestoring(db: Queries): Promise<void> {
  await db.query(sql`drop schema ${MARK}`);
}

export async function isBeingRestored(db: Queries): Promise<boolean> {
  const found = await db.query(sql`select 1 from pg_namespace where nspname = 'candor_restoring'`);
  return found.length > 0;
}

/** Empties a database of everything, and leaves it marked. */
export async function replaceEverything(db: Db): Promise<void> {
  await db.tx(async (tx) => {
    const schemas = await tx.query<{ name: string }>(sql`
      select quote_ident(nspname) as name from pg_namespace
      where nspname !~ '^pg_' and nspname <> 'information_schema'`);
    await tx.exec(`${schemas.map((s) => `drop schema ${s.name} cascade;`).join("\n")} create schema public;`);
    await markRestoring(tx);
  });
}
