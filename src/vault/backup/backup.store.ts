import { type Db, raw, sql } from "../../db/index.ts";

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

/** Other connections of Candor to this database. */
export async function countOtherSessions(db: Queries): Promise<number> {
  const [row] = await db.query<{ n: number }>(sql`
    select count(*)::int as n from pg_stat_activity
    where datname = current_database() and application_name = 'candor' and pid <> pg_backend_pid()`);
  return row?.n ?? 0;
}

/** Empties a database of everything: what a restore replaces. */
export async function dropEverything(db: Db): Promise<void> {
  await db.tx(async (tx) => {
    const schemas = await tx.query<{ name: string }>(sql`
      select quote_ident(nspname) as name from pg_namespace
      where nspname !~ '^pg_' and nspname <> 'information_schema'`);
    await tx.exec(`${schemas.map((s) => `drop schema ${s.name} cascade;`).join("\n")} create schema public;`);
  });
}
