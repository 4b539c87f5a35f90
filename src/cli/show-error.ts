import { AppError, PROBLEMS } from "../kernel/problems.ts";
import { CliError, EXIT, type ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";
import { printable } from "./text.ts";

/** Errors of the system that a person can do something about. */
const SYSTEM: Readonly<Record<string, string>> = {
  EADDRINUSE: "The port is taken by another program: set CANDOR_PORT to another, or stop the other.",
  EADDRNOTAVAIL: "CANDOR_HOST is no address of this machine.",
  EACCES:
    "The system does not allow this: look at the rights of the data directory, or at the port's number.",
  ENOSPC: "The disk is full.",
  EROFS: "The disk cannot be written to.",
  ECONNREFUSED: "The database does not answer: is it running where DATABASE_URL and KEYSTORE_URL say?",
  ENOTFOUND: "The database's host name is not known: look at DATABASE_URL and KEYSTORE_URL.",
  "28P01": "The database refused the password in DATABASE_URL or KEYSTORE_URL.",
  "28000": "The database refused the user in DATABASE_URL or KEYSTORE_URL.",
  "3D000": "There is no such database: create those that DATABASE_URL and KEYSTORE_URL name.",
};

/** Settings and requests are for the person to correct; all else is the server's. */
function exitCodeOf(error: AppError): ExitCode {
  return error.code === "directory-in-use" || error.status >= 500 ? EXIT.server : EXIT.refused;
}

function codeOf(error: unknown): string | undefined {
  for (let e = error, depth = 0; e instanceof Error && depth < 5; e = e.cause, depth++) {
    if ("code" in e && typeof e.code === "string" && Object.hasOwn(SYSTEM, e.code)) return e.code;
    // Node tries several addresses and gathers what each said.
    if (e instanceof AggregateError) {
      const [first] = e.errors as unknown[];
      const code = codeOf(first);
      if (code !== undefined) return code;
    }
  }
  return undefined;
}

/** Says on standard error what went wrong and what to do, and answers with the exit code. */
export function showError(error: unknown, io: Io): ExitCode {
  if (error instanceof CliError) {
    io.note(`candor: ${error.message}`, ...error.lines.map((line) => `  ${line}`));
    return error.exitCode;
  }
  if (error instanceof AppError) {
    const problems = error.errors?.map((e) => `${e.path} ${e.message} (${e.code})`);
    const told = problems ?? (error.detail === undefined ? [] : [error.detail]);
    io.note(
      `candor: ${PROBLEMS[error.code].title}`,
      ...[...told, `[${error.code}]`].map((line) => printable(`  ${line}`)),
    );
    return exitCodeOf(error);
  }
  const code = codeOf(error);
  if (code !== undefined) {
    io.note(`candor: ${SYSTEM[code]}`, `  [${code}]`);
    return EXIT.server;
  }
  // Not foreseen. A message may quote what was read, so the place is told and the message is not.
  const frames =
    error instanceof Error ? (error.stack ?? "").split("\n").filter((l) => /^\s+at /.test(l)) : [];
  const name = error instanceof Error ? error.name : typeof error;
  io.note(`candor: Something unforeseen went wrong (${name}).`, ...frames.slice(0, 6));
  return EXIT.server;
}
