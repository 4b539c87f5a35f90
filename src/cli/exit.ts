/** What the command's exit code says. Part of the interface (docs/cli.md). */
export const EXIT = {
  ok: 0,
  /** Some rows or items were not stored, and `--strict` was given. */
  rejected: 1,
  /** The command was not understood, or a file it names could not be read or written. */
  usage: 2,
  /** No server could do it: unreachable, starting, overloaded, failing, or wrong settings. */
  server: 3,
  /** The server answered that it will not: unknown, forbidden, in conflict, not valid. */
  refused: 4,
  /** Ended by SIGINT. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends the command with a sentence for the person who typed it. Holds no personal data. */
export class CliError extends Error {
  readonly exitCode: ExitCode;
  /** What else is known, and what to do: a line each. */
  readonly lines: readonly string[];

  constructor(exitCode: ExitCode, message: string, lines: readonly string[] = []) {
    super(message);
    this.name = "CliError";
    this.exitCode = exitCode;
    this.lines = lines;
  }
}

export function usageError(message: string, ...lines: string[]): CliError {
  return new CliError(EXIT.usage, message, lines);
}
