import { spawn } from "node:child_process";
import { AppError } from "../../kernel/problems.ts";

/** By which the server knows PostgreSQL's own programs when they work for Candor. */
export const BACKUP_SESSION = "candor-backup";

/** The names under which PostgreSQL's programs read a connection, so that a password never stands in a command line. */
function connectionOf(url: string): Record<string, string> {
  const parsed = new URL(url.replace("@/", "@localhost/"));
  const read = (name: string) => parsed.searchParams.get(name);
  const all: Record<string, string | null> = {
    PGHOST: read("host") ?? (parsed.hostname.replace(/^\[|\]$/g, "") || null),
    PGPORT: read("port") ?? (parsed.port || null),
    PGUSER: decodeURIComponent(parsed.username) || null,
    PGPASSWORD: decodeURIComponent(parsed.password) || null,
    PGDATABASE: decodeURIComponent(parsed.pathname.slice(1)) || null,
    PGSSLMODE: read("sslmode"),
    PGAPPNAME: BACKUP_SESSION,
  };
  return Object.fromEntries(Object.entries(all).filter((e): e is [string, string] => e[1] !== null));
}

/** What the tools may see of this process's environment. */
export interface ToolEnvironment {
  readonly PATH?: string;
  readonly HOME?: string;
}

async function run(program: string, args: readonly string[], env: Record<string, string>): Promise<void> {
  const child = spawn(program, args, { env, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (piece: Buffer) => {
    if (said.length < 2_000) said += piece.toString("utf8");
  });
  const code = await new Promise<number | "missing">((resolve, reject) => {
    child.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "ENOENT" ? resolve("missing") : reject(error),
    );
    child.once("close", (exit) => resolve(exit ?? 1));
  });
  if (code === 0) return;
  throw new AppError("store-unavailable", {
    detail:
      code === "missing"
        ? `${program} is not installed: a backup of PostgreSQL is made and read by PostgreSQL's own client programs.`
        : `${program} ended with ${code}: ${said.split("\n")[0] ?? ""}`,
  });
}

/** Writes one consistent snapshot of a database into a file (pg_dump's custom format). */
export function dumpDatabase(url: string, file: string, env: ToolEnvironment): Promise<void> {
  return run("pg_dump", ["--format=custom", "--no-owner", "--no-privileges", `--file=${file}`], {
    ...env,
    ...connectionOf(url),
  });
}

/** Reads such a file into an empty database, all or nothing. */
export function restoreDatabase(url: string, file: string, env: ToolEnvironment): Promise<void> {
  const connection = connectionOf(url);
  return run(
    "pg_restore",
    [
      "--no-owner",
      "--no-privileges",
      "--single-transaction",
      "--exit-on-error",
      `--dbname=${connection.PGDATABASE ?? ""}`,
      file,
    ],
    { ...env, ...connection },
  );
}
