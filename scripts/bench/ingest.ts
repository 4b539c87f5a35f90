import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine } from "./databases.ts";
import { drive, EVENTS_PER_REQUEST, type LoadResult, prepareBodies } from "./load.ts";
import { postgresMeter } from "./machine.ts";
import { type BenchOptions, CEILING } from "./options.ts";
import { MIX, MIX_TEXT, mixedStream } from "./population.ts";
import type { Measured } from "./protocol.ts";
import { mib, ms, percent, perItem, say, table, whole } from "./report.ts";
import { type MeasuredServer, type RegisteredSource, startServer } from "./server-process.ts";
import { median, quantile } from "./statistics.ts";
import { sampleWaits, type WaitCount } from "./waits.ts";

const WARM_UP_SECONDS = 3;
const LIMIT_ROWS = 100_000;

export interface Run {
  readonly load: LoadResult;
  readonly server: Measured;
  readonly postgres: { connections: number; background: number } | null;
  /** Only of a profiled window on PostgreSQL. */
  readonly waits: readonly WaitCount[];
}

/** A server with members, and the web shop that they came from. */
export interface SeededServer {
  readonly server: MeasuredServer;
  readonly shop: RegisteredSource;
}

/** Guests that one window of so many seconds can use up. */
export function guestsFor(seconds: number): number {
  return Math.ceil(CEILING * seconds * MIX.merges * 1.1);
}

/** Sends windows of the stated mix to one server, each with people and guests of its own. */
export function streamer(
  { server, shop }: SeededServer,
  options: Pick<BenchOptions, "members" | "connections">,
) {
  let windows = 0;
  let guest = 0;
  return async (seconds: number, profileInto: string | null = null): Promise<Run> => {
    const guests = guestsFor(seconds);
    windows++;
    const stream = mixedStream({
      name: `w${windows}`,
      seed: windows,
      members: options.members,
      firstGuest: guest,
      guests,
      at: new Date(Date.now() - 60_000),
    });
    guest += guests;
    const bodies = prepareBodies(stream, Math.ceil((CEILING * seconds) / EVENTS_PER_REQUEST));
    await server.ask("analyze", null);
    const meter = postgresMeter(await server.ask("backends", null));
    const sampler =
      profileInto === null || server.databaseUrl === null ? null : await sampleWaits(server.databaseUrl);
    await server.ask("start", { profileInto });
    const load = await drive({ url: server.url, writeKey: shop.writeKey }, bodies, {
      connections: options.connections,
      seconds,
    });
    const measured = await server.ask("stop", null);
    const postgres = meter?.read(await server.ask("backends", null)) ?? null;
    return { load, server: measured, postgres, waits: (await sampler?.end()) ?? [] };
  };
}

function cpuShare(seconds: number | undefined, window: number): string {
  return seconds === undefined ? "-" : percent(seconds / window);
}

function rowOf(name: string, { load, server, postgres }: Run): string[] {
  return [
    name,
    whole(load.rate),
    ms(quantile(load.latencies, 0.5)),
    ms(quantile(load.latencies, 0.99)),
    mib(server.peakRssBytes),
    cpuShare(server.cpuSeconds, load.seconds),
    percent(server.loopBusy),
    cpuShare(load.clientCpuSeconds, load.seconds),
    cpuShare(postgres?.connections, load.seconds),
    cpuShare(postgres?.background, load.seconds),
    perItem(server.cpuSeconds, load.accepted),
    perItem(postgres?.connections, load.accepted),
  ];
}

const HEAD = [
  "run",
  "events/s",
  "p50",
  "p99",
  "peak rss",
  "cpu server",
  "loop busy",
  "cpu client",
  "cpu PG",
  "cpu PG bg",
  "server/event",
  "PG/event",
];

function medianRow(runs: readonly Run[]): string[] {
  const of = (pick: (run: Run) => number | undefined) => median(runs.map((r) => pick(r) ?? Number.NaN));
  const share = (pick: (run: Run) => number | undefined) => {
    const m = of((r) => (pick(r) ?? Number.NaN) / r.load.seconds);
    return Number.isNaN(m) ? "-" : percent(m);
  };
  return [
    "median",
    whole(of((r) => r.load.rate)),
    ms(of((r) => quantile(r.load.latencies, 0.5))),
    ms(of((r) => quantile(r.load.latencies, 0.99))),
    mib(of((r) => r.server.peakRssBytes)),
    share((r) => r.server.cpuSeconds),
    percent(of((r) => r.server.loopBusy)),
    share((r) => r.load.clientCpuSeconds),
    share((r) => r.postgres?.connections),
    share((r) => r.postgres?.background),
    perItem(
      of((r) => r.server.cpuSeconds / r.load.accepted),
      1,
    ),
    perItem(
      of((r) => (r.postgres?.connections ?? Number.NaN) / r.load.accepted),
      1,
    ),
  ];
}

/** Starts a server and fills it with members, so that windows can be measured on it. */
export async function seededServer(
  engine: Engine,
  options: BenchOptions,
  windowsSeconds: number,
  start: { instrument: boolean; embeddedWithoutSync: boolean },
): Promise<SeededServer> {
  const server = await startServer(engine, options.serverUrl, start);
  try {
    const shop = await server.source({
      name: "Measured shop",
      kind: "web",
      currency: "GBP",
      region: "GB",
      timeZone: "Europe/London",
    });
    const guests = guestsFor(windowsSeconds);
    const seeded = await server.ask("seed", { sourceId: shop.id, members: options.members, guests });
    say(
      `Seeded ${whole(options.members)} members and ${whole(guests)} visitors in ${seeded.seconds.toFixed(1)} s (${whole(seeded.events / seeded.seconds)} events/s, without HTTP).`,
    );
    return { server, shop };
  } catch (error) {
    await server.end();
    throw error;
  }
}

/** Says of a run what must not be: answers other than accepted, prepared requests that ran out. */
export function complain(load: LoadResult): void {
  if (load.other > 0) say(`WRONG: ${whole(load.other)} events were not accepted.`);
  if (load.ranOut) say(`NOTE: the prepared requests were used up after ${load.seconds.toFixed(1)} s.`);
}

/** Functions of one run's profile, statements by their time, and what PostgreSQL waited for. */
export function sayProfile({ server, waits }: Run): void {
  if (server.profile !== null) {
    say(`\nMain thread by function (whole profile: ${server.profile.file}):\n`);
    say(
      table(
        ["function", "self", "share"],
        server.profile.functions.map((f) => [`${f.name} ${f.place}`, ms(f.selfMs), percent(f.share)]),
      ),
    );
  }
  if (server.statements.length > 0) {
    say(`\nStatements, as the main thread waits for them (window of ${server.seconds.toFixed(1)} s):\n`);
    say(
      table(
        ["statement", "sum", "count", "mean"],
        server.statements
          .slice(0, 40)
          .map((s) => [
            s.label.replaceAll("|", "\\|"),
            ms(s.totalMs),
            whole(s.count),
            ms(s.totalMs / s.count),
          ]),
      ),
    );
  }
  sayWaits(waits);
}

function sayWaits(waits: readonly WaitCount[]): void {
  if (waits.length === 0) return;
  const total = waits.reduce((sum, w) => sum + w.samples, 0);
  say("\nWhat our connections did inside statements and transactions, by samples:\n");
  say(
    table(
      ["doing", "samples", "share"],
      waits
        .slice(0, 30)
        .map((w) => [w.state.replaceAll("|", "\\|"), whole(w.samples), percent(w.samples / total)]),
    ),
  );
}

/** Rate of ingestion over HTTP in the stated mix, beside the limit of the engine. */
export async function measureIngest(engine: Engine, options: BenchOptions): Promise<void> {
  say(`\n## Ingestion, ${engine}, ${whole(options.members)} existing members\n`);
  const windows = options.runs * options.seconds + WARM_UP_SECONDS + (options.profile ? options.seconds : 0);
  const seeded = await seededServer(engine, options, windows, {
    instrument: options.profile,
    embeddedWithoutSync: options.embeddedWithoutSync,
  });
  const { server } = seeded;
  try {
    const before = await server.ask("facts", null);
    const settings = Object.entries(before.settings).map(([k, v]) => `${k}=${v}`);
    say(`${before.engineVersion}; ${settings.join(", ")}`);
    say(
      `${EVENTS_PER_REQUEST} events a request, ${options.connections} requests at once, ${options.seconds} s a run; ${MIX_TEXT}.\n`,
    );
    const run = streamer(seeded, options);
    await run(WARM_UP_SECONDS);
    const runs: Run[] = [];
    for (let i = 0; i < options.runs; i++) runs.push(await run(options.seconds));
    say(table(HEAD, [...runs.map((r, i) => rowOf(String(i + 1), r)), medianRow(runs)]));
    for (const { load } of runs) complain(load);
    const after = await server.ask("facts", null);
    const stored = after.events - before.events;
    say(
      `\n${whole(stored)} events stored in all windows; ${whole(after.joined - before.joined)} visitors joined their member; ${whole(after.unnumbered)} stagings wait for the feed.`,
    );
    const limit = await server.ask("limit", { rows: LIMIT_ROWS, runs: Math.max(3, options.runs) });
    const [rate, bound] = [median(runs.map((r) => r.load.rate)), median(limit.rates)];
    say(
      `Limit: ${limit.method}, ${whole(limit.rows)} rows: ${whole(bound)} rows/s (${limit.rates.map(whole).join(", ")}). Ingestion is at ${percent(rate / bound)} of it.`,
    );
    if (options.profile) {
      const file = join(await mkdtemp(join(tmpdir(), "candor-bench-profile-")), "server.cpuprofile");
      sayProfile(await run(options.seconds, file));
    }
  } finally {
    await server.end();
  }
}
