import { createInterface } from "node:readline/promises";
import { text } from "node:stream/consumers";

/** Where a command reads and writes. */
export interface Io {
  /** Lines that were asked for: standard output. */
  out(...lines: readonly string[]): void;
  /** What is said on the way, and errors: standard error. */
  note(...lines: readonly string[]): void;
  /** Where a progress bar may be drawn; null where nobody watches. */
  readonly screen: NodeJS.WriteStream | null;
  readonly stdin: AsyncIterable<Uint8Array>;
  /** All of standard input. */
  readStdin(): Promise<string>;
  /** Asks for a yes; null where nobody can answer. */
  confirm(question: string): Promise<boolean | null>;
  /** Resolves when the process is told to stop (SIGINT, SIGTERM, SIGHUP); a second time it ends at once. */
  untilStopped(): Promise<void>;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The input and output of this process. */
export function processIo(): Io {
  const { stdin, stdout, stderr } = process;
  // A reader that has seen enough (`candor … | head`) is no failure.
  for (const stream of [stdout, stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
  const write = (stream: NodeJS.WriteStream) => (lines: readonly string[]) => {
    if (lines.length > 0) stream.write(`${lines.join("\n")}\n`);
  };
  const [toOut, toErr] = [write(stdout), write(stderr)];
  return {
    out: (...lines) => toOut(lines),
    note: (...lines) => toErr(lines),
    screen: stderr.isTTY ? stderr : null,
    stdin,
    readStdin: () => text(stdin),
    async confirm(question) {
      if (!stdin.isTTY || !stderr.isTTY) return null;
      const lines = createInterface({ input: stdin, output: stderr });
      try {
        return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
      } finally {
        lines.close();
      }
    },
    untilStopped: () =>
      new Promise((resolve) => {
        let isTold = false;
        for (const signal of SIGNALS) {
          process.on(signal, () => {
            if (isTold) process.exit(128 + (signal === "SIGINT" ? 2 : signal === "SIGTERM" ? 15 : 1));
            isTold = true;
            resolve();
          });
        }
      }),
  };
}
