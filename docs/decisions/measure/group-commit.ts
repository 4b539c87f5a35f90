/**
 * The figures of 0001-postgresql-and-pglite.md and 0004-worker-thread-for-pglite.md:
 *
 *   scripts/ci/with-postgres node --import tsx docs/decisions/measure/group-commit.ts
 */
import { createCipheriv, randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { PGlite } from "@electric-sql/pglite";
import { type Db, hex, openPglite, openPostgres, rows, type Sql, sql } from "../../../src/db/index.ts";
import { each, machine, median, printRate, timed } from "./figures.ts";

const GROUP = 1_000;
const GROUPS = 20;
const SINGLES = 1_000;
const RUNS = 3;

const SCHEMA = `
  create table measured_event (
    id uuid primary key, subject_id uuid not null, message bytea not null unique,
    occurred_at timestamptz not null, cell bytea not null);
  create index on measured_event (subject_id, occurred_at);
  create table measured_total (subject_id uuid primary key, events int not null, newest timestamptz not null);`;

const SUBJECTS = Array.from({ length: 5_000 }, () => randomUUID());
const KEY = randomBytes(32);

/** A sealed cell of 300 bytes, as an ordinary event has: the work of the main thread in this measurement. */
function seal(): Buffer {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", KEY, iv);
  return Buffer.concat([iv, cipher.update(Buffer.alloc(272, 7)), cipher.final(), cipher.getAuthTag()]);
}

function makeGroup(size: number): object[] {
  return Array.from({ length: size }, (_, i) => ({
    id: randomUUID(),
    subject_id: SUBJECTS[(i * 7919) % SUBJECTS.length],
    message: hex(randomBytes(16)),
    occurred_at: "2026-01-01T00:00:00Z",
    cell: hex(seal()),
  }));
}

const insertEvents = (group: readonly object[]): Sql => sql`
  insert into measured_event (id, subject_id, message, occurred_at, cell)
  select id, subject_id, message, occurred_at, cell
  from jsonb_to_recordset(${rows(group)}::jsonb)
    as t(id uuid, subject_id uuid, message bytea, occurred_at timestamptz, cell bytea)
  on conflict (message) do nothing`;

const addTotals = (group: readonly object[]): Sql => sql`
  insert into measured_total (subject_id, events, newest)
  select subject_id, count(*), max(occurred_at)
  from jsonb_to_recordset(${rows(group)}::jsonb) as t(subject_id uuid, occurred_at timestamptz)
  group by subject_id order by subject_id
  on conflict (subject_id) do update
    set events = measured_total.events + excluded.events, newest = greatest(measured_total.newest, excluded.newest)`;

async function commitGroup(db: Db, group: readonly object[]): Promise<void> {
  await db.tx(async (tx) => {
    await tx.query(insertEvents(group));
    await tx.query(addTotals(group));
  });
}

async function measureEngine(label: string, db: Db, width: number): Promise<void> {
  await db.tx((tx) => tx.exec(SCHEMA));
  const wipe = () => db.tx((tx) => tx.exec("truncate measured_event, measured_total"));
  await printRate(
    `${label}: 1,000 rows a transaction, ${width} in flight`,
    GROUP * GROUPS,
    RUNS,
    async () => {
      await wipe();
      const groups = Array.from({ length: GROUPS }, () => makeGroup(GROUP));
      return timed(() => each(GROUPS, width, (i) => commitGroup(db, groups[i] as object[])));
    },
  );
  await printRate(`${label}: one row a transaction, ${width} in flight`, SINGLES, RUNS, async () => {
    await wipe();
    const groups = Array.from({ length: SINGLES }, () => makeGroup(1));
    return timed(() => each(SINGLES, width, (i) => commitGroup(db, groups[i] as object[])));
  });
}

/** The embedded engine on the main thread, behind the same interface, for comparison only. */
async function openOnMainThread(directory: string): Promise<Db> {
  const engine = new PGlite({
    dataDir: directory,
    startParams: [
      ...PGlite.defaultStartParams.filter((p) => p !== "-F"),
      "-c",
      "wal_sync_method=open_datasync",
    ],
  });
  await engine.waitReady;
  const query = async <R>(statement: Sql) =>
    (await engine.query<R>(statement.text, [...statement.values])).rows;
  const tx: Db["tx"] = (work) =>
    engine.transaction((inner) =>
      work({
        query: async <R>(s: Sql) => (await inner.query<R>(s.text, [...s.values])).rows,
        exec: async (script) => void (await inner.exec(script)),
      }),
    ) as never;
  return { engine: "pglite", query, tx, retryingTx: tx, close: () => engine.close() };
}

/** Sealing the next group while the last one is being stored, as ingestion does; also how long callers wait. */
async function measureBeside(label: string, db: Db): Promise<void> {
  await db.tx((tx) => tx.exec(SCHEMA));
  const delays: number[] = [];
  await printRate(`${label}: seal the next 1,000 while storing the last`, GROUP * GROUPS, RUNS, async () => {
    await db.tx((tx) => tx.exec("truncate measured_event, measured_total"));
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const took = await timed(async () => {
      let storing: Promise<void> = Promise.resolve();
      for (let g = 0; g < GROUPS; g++) {
        const group: object[] = [];
        // In slices, as requests come in: the thread is free between them.
        for (let slice = 0; slice < GROUP; slice += 50) {
          group.push(...makeGroup(50));
          await new Promise((next) => setImmediate(next));
        }
        await storing;
        storing = commitGroup(db, group);
      }
      await storing;
    });
    delay.disable();
    delays.push(delay.percentile(99) / 1e6);
    return took;
  });
  console.log(`${label}: the main thread answers late by (99th percentile): ${median(delays).toFixed(0)} ms`);
}

async function inDirectory(
  open: (directory: string) => Promise<Db>,
  work: (db: Db) => Promise<void>,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "candor-measure-"));
  const db = await open(directory);
  await work(db);
  await db.close();
  rmSync(directory, { recursive: true });
}

console.log(machine());
const url = process.env.CANDOR_TEST_DATABASE_URL;
if (url !== undefined) {
  const postgres = openPostgres(url, { max: 10 });
  await measureEngine("PostgreSQL", postgres, 2);
  await postgres.close();
}
await inDirectory(openPglite, (db) => measureEngine("PGlite", db, 1));
await inDirectory(openPglite, (db) => measureBeside("PGlite in a worker thread", db));
await inDirectory(openOnMainThread, (db) => measureBeside("PGlite on the main thread", db));
process.exit(0);
