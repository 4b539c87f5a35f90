import { Command, InvalidArgumentError } from "commander";
import { loadText, machineText } from "../bench/machine.ts";
import { formatSet, type SetReport, type SkippedSet } from "./report.ts";
import { DATA_SETS, runSet } from "./run.ts";

interface Options {
  readonly only: readonly string[];
  readonly json: boolean;
}

const NAMES = DATA_SETS.map((s) => s.set);

function namesOf(text: string): readonly string[] {
  const names = text.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !NAMES.includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`sets are ${NAMES.join(", ")}`);
  return names;
}

function readOptions(): Options {
  return new Command("real-data")
    .description(
      "Sends data sets that nobody on this project wrote through Candor's own doors, on an embedded installation " +
        "that is removed afterwards, and compares what is stored with an independent count of the raw files.",
    )
    .option("--only <sets>", `some of ${NAMES.join(",")}`, namesOf, NAMES)
    .option("--json", "print the report as JSON", false)
    .parse()
    .opts<Options>();
}

async function main(): Promise<void> {
  const { only, json } = readOptions();
  const reports: (SetReport | SkippedSet)[] = [];
  const machine = `${machineText()}; ${loadText()} at the start`;
  if (!json) console.log(`${machine}\n`);
  for (const set of DATA_SETS.filter((s) => only.includes(s.set))) {
    if (process.stderr.isTTY) process.stderr.write(`${set.set} …\r`);
    const report = await runSet(set);
    reports.push(report);
    if (!json) console.log(`${formatSet(report)}\n`);
  }
  const wrong = reports.flatMap((r) => ("skipped" in r ? [] : r.checks.filter((c) => !c.ok)));
  const skipped = reports.filter((r) => "skipped" in r);
  if (json) console.log(JSON.stringify({ machine, sets: reports }, null, 2));
  else {
    const checked = reports.reduce((n, r) => n + ("skipped" in r ? 0 : r.checks.length), 0);
    console.log(`${checked} checks, ${wrong.length} wrong; ${skipped.length} sets skipped.`);
  }
  if (wrong.length > 0) process.exitCode = 1;
}

await main();
