import { Command, InvalidArgumentError, Option } from "commander";
import type { Engine } from "./databases.ts";

export const PARTS = [
  "ingest",
  "csv",
  "cost",
  "reads",
  "submissions",
  "rights",
  "rotation",
  "console",
  "decide",
] as const;
export type Part = (typeof PARTS)[number];

export interface BenchOptions {
  readonly parts: readonly Part[];
  readonly engines: readonly Engine[];
  readonly serverUrl: string | null;
  readonly members: number;
  /** Populations to measure ingestion over, each on a server of its own; the first is `members`. */
  readonly populations: readonly number[];
  readonly seconds: number;
  readonly runs: number;
  readonly connections: number;
  /** Rows of the generated file. */
  readonly rows: number;
  /** How long one section may take before it is stopped and the next begins. */
  readonly minutes: number;
  readonly profile: boolean;
  readonly embeddedWithoutSync: boolean;
}

/** Events a second for which requests are prepared: more than any engine here takes. */
export const CEILING = 20_000;

function count(text: string): number {
  const n = Number(text.replaceAll("_", ""));
  if (!Number.isSafeInteger(n) || n < 1) throw new InvalidArgumentError("must be a whole number above 0");
  return n;
}

function counts(text: string): number[] {
  return text.split(",").map(count);
}

function duration(text: string): number {
  const n = Number(text);
  if (!(n > 0 && n <= 600)) throw new InvalidArgumentError("must be a number of seconds up to 600");
  return n;
}

/** Reads the command line; ends the process with a message when it is wrong. */
export function readOptions(argv: readonly string[], serverUrl: string | null): BenchOptions {
  const command = new Command("npm run bench --")
    .description("Measures Candor on this machine. Without a part: all of them.")
    .argument("[part...]", `what to measure: ${PARTS.join(", ")}`)
    .addOption(
      new Option(
        "--engine <engine>",
        "PostgreSQL needs CANDOR_BENCH_DATABASE_URL, a server to make databases on",
      )
        .choices(["postgres", "embedded", "both"])
        .default(serverUrl === null ? "embedded" : "both"),
    )
    .option("--members <n,…>", "existing members; several are compared by ingest", counts, [50_000])
    .option("--seconds <n>", "length of a measured window", duration, 10)
    .option("--runs <n>", "measured windows; medians of at least three are worth quoting", count, 3)
    .option("--connections <n>", "requests under way at once", count, 16)
    .option("--rows <n>", "rows of the generated till file", count, 200_000)
    .option("--minutes <n>", "longest time of one section", duration, 15)
    .option("--profile", "say where the server's time goes, by function and by statement", false)
    .option("--without-sync", "the embedded engine with its own default: commits not synced", false)
    .parse([...argv], { from: "user" });
  const parts = command.args as Part[];
  for (const part of parts) {
    if (!PARTS.includes(part))
      command.error(`error: no part is called '${part}'; there are ${PARTS.join(", ")}`);
  }
  const given = command.opts<{
    engine: Engine | "both";
    members: number[];
    seconds: number;
    runs: number;
    connections: number;
    rows: number;
    minutes: number;
    profile: boolean;
    withoutSync: boolean;
  }>();
  if (given.engine !== "embedded" && serverUrl === null)
    command.error("error: PostgreSQL needs CANDOR_BENCH_DATABASE_URL: a server to make databases on");
  const { engine, withoutSync, members, ...rest } = given;
  return {
    ...rest,
    members: members[0] as number,
    populations: members,
    parts: parts.length === 0 ? PARTS : parts,
    engines: engine === "both" ? ["postgres", "embedded"] : [engine],
    serverUrl,
    embeddedWithoutSync: withoutSync,
  };
}
