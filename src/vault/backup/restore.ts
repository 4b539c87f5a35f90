import { cpSync, existsSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { type Db, openPostgres } from "../../db/index.ts";
import { AppError } from "../../kernel/problems.ts";
import { countOtherSessions, dropEverything, hasTables } from "./backup.store.ts";
import {
  type BackupPart,
  EMBEDDED_FILES,
  type Manifest,
  POSTGRES_FILE,
  readManifest,
  verifyFiles,
} from "./manifest.ts";
import { restoreDatabase, type ToolEnvironment } from "./postgres-tools.ts";

/** Reads a backup's manifest and checks its files, before anything is touched. */
export function openBackup(directory: string, part: BackupPart, engine: Manifest["engine"]): Manifest {
  const manifest = readManifest(directory, part);
  if (manifest.engine !== engine) {
    throw new AppError("conflict", {
      detail: `The backup in ${directory} is one of ${manifest.engine}; these settings use ${engine}.`,
    });
  }
  verifyFiles(directory, manifest);
  return manifest;
}

function occupied(where: string): AppError {
  return new AppError("conflict", {
    detail: `${where} is not empty. Give --replace to put the backup in its place.`,
  });
}

/** What a running process keeps in a data directory besides the database. */
const NOT_DATA: ReadonlySet<string> = new Set([".lock", "candor.sock"]);

/**
 * Puts a backup's files into a directory of the embedded engine, whose lock the caller holds. What was there is moved
 * aside to `aside`, and stays. Throws `conflict` when there is something and `aside` is null.
 */
export function restoreFiles(backup: string, directory: string, aside: string | null): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const there = readdirSync(directory).filter((name) => !NOT_DATA.has(name));
  if (there.length > 0) {
    if (aside === null) throw occupied(directory);
    mkdirSync(aside, { recursive: true, mode: 0o700 });
    for (const name of there) renameSync(join(directory, name), join(aside, name));
  }
  const files = join(backup, EMBEDDED_FILES);
  // The file that says "here is a database" comes last: a restore that was killed leaves none, and is done again.
  const names = readdirSync(files).filter((name) => name !== "PG_VERSION");
  for (const name of names) cpSync(join(files, name), join(directory, name), { recursive: true });
  if (existsSync(join(files, "PG_VERSION"))) cpSync(join(files, "PG_VERSION"), join(directory, "PG_VERSION"));
}

/**
 * Reads a backup into a PostgreSQL database, which must be empty unless `replace`; then it is emptied first. Throws
 * `conflict` when it is not, or when a Candor process uses it.
 */
export async function restorePostgres(
  backup: string,
  url: string,
  options: { readonly replace: boolean; readonly env: ToolEnvironment },
): Promise<void> {
  const db: Db = openPostgres(url, { max: 1 });
  try {
    if ((await countOtherSessions(db)) > 0) {
      throw new AppError("conflict", {
        detail: "A Candor process is connected to the database that would be replaced: stop it first.",
      });
    }
    if (await hasTables(db)) {
      if (!options.replace) throw occupied("The database");
      await dropEverything(db);
    }
  } finally {
    await db.close();
  }
  await restoreDatabase(url, join(backup, POSTGRES_FILE), options.env);
}
