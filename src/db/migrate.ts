import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../kernel/problems.ts";
import type { Db } from "./db.ts";
import { raw, sql } from "./sql.ts";

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly script: string;
}

const FILE = /^(\d{4})-([a-z0-9-]+)\.sql$/;
/** Any number will do as long as every installer takes the same lock. */
const LOCK = 7_226_331;

/** Reads `0001-name.sql`, `0002-…` of a folder, in order. Throws on a gap, a repeat or a stray file. */
export function readMigrations(folder: string): Migration[] {
  const found = readdirSync(folder)
    .filter((f) => f.endsWith(".sql"))
    .sort()
    .map((file) => {
      const m = FILE.exec(file);
      if (!m) throw new Error(`migration file name not understood: ${file}`);
      return { number: Number(m[1]), name: m[2] as string, script: readFileSync(join(folder, file), "utf8") };
    });
  found.forEach((migration, i) => {
    if (migration.number !== i + 1)
      throw new Error(`migrations are not numbered 1, 2, 3 … at ${migration.name}`);
  });
  return found;
}

/**
 * Brings a database to the newest schema: each migration in a transaction of its own, one installer at a time.
 * Refuses (`schema-too-new`) a database written by a newer Candor. Returns the names of those applied now.
 */
export async function migrate(
  db: Db,
  migrations: readonly Migration[],
  table = "schema_migration",
): Promise<string[]> {
  const applied: string[] = [];
  await db.tx(async (tx) => {
    await tx.query(sql`select pg_advisory_xact_lock(${LOCK})`);
    await tx.exec(
      `create table if not exists ${table} (number int primary key, name text not null, applied_at timestamptz not null default now())`,
    );
  });
  for (const migration of migrations) {
    await db.tx(async (tx) => {
      await tx.query(sql`select pg_advisory_xact_lock(${LOCK})`);
      const [row] = await tx.query<{ newest: number | null }>(
        sql`select max(number)::int as newest from ${raw(table)}`,
      );
      const newest = row?.newest ?? 0;
      if (newest > migrations.length) {
        throw new AppError("schema-too-new", {
          detail: `The database is at schema ${newest}; this Candor knows ${migrations.length}. Start the newer version.`,
        });
      }
      if (newest >= migration.number) return;
      await tx.exec(migration.script);
      await tx.exec(`insert into ${table} (number, name) values (${migration.number}, '${migration.name}')`);
      applied.push(migration.name);
    });
  }
  return applied;
}
