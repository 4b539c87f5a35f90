/**
 * Measures Candor on this machine: `npm run bench -- [part…] [options]`, `--help` lists them. Prints Markdown, the
 * form of docs/benchmarks.md. Every server is started on stores of its own, which are removed at the end.
 */
import { measureConsole } from "./console.ts";
import { measureCost } from "./cost.ts";
import { measureCsv } from "./csv.ts";
import { measureDecide } from "./decide.ts";
import { measureIngest } from "./ingest.ts";
import { loadText, machineText, paceText } from "./machine.ts";
import { readOptions } from "./options.ts";
import { measureReads } from "./reads.ts";
import { say } from "./report.ts";
import { measureRights } from "./rights.ts";
import { measureRotation } from "./rotation.ts";
import { endServers } from "./server-process.ts";
import { measureSubmissions } from "./submissions.ts";

const options = readOptions(process.argv.slice(2), process.env.CANDOR_BENCH_DATABASE_URL || null);
let stopping = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    stopping = true;
    void endServers().finally(() => process.exit(130));
  });
}

let failed = false;

/** Runs one section; when it fails or takes longer than `--minutes`, that is said and the next one has its turn. */
async function section(name: string, work: () => Promise<void> | void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`not finished within ${options.minutes} minutes`)),
      options.minutes * 60_000,
    );
  });
  try {
    await Promise.race([Promise.resolve(work()), late]);
  } catch (error) {
    if (stopping) throw error;
    failed = true;
    say(`\nSECTION ${name} STOPPED: ${error instanceof Error ? error.message : String(error)}`);
    await endServers();
  } finally {
    clearTimeout(timer);
  }
}

async function measure(): Promise<void> {
  say(`${machineText()}; ${loadText()}; ${paceText()}`);
  for (const engine of options.engines) {
    for (const [part, work] of [
      ["ingest", measureIngest],
      ["csv", measureCsv],
      ["reads", measureReads],
      ["submissions", measureSubmissions],
      ["cost", measureCost],
      ["rights", measureRights],
      ["rotation", measureRotation],
      ["console", measureConsole],
    ] as const)
      if (options.parts.includes(part)) await section(`${part}, ${engine},`, () => work(engine, options));
  }
  if (options.parts.includes("decide")) await section("decide", () => measureDecide(options.runs));
}

try {
  await measure();
  // A section that was stopped may still hold requests to a server that is gone.
  process.exit(failed ? 1 : 0);
} catch (error) {
  // A run that is told to stop loses its server in the middle of a request: no fault to report.
  if (!stopping) throw error;
}
