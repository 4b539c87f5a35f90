import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import pg from "pg";
import { Pool, request } from "undici";
import { WITHIN_MS } from "./administer.ts";
import { atRate } from "./at-rate.ts";
import type { Engine } from "./databases.ts";
import { loadText, postgresMeter } from "./machine.ts";
import { CHANNEL, PURPOSE, type Reader, registerMailer } from "./mailing-tool.ts";
import type { BenchOptions } from "./options.ts";
import type { Measured } from "./protocol.ts";
import { mib, ms, percent, perItem, say, table, whole } from "./report.ts";
import { sayProfile } from "./say-profile.ts";
import { ADMIN_KEY } from "./server-process.ts";
import { median, quantile, seeded } from "./statistics.ts";
import { seededServer, streamer } from "./windows.ts";
import { measureWithdrawals } from "./withdrawals.ts";

/** More members make the pulls longer, not other; of far fewer, most of a pull is its beginning. */
const MOST_MEMBERS = 20_000;
const LIMIT_PAGE = 500;
const QUESTIONS = 1_000;
const READS_A_SECOND = 200;
const WARM_UP_SECONDS = 3;
const COMMITS = 1_000;

interface PullRun {
  readonly profiles: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly aliases: readonly string[];
  readonly server: Measured;
  readonly postgres: number | undefined;
}

const PROFILE = Buffer.from('{"type":"profile"');
const ALIAS = /"member":"([0-9a-f-]{36})"/g;

async function pullOnce({ server, key }: Reader, profileInto: string | null): Promise<PullRun> {
  const meter = postgresMeter(await server.ask("backends", null));
  await server.ask("start", { profileInto });
  const from = performance.now();
  const answer = await request(`${server.url}/v1/profiles?purpose=${PURPOSE}&channel=${CHANNEL}`, {
    headers: { authorization: `Bearer ${key}`, "accept-encoding": "identity" },
    headersTimeout: WITHIN_MS,
    bodyTimeout: WITHIN_MS,
  });
  const chunks: Buffer[] = [];
  for await (const chunk of answer.body) chunks.push(chunk as Buffer);
  const seconds = (performance.now() - from) / 1_000;
  const measured = await server.ask("stop", null);
  const body = Buffer.concat(chunks);
  if (answer.statusCode !== 200)
    throw new Error(`a pull was answered with ${answer.statusCode}: ${body.toString()}`);
  let profiles = 0;
  for (let at = body.indexOf(PROFILE); at !== -1; at = body.indexOf(PROFILE, at + 1)) profiles++;
  const aliases = [...body.toString("utf8").matchAll(ALIAS)].map((m) => m[1] as string);
  return {
    profiles,
    bytes: body.length,
    seconds,
    aliases,
    server: measured,
    postgres: meter?.read(await server.ask("backends", null)).connections,
  };
}

/** What the database alone takes to give the same rows, page by page in the order of the members' ids. */
async function keysetLimit(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const from = performance.now();
    let after = "00000000-0000-0000-0000-000000000000";
    let members = 0;
    for (;;) {
      const { rows: page } = await client.query<{ id: string }>({
        name: "keyset",
        text: `select s.member_id as id, s.key_id, a.category, a.cell
          from (select member_id, subject_id, key_id from subject where member_id > $1 order by member_id limit ${LIMIT_PAGE}) s
          left join attribute_set a on a.subject_id = s.subject_id order by s.member_id`,
        values: [after],
      });
      const last = page.at(-1);
      if (last === undefined) break;
      members += new Set(page.map((row) => row.id)).size;
      after = last.id;
    }
    return members / ((performance.now() - from) / 1_000);
  } finally {
    await client.end();
  }
}

async function measurePull(reader: Reader, options: BenchOptions): Promise<PullRun> {
  const runs: PullRun[] = [await pullOnce(reader, null)];
  // Within a minute the store counts by itself what the first pull wrote; a short run would be over before.
  await reader.server.ask("rest", null);
  for (let i = 0; i < options.runs; i++) runs.push(await pullOnce(reader, null));
  const expected = runs[0]?.profiles;
  if (runs.some((r) => r.profiles !== expected)) say("WRONG: the pulls gave different numbers of profiles.");
  say(
    `\nBulk pull (\`GET /v1/profiles\`, NDJSON): name and contact opened, decided by consent on one channel, registered as disclosed and audited page by page; ${loadText()}.\n`,
  );
  say(
    table(
      [
        "pull",
        "profiles",
        "profiles/s",
        "of 1 cpu: server",
        "server cpu/profile",
        "PG cpu/profile",
        "peak rss",
      ],
      runs.map((r, i) => [
        i === 0 ? "first" : `warm ${i}`,
        whole(r.profiles),
        whole(r.profiles / r.seconds),
        percent(r.server.cpuSeconds / r.seconds),
        perItem(r.server.cpuSeconds, r.profiles),
        perItem(r.postgres, r.profiles),
        mib(r.server.peakRssBytes),
      ]),
    ),
  );
  const warm = median(runs.slice(1).map((r) => r.profiles / r.seconds));
  const { databaseUrl } = reader.server;
  if (databaseUrl === null) say(`\nWarm, median: ${whole(warm)} profiles/s.`);
  else {
    const limits: number[] = [];
    for (let i = 0; i < 3; i++) limits.push(await keysetLimit(databaseUrl));
    const bound = median(limits);
    say(
      `\nWarm, median: ${whole(warm)} profiles/s. Limit, a plain keyset read of the sealed rows by one client: ${whole(bound)} members/s (${limits.map(whole).join("; ")}); the pull is at ${percent(warm / bound)} of it.`,
    );
  }
  return runs.at(-1) as PullRun;
}

/** Batches of 1,000 questions, one after the other, as a campaign tool asks before it sends. */
async function measureDecisions(reader: Reader, seconds: number): Promise<void> {
  const { server } = reader;
  const ids = await server.ask("memberIds", null);
  const random = seeded(11);
  const body = () =>
    JSON.stringify({
      decisions: Array.from({ length: QUESTIONS }, () => ({
        memberId: ids[Math.floor(random() * ids.length)],
        purpose: PURPOSE,
        channel: CHANNEL,
      })),
    });
  const latencies: number[] = [];
  const pool = new Pool(server.url, { connections: 1 });
  const ask = async (): Promise<void> => {
    const text = body();
    const from = performance.now();
    const answer = await pool.request({
      method: "POST",
      path: "/v1/decisions",
      headers: { authorization: `Bearer ${ADMIN_KEY}`, "content-type": "application/json" },
      body: text,
    });
    const answered = await answer.body.text();
    if (answer.statusCode !== 200)
      throw new Error(`decisions were answered with ${answer.statusCode}: ${answered}`);
    latencies.push(performance.now() - from);
  };
  for (let i = 0; i < 5; i++) await ask();
  latencies.length = 0;
  await server.ask("start", { profileInto: null });
  const until = performance.now() + seconds * 1_000;
  while (performance.now() < until) await ask();
  const measured = await server.ask("stop", null);
  await pool.close();
  say(
    `\n\`POST /v1/decisions\`, ${whole(QUESTIONS)} questions about ${whole(ids.length)} members, one request after the other: p50 ${ms(quantile(latencies, 0.5))}, p99 ${ms(quantile(latencies, 0.99))} over ${whole(latencies.length)} requests; ${perItem(measured.cpuSeconds, latencies.length * QUESTIONS)} of the server's processor time a question; ${loadText()}.`,
  );
}

/** What the database alone takes to commit one row, one after the other with pauses as long as those between reads. */
async function commitLimit(url: string): Promise<readonly number[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("create table bench_commit (n int primary key)");
    const latencies: number[] = [];
    for (let n = 0; n < COMMITS; n++) {
      const from = performance.now();
      await client.query({ name: "commit", text: "insert into bench_commit values ($1)", values: [n] });
      latencies.push(performance.now() - from);
      await new Promise((wake) => setTimeout(wake, 1_000 / READS_A_SECOND));
    }
    return latencies;
  } finally {
    await client.end();
  }
}

/** Single reads at a fixed rate. */
async function measureSingles(reader: Reader, aliases: readonly string[], seconds: number): Promise<void> {
  const { server, key } = reader;
  const random = seeded(12);
  const sent = await atRate(
    server,
    { perSecond: READS_A_SECOND, seconds, connections: 16, warmUpSeconds: WARM_UP_SECONDS },
    () => {
      const alias = aliases[Math.floor(random() * aliases.length)] as string;
      return {
        method: "GET",
        path: `/v1/profiles/${alias}?purpose=${PURPOSE}&channel=${CHANNEL}`,
        headers: { authorization: `Bearer ${key}` },
      };
    },
  );
  if (sent.failed > 0) say(`WRONG: ${whole(sent.failed)} single reads were not answered.`);
  say(
    `\nSingle reads (\`GET /v1/profiles/{member}\`) at ${READS_A_SECOND} a second, after ${WARM_UP_SECONDS} s of warm-up, latency from when each was due: p50 ${ms(quantile(sent.latencies, 0.5))}, p99 ${ms(quantile(sent.latencies, 0.99))} over ${whole(sent.latencies.length)} reads; ${perItem(sent.server.cpuSeconds, sent.total)} of the server's processor time a read; ${loadText()}.`,
  );
  const { databaseUrl } = server;
  if (databaseUrl === null) return;
  const commits = await commitLimit(databaseUrl);
  say(
    `\nLimit, a commit of one row by one client, ${READS_A_SECOND} a second at most, right after them: p50 ${ms(quantile(commits, 0.5))}, p99 ${ms(quantile(commits, 0.99))}. A read is registered and audited before its first byte leaves, so it waits for one.`,
  );
}

/** Reads that consent binds: bulk pull, batches of decisions, single profiles, and how soon a withdrawal is seen. */
export async function measureReads(engine: Engine, options: BenchOptions): Promise<void> {
  const members = Math.min(options.members, MOST_MEMBERS);
  say(`\n## Reads, ${engine}, ${whole(members)} members\n`);
  const seeded = await seededServer(engine, { ...options, members }, 0, {
    instrument: false,
    embeddedWithoutSync: options.embeddedWithoutSync,
  });
  try {
    const reader = await registerMailer(seeded.server);
    const last = await measurePull(reader, options);
    await seeded.server.ask("rest", null);
    await measureDecisions(reader, options.seconds);
    await seeded.server.ask("rest", null);
    await measureSingles(reader, last.aliases, options.seconds);
    await seeded.server.ask("rest", null);
    await measureWithdrawals(reader, streamer(seeded, { ...options, members }), options.seconds);
    if (options.profile) {
      const file = join(await mkdtemp(join(tmpdir(), "candor-bench-profile-")), "server.cpuprofile");
      const profiled = await pullOnce(reader, file);
      sayProfile({ server: profiled.server, waits: [] });
    }
  } finally {
    await seeded.server.end();
  }
}
