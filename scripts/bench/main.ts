/**
 * Measures Candor on this machine: `npm run bench -- [part…] [options]`, `--help` lists them. Prints Markdown, the
 * form of docs/benchmarks.md. Every server is started on stores of its own, which are removed at the end.
 */
import { measureCost } from "./cost.ts";
import { measureCsv } from "./csv.ts";
import { measureIngest } from "./ingest.ts";
import { loadText, machineText, paceText } from "./machine.ts";
import { readOptions } from "./options.ts";
import { say } from "./report.ts";
import { endServers } from "./server-process.ts";

const options = readOptions(process.argv.slice(2), process.env.CANDOR_BENCH_DATABASE_URL || null);
let stopping = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    stopping = true;
    void endServers().finally(() => process.exit(130));
  });
}

async function measure(): Promise<void> {
  say(`${machineText()}; ${loadText()}; ${paceText()}`);
  for (const engine of options.engines) {
    if (options.parts.includes("ingest")) await measureIngest(engine, options);
    if (options.parts.includes("csv")) await measureCsv(engine, options);
    if (options.parts.includes("cost")) await measureCost(engine, options);
  }
}

try {
  await measure();
} catch (error) {
  // A run that is told to stop loses its server in the middle of a request: no fault to report.
  if (!stopping) throw error;
}
