import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine } from "./databases.ts";
import { EVENTS_PER_REQUEST } from "./load.ts";
import { loadText, postgresMeter } from "./machine.ts";
import type { BenchOptions } from "./options.ts";
import { MIX_TEXT } from "./population.ts";
import { mib, ms, percent, perItem, say, table, whole } from "./report.ts";
import { sayProfile } from "./say-profile.ts";
import { median, quantile } from "./statistics.ts";
import { complain, type Run, seededServer, stillBehind, streamer, WARM_UP_SECONDS } from "./windows.ts";

const LIMIT_ROWS = 100_000;

/** Formats the figure of one run, or the median of several. */
type Column = readonly [head: string, figure: (run: Run) => number, format: (n: number) => string];

const micros = (seconds: number): string => perItem(seconds, 1);

const RATES: readonly Column[] = [
  ["events/s", (r) => r.load.rate, whole],
  ["p50", (r) => quantile(r.load.latencies, 0.5), ms],
  ["p99", (r) => quantile(r.load.latencies, 0.99), ms],
  ["peak rss", (r) => r.server.peakRssBytes, mib],
  ["loop busy", (r) => r.server.loopBusy, percent],
  ["of 1 cpu: server", (r) => r.server.cpuSeconds / r.load.seconds, percent],
  ["client", (r) => r.load.clientCpuSeconds / r.load.seconds, percent],
  ["PG", (r) => (r.postgres?.connections ?? Number.NaN) / r.load.seconds, percent],
];

/** Processor time an event: other work on the machine changes it far less than it changes rates. */
const COSTS: readonly Column[] = [
  ["server, main thread", (r) => (r.server.mainThreadSeconds ?? Number.NaN) / r.load.accepted, micros],
  [
    "its other threads",
    (r) => (r.server.cpuSeconds - (r.server.mainThreadSeconds ?? Number.NaN)) / r.load.accepted,
    micros,
  ],
  ["PG connections", (r) => (r.postgres?.connections ?? Number.NaN) / r.load.accepted, micros],
  ["PG background", (r) => (r.postgres?.background ?? Number.NaN) / r.load.accepted, micros],
  ["client", (r) => r.load.clientCpuSeconds / r.load.accepted, micros],
];

function sayRuns(columns: readonly Column[], runs: readonly Run[]): void {
  const row = (name: string, of: readonly Run[]): string[] => [
    name,
    ...columns.map(([, figure, format]) => {
      const middle = median(of.map(figure));
      return Number.isNaN(middle) ? "-" : format(middle);
    }),
  ];
  say(
    table(
      ["run", ...columns.map(([head]) => head)],
      [...runs.map((r, i) => row(String(i + 1), [r])), row("median", runs)],
    ),
  );
}

/** One population: the windows, the limit of the engine in the same database, and the profile when asked for. */
async function measurePopulation(engine: Engine, options: BenchOptions): Promise<number> {
  say(`\n## Ingestion, ${engine}, ${whole(options.members)} existing members\n`);
  const windows = (options.runs + (options.profile ? 1 : 0)) * options.seconds + WARM_UP_SECONDS;
  const seeded = await seededServer(engine, options, windows, {
    instrument: options.profile,
    embeddedWithoutSync: options.embeddedWithoutSync,
  });
  const { server } = seeded;
  try {
    const before = await server.ask("facts", null);
    const settings = Object.entries(before.settings).map(([k, v]) => `${k}=${v}`);
    say(`${before.engineVersion}; ${settings.join(", ")}; ${loadText()}`);
    say(
      `${EVENTS_PER_REQUEST} events a request, ${options.connections} requests at once, ${options.seconds} s a run; ${MIX_TEXT}.\n`,
    );
    const run = streamer(seeded, options);
    await run(WARM_UP_SECONDS);
    const runs: Run[] = [];
    for (let i = 0; i < options.runs; i++) runs.push(await run(options.seconds));
    sayRuns(RATES, runs);
    say("\nProcessor time an event:\n");
    sayRuns(COSTS, runs);
    for (const { load } of runs) complain(load);
    const backends = await server.ask("backends", null);
    const meter = postgresMeter(backends);
    const settled = await server.ask("settle", null);
    const followed = meter?.read(await server.ask("backends", null)).connections;
    const stored = runs.reduce((sum, r) => sum + r.load.accepted, 0);
    const after = await server.ask("facts", null);
    say(
      `\n${whole(after.events - before.events)} events stored in all windows; ${whole(after.joined - before.joined)} visitors joined their member; ${whole(after.unnumbered)} stagings wait for the feed; ${loadText()}.`,
    );
    say(
      `Segments, levels and triggers, which stand back while events wait, had caught up ${settled.seconds.toFixed(1)} s after the last window${stillBehind(settled.behind)}: ${perItem(settled.cpuSeconds, stored)} of the server and ${perItem(followed, stored)} of PostgreSQL an event, beside what they did in the windows.`,
    );
    const limit = await server.ask("limit", { rows: LIMIT_ROWS, runs: Math.max(3, options.runs) });
    const [rate, bound] = [median(runs.map((r) => r.load.rate)), median(limit.rates)];
    say(
      `Limit: ${limit.method}, ${whole(limit.rows)} rows: ${whole(bound)} rows/s (${limit.rates.map(whole).join("; ")}). Ingestion is at ${percent(rate / bound)} of it.`,
    );
    if (options.profile) {
      const file = join(await mkdtemp(join(tmpdir(), "candor-bench-profile-")), "server.cpuprofile");
      sayProfile(await run(options.seconds, file));
    }
    return rate;
  } finally {
    await server.end();
  }
}

/** Rate of ingestion over HTTP in the stated mix, beside the limit of the engine, for each population asked for. */
export async function measureIngest(engine: Engine, options: BenchOptions): Promise<void> {
  let first: { members: number; rate: number } | undefined;
  for (const members of options.populations) {
    const rate = await measurePopulation(engine, { ...options, members });
    if (first === undefined) first = { members, rate };
    else
      say(
        `\nWith ${whole(members)} members ingestion runs at ${percent(rate / first.rate)} of its rate with ${whole(first.members)}.`,
      );
  }
}
