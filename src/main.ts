import { processIo, runCli } from "./cli/index.ts";

/** The command `candor`: runs one command line and leaves its exit code with the process. */
export async function main(argv: readonly string[]): Promise<void> {
  process.exitCode = await runCli(argv, processIo());
}
