import type { Engine } from "./databases.ts";
import type { BenchOptions } from "./options.ts";
import { FEATURES, type Feature } from "./protocol.ts";
import { ms, percent, perItem, say, table, whole } from "./report.ts";
import { sayProfile } from "./say-profile.ts";
import type { MeasuredServer } from "./server-process.ts";
import { median, quantile } from "./statistics.ts";
import { complain, type Run, seededServer, streamer, WARM_UP_SECONDS } from "./windows.ts";

interface Variant {
  readonly name: string;
  readonly server: MeasuredServer;
  readonly without: readonly Feature[];
  readonly send: ReturnType<typeof streamer>;
  readonly runs: Run[];
}

/** Which statements belong to what, by the beginning of their text. */
const GROUPS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["keystore", /^keystore: /],
  ["feed: staging and sequencer", /change_stage|pg_try_advisory_xact_lock/],
  [
    "refold: shared identifiers, component, regrouping, contested list",
    /^select n\.bi|^with recursive reach|^select 1 from subject\b|^select subject_id as "subjectId", member_id|contested|identity_link|^select t\.id from|^with wanted as/,
  ],
  ["audit's sequencer", /audit_stage|^select pg_advisory_xact_lock/],
  ["waiting for a connection, begin, commit", /^\((?:waiting|commit)/],
  ["in transactions, between statements", /^\(in the transaction/],
  ["locking aggregates, which waits for other groups", /^select a\.subject_id/],
];

/** Time of statements for each thousand events, by what they belong to. */
function sayGroups(runs: readonly Run[]): void {
  const sums = new Map<string, number>([
    ...GROUPS.map(([name]) => [name, 0] as const),
    ["all other statements", 0],
  ]);
  for (const { server } of runs) {
    for (const { label, totalMs } of server.statements) {
      const name = GROUPS.find(([, pattern]) => pattern.test(label))?.[0] ?? "all other statements";
      sums.set(name, (sums.get(name) ?? 0) + totalMs);
    }
  }
  const events = runs.reduce((sum, r) => sum + r.load.accepted, 0);
  const total = [...sums.values()].reduce((a, b) => a + b, 0);
  say("\nTime of statements with everything on, as the main thread waits for them:\n");
  say(
    table(
      ["statements", "for 1,000 events", "share"],
      [...sums].map(([name, sum]) => [name, ms((sum / events) * 1_000), percent(sum / total)]),
    ),
  );
}

const WHAT: Readonly<Record<Feature, string>> = {
  keystore: "without the keystore's database (keys kept in memory)",
  refold: "without refold (shared identifiers regroup nobody)",
  feed: "without the feed (no staging, no sequencer's work)",
};

function rowOf(variant: Variant, base: number): string[] {
  const of = (pick: (run: Run) => number) => median(variant.runs.map(pick));
  const rate = of((r) => r.load.rate);
  return [
    variant.name,
    whole(rate),
    percent(rate / base),
    ms(of((r) => quantile(r.load.latencies, 0.99))),
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

/**
 * What parts of ingestion cost: the same stream with one of them left out at a time, the variants taking turns so
 * that a busy moment of the machine or a grown table touches all alike. On the embedded engine also without syncing
 * the write-ahead log, which needs a server of its own.
 */
export async function measureCost(engine: Engine, options: BenchOptions): Promise<void> {
  say(`\n## What parts cost, ${engine}, ${whole(options.members)} existing members\n`);
  const windows = (FEATURES.length + 1) * options.runs * options.seconds + 2 * WARM_UP_SECONDS;
  const ends: (() => Promise<void>)[] = [];
  try {
    const open = async (embeddedWithoutSync: boolean) => {
      const seeded = await seededServer(engine, options, windows, { instrument: true, embeddedWithoutSync });
      ends.push(() => seeded.server.end());
      const send = streamer(seeded, options);
      await send(WARM_UP_SECONDS);
      return { server: seeded.server, send };
    };
    const usual = await open(false);
    const all: Variant = { name: "everything on", ...usual, without: [], runs: [] };
    const variants: Variant[] = [
      all,
      ...FEATURES.map((f): Variant => ({ name: WHAT[f], ...usual, without: [f], runs: [] })),
    ];
    if (engine === "embedded") {
      const { server, send } = await open(true);
      variants.push({
        name: "without syncing the log (PGlite's default)",
        server,
        send,
        without: [],
        runs: [],
      });
      const { settings } = await server.ask("facts", null);
      if (settings.fsync !== "off") say("WRONG: the embedded engine still syncs its log.");
    }
    for (let round = 0; round < options.runs; round++) {
      for (let i = 0; i < variants.length; i++) {
        const variant = variants[(i + round) % variants.length] as Variant;
        await variant.server.ask("leaveOut", { features: variant.without });
        const run = await variant.send(options.seconds);
        complain(run.load);
        for (const feature of variant.without) {
          if (run.server.skipped[feature] === undefined)
            say(`WRONG: no statement of ${feature} was left out; see scripts/bench/leave-out.ts.`);
        }
        variant.runs.push(run);
      }
    }
    const base = median(all.runs.map((r) => r.load.rate));
    say(
      table(
        ["variant", "events/s", "of all on", "p99", "server cpu/event", "PG cpu/event"],
        variants.map((v) => rowOf(v, base)),
      ),
    );
    sayGroups(all.runs);
    const [last] = all.runs.slice(-1);
    if (last !== undefined) sayProfile(last);
  } finally {
    for (const end of ends) await end();
  }
}
