import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type Db, openPostgres } from "../../db/index.ts";
import { AppError } from "../../kernel/problems.ts";
import {
  countOtherSessions,
  hasTables,
  isBeingRestored,
  markRestoring,
  replaceEverything,
  unmarkRestoring,
} from "./backup.store.ts";
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

/**
 * A restore of one store. Between `mark` and `unmark` nothing else opens the store, so that one that was killed is never
 * half used: it is done again from the start. Of several stores all are marked before the first is touched.
 */
export interface Restore {
  /** Throws `conflict` when there is something that may not be replaced, or somebody at work on it. */
  check(): Promise<void>;
  mark(): Promise<void>;
  /** Puts the backup in place; answers where what was there is now, if anywhere. */
  put(): Promise<string | null>;
  unmark(): Promise<void>;
}

/** Does the restores of one command. Whatever kills it, doing it again is what mends it. */
export async function restoreAll(restores: readonly Restore[], say: (aside: string) => void): Promise<void> {
  for (const restore of restores) await restore.check();
  for (const restore of restores) await restore.mark();
  for (const restore of restores) {
    const aside = await restore.put();
    if (aside !== null) say(aside);
  }
  for (const restore of restores) await restore.unmark();
}

function occupied(where: string): AppError {
  return new AppError("conflict", {
    detail: `${where} is not empty. Give --replace to put the backup in its place.`,
  });
}

function unfinished(where: string, more = ""): AppError {
  return new AppError("restore-unfinished", {
    detail: `A restore of ${where} was interrupted. Run \`candor restore\` again, as before.${more}`,
  });
}

/** The mark of a restore under way: what was there before, once the swap begins. */
const MARK = "restoring.json";
const STAGE = "restoring";
/** What a directory keeps besides the database. */
const NOT_DATA: ReadonlySet<string> = new Set([".lock", "candor.sock", MARK, `${MARK}.new`, STAGE]);

/** Where what was there goes, by name; null before the first of it moves. */
interface Swap {
  readonly aside: string;
  readonly names: readonly string[];
}

function readSwap(directory: string): Swap | null {
  return (JSON.parse(readFileSync(join(directory, MARK), "utf8")) as { swap: Swap | null }).swap;
}

/** In one step: a mark is the old one or the new one, never half of one. */
function writeMark(directory: string, swap: Swap | null): void {
  const path = join(directory, MARK);
  writeFileSync(`${path}.new`, JSON.stringify({ swap }), { mode: 0o600, flush: true });
  renameSync(`${path}.new`, path);
}

/** Throws `restore-unfinished` for a directory of the embedded engine in which a restore did not end. */
export function refuseHalfRestored(directory: string): void {
  if (!existsSync(join(directory, MARK))) return;
  throw unfinished(
    directory,
    readSwap(directory) === null
      ? ` Nothing was replaced yet: delete ${MARK} and ${STAGE} in it to go on with what is there instead.`
      : "",
  );
}

/** The same for a database. */
export async function refuseHalfRestoredDatabase(db: Db, what: string): Promise<void> {
  if (await isBeingRestored(db)) throw unfinished(what);
}

/**
 * Restores a directory of the embedded engine, whose lock the caller holds. The backup is copied beside what is there
 * first; then what is there moves to `aside`, and stays.
 */
export function restoreOfFiles(
  backup: string,
  directory: string,
  { replace, aside }: { readonly replace: boolean; readonly aside: string },
): Restore {
  const stage = join(directory, STAGE);
  const there = () => readdirSync(directory).filter((name) => !NOT_DATA.has(name));
  const swapUnderWay = () => (existsSync(join(directory, MARK)) ? readSwap(directory) : null);
  return {
    async check() {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      // What stands in the midst of a swap is nobody's.
      if (there().length > 0 && !replace && swapUnderWay() === null) throw occupied(directory);
    },
    async mark() {
      writeMark(directory, swapUnderWay());
    },
    async put() {
      rmSync(stage, { recursive: true, force: true });
      cpSync(join(backup, EMBEDDED_FILES), stage, { recursive: true });
      const swap = swapUnderWay() ?? { aside, names: there() };
      writeMark(directory, swap);
      if (swap.names.length > 0) mkdirSync(swap.aside, { recursive: true, mode: 0o700 });
      for (const name of there()) {
        const from = join(directory, name);
        const to = join(swap.aside, name);
        if (swap.names.includes(name) && !existsSync(to)) renameSync(from, to);
        // Of a restore that was killed.
        else rmSync(from, { recursive: true });
      }
      for (const name of readdirSync(stage)) renameSync(join(stage, name), join(directory, name));
      return swap.names.length > 0 ? swap.aside : null;
    },
    async unmark() {
      rmdirSync(stage);
      rmSync(join(directory, MARK));
    },
  };
}

/** Restores a PostgreSQL database, which is emptied first. */
export function restoreOfPostgres(
  backup: string,
  url: string,
  { replace, env }: { readonly replace: boolean; readonly env: ToolEnvironment },
): Restore {
  const within = async (work: (db: Db) => Promise<void>): Promise<void> => {
    const db = openPostgres(url, { max: 1 });
    try {
      await work(db);
    } finally {
      await db.close();
    }
  };
  return {
    check: () =>
      within(async (db) => {
        if ((await countOtherSessions(db)) > 0) {
          throw new AppError("conflict", {
            detail: "A Candor process is connected to the database that would be replaced: stop it first.",
          });
        }
        if (!replace && (await hasTables(db)) && !(await isBeingRestored(db))) throw occupied("The database");
      }),
    mark: () => within(markRestoring),
    async put() {
      await within(replaceEverything);
      await restoreDatabase(url, join(backup, POSTGRES_FILE), env);
      return null;
    },
    unmark: () => within(unmarkRestoring),
  };
}
