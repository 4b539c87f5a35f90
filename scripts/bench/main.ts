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

const options = readOptions(process.argv.slice(2), process.env.CANDOR_BENCH_DATABASE_URL || null);
say(`${machineText()}; ${loadText()}; ${paceText()}`);
for (const engine of options.engines) {
  if (options.parts.includes("ingest")) await measureIngest(engine, options);
  if (options.parts.includes("csv")) await measureCsv(engine, options);
  if (options.parts.includes("cost")) await measureCost(engine, options);
}
