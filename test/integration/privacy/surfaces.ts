import { execFile } from "node:child_process";
import { closeSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Db, sql } from "../../../src/db/index.ts";
import { findLeaks, type Needle } from "./canaries.ts";

const PIECE = 256 * 1024;
const NOTHING = Buffer.alloc(PIECE);

/** Null for a file that its owner removed after it was listed, as servers do with caches and old log segments. */
function openListed(path: string): number | null {
  try {
    return openSync(path, "r");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/**
 * Leaks in one file, read in overlapping pieces, whatever its size. Log segments are mostly zeros: those are skipped.
 * A file that is gone holds nothing.
 */
export function leaksInFile(needles: readonly Needle[], path: string): string[] {
  const overlap = Math.max(...needles.map((n) => n.bytes.length));
  const found = new Set<string>();
  const file = openListed(path);
  if (file === null) return [];
  try {
    const buffer = Buffer.alloc(PIECE + overlap);
    let kept = 0;
    for (;;) {
      const read = readSync(file, buffer, kept, PIECE, null);
      if (read === 0) break;
      if (!buffer.subarray(kept, kept + read).equals(NOTHING.subarray(0, read))) {
        for (const leak of findLeaks(needles, path, buffer.subarray(0, kept + read))) found.add(leak);
      }
      const end = kept + read;
      kept = Math.min(overlap, end);
      buffer.copyWithin(0, end - kept, end);
    }
  } finally {
    closeSync(file);
  }
  return [...found];
}

/** All files below a directory. */
export function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

export function leaksInDirectory(
  needles: readonly Needle[],
  directory: string,
): { files: number; leaks: string[] } {
  const files = filesBelow(directory);
  return { files: files.length, leaks: files.flatMap((path) => leaksInFile(needles, path)) };
}

/** Leaks in the text of every row of every table, and in the statistics the planner keeps of them. */
export async function leaksInRows(
  needles: readonly Needle[],
  db: Db,
): Promise<{ tables: readonly string[]; leaks: string[] }> {
  const tables = await db.query<{ name: string }>(sql`
    select format('%I.%I', n.nspname, c.relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_toast'
    order by 1`);
  const leaks: string[] = [];
  const search = async (name: string, statement: string) => {
    const rows = await db.query<{ t: string | null }>({ ...sql``, text: statement, values: [] } as never);
    for (const { t } of rows) leaks.push(...findLeaks(needles, `table ${name}`, t ?? ""));
  };
  for (const { name } of tables) await search(name, `select x::text as t from ${name} x`);
  await db.tx((tx) => tx.exec("analyze"));
  await search("pg_stats", "select x::text as t from pg_stats x");
  return { tables: tables.map((t) => t.name), leaks: [...new Set(leaks)] };
}

const run = promisify(execFile);

/** Leaks in a dump of a PostgreSQL database; null where pg_dump is not installed. */
export async function leaksInDump(needles: readonly Needle[], url: string): Promise<string[] | null> {
  try {
    const { stdout } = await run("pg_dump", ["--dbname", url, "--inserts", "--no-owner"], {
      maxBuffer: 512 * 1024 * 1024,
      encoding: "buffer",
    });
    return findLeaks(needles, "pg_dump", stdout);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/** Leaks in the statements that the server has counted; null where its module is not loaded or may not be read. */
export async function leaksInStatements(
  needles: readonly Needle[],
  db: Db,
): Promise<{ statements: number; leaks: string[] } | null> {
  const isThere = await db
    .tx((tx) => tx.exec("create extension if not exists pg_stat_statements"))
    .then(
      () => true,
      () => false,
    );
  if (!isThere) return null;
  const rows = await db
    .query<{ query: string | null }>(sql`
      select query from pg_stat_statements
      where dbid = (select oid from pg_database where datname = current_database())`)
    .catch(() => null);
  if (rows === null) return null;
  const leaks = rows.flatMap(({ query }) => findLeaks(needles, "pg_stat_statements", query ?? ""));
  return { statements: rows.length, leaks };
}

/** Where a PostgreSQL server keeps what it writes, when this process may read it. */
export interface ServerFiles {
  /** The database's own files, after a checkpoint. */
  database(): Promise<readonly string[]>;
  /** Write-ahead log from the moment of `openServerFiles` on. */
  log(): Promise<readonly string[]>;
}

function isReadable(path: string): boolean {
  try {
    return statSync(path).isDirectory() && readdirSync(path).length > 0;
  } catch {
    return false;
  }
}

/** Null when the server runs elsewhere, or the role or this process may not look. */
export async function openServerFiles(db: Db): Promise<ServerFiles | null> {
  const [setting] = await db
    .query<{ directory: string; oid: number; wal: string }>(
      sql`select current_setting('data_directory') as directory, pg_walfile_name(pg_current_wal_lsn()) as wal,
        (select oid::int from pg_database where datname = current_database()) as oid`,
    )
    .catch(() => []);
  if (setting === undefined) return null;
  const { directory, oid, wal } = setting;
  const own = join(directory, "base", String(oid));
  if (!isReadable(own) || !isReadable(join(directory, "pg_wal"))) return null;
  return {
    database: async () => {
      await db.query(sql`checkpoint`);
      return filesBelow(own);
    },
    log: async () =>
      readdirSync(join(directory, "pg_wal"))
        // Names of segments sort as they were written; those before the first are not of this test.
        .filter((name) => /^[0-9A-F]{24}$/.test(name) && name >= wal)
        .map((name) => join(directory, "pg_wal", name)),
  };
}
