import { performance } from "node:perf_hooks";
import { Readable } from "node:stream";
import { request } from "undici";
import type { Engine } from "./databases.ts";
import { postgresMeter } from "./machine.ts";
import type { BenchOptions } from "./options.ts";
import { mib, percent, perItem, say, table, whole } from "./report.ts";
import { type MeasuredServer, type RegisteredSource, startServer } from "./server-process.ts";
import { median } from "./statistics.ts";
import { BAD_ROW_EVERY, tillFile } from "./till-file.ts";

/** A file of a million rows on a slow machine takes longer than a client waits by default. */
const ANSWER_WITHIN_MS = 3_600_000;

interface Counts {
  readonly accepted: number;
  readonly duplicate: number;
  readonly quarantined: number;
  readonly refused: number;
}

interface FileRun {
  readonly counts: Counts;
  readonly rate: number;
  readonly peakRss: number;
  readonly serverCpu: number;
  readonly postgresCpu: number | undefined;
  readonly seconds: number;
}

async function sendFile(
  server: MeasuredServer,
  till: RegisteredSource,
  name: string,
  options: BenchOptions,
): Promise<FileRun> {
  const pieces = tillFile({
    name,
    rows: options.rows,
    members: options.members,
    until: new Date(Date.now() - 60_000),
  });
  await server.ask("rest", null);
  const meter = postgresMeter(await server.ask("backends", null));
  await server.ask("start", { profileInto: null });
  const from = performance.now();
  const answer = await request(`${server.url}/v1/sources/${till.id}/files`, {
    method: "POST",
    headers: { authorization: `Bearer ${till.writeKey}`, "content-type": "text/csv" },
    body: Readable.from(pieces, { objectMode: false }),
    headersTimeout: ANSWER_WITHIN_MS,
    bodyTimeout: ANSWER_WITHIN_MS,
  });
  const text = await answer.body.text();
  const seconds = (performance.now() - from) / 1_000;
  if (answer.statusCode !== 200) throw new Error(`the file was answered with ${answer.statusCode}: ${text}`);
  const { counts } = JSON.parse(text) as { counts: Counts };
  const measured = await server.ask("stop", null);
  return {
    counts,
    seconds,
    rate: options.rows / seconds,
    peakRss: measured.peakRssBytes,
    serverCpu: measured.cpuSeconds,
    postgresCpu: meter?.read(await server.ask("backends", null)).connections,
  };
}

/** Rate and memory of a till file that streams in. */
export async function measureCsv(engine: Engine, options: BenchOptions): Promise<void> {
  say(`\n## CSV import, ${engine}, ${whole(options.rows)} rows a file\n`);
  const server = await startServer(engine, options.serverUrl, {
    instrument: false,
    embeddedWithoutSync: options.embeddedWithoutSync,
  });
  try {
    const till = await server.source({
      name: "Measured till",
      kind: "pos",
      currency: "GBP",
      region: "GB",
      timeZone: "Europe/London",
    });
    say(
      `Receipts of three lines on average, ${whole(options.members)} cards (new in the first file, known in the others), one row in ${whole(BAD_ROW_EVERY)} unreadable.\n`,
    );
    const runs: FileRun[] = [];
    for (let i = 1; i <= options.runs; i++) runs.push(await sendFile(server, till, `F${i}`, options));
    const row = (name: string, r: FileRun): string[] => [
      name,
      whole(r.rate),
      whole(r.counts.accepted),
      whole(r.counts.quarantined),
      mib(r.peakRss),
      percent(r.serverCpu / r.seconds),
      perItem(r.serverCpu, options.rows),
      perItem(r.postgresCpu, options.rows),
    ];
    say(
      table(
        [
          "file",
          "rows/s",
          "accepted",
          "quarantined",
          "peak rss",
          "cpu server",
          "server cpu/row",
          "PG cpu/row",
        ],
        runs.map((r, i) => row(String(i + 1), r)),
      ),
    );
    say(
      `\nMedian ${whole(median(runs.map((r) => r.rate)))} rows/s; highest resident memory ${mib(Math.max(...runs.map((r) => r.peakRss)))}.`,
    );
  } finally {
    await server.end();
  }
}
