import { performance } from "node:perf_hooks";
import pg from "pg";
import { type Db, rows, sql } from "../../src/db/index.ts";
import { copyIn, copyOut } from "./copy.ts";
import type { LimitResult } from "./protocol.ts";

/** Rows a transaction, and transactions in flight, as ingestion has them. */
const GROUP = 1_000;
const IN_FLIGHT = 2;

const UPSERT = `
  insert into bench_aggregate (subject_id, aggregate)
  select id, aggregate from jsonb_to_recordset($1::jsonb) as a(id uuid, aggregate jsonb)
  on conflict (subject_id) do update set aggregate = excluded.aggregate`;

const PREPARE = `
  drop table if exists bench_event, bench_aggregate;
  create table bench_event (like event including all);
  create table bench_aggregate (like subject_aggregate including all);
  insert into bench_aggregate select * from subject_aggregate;
  analyze bench_aggregate;`;

const REMOVE = "drop table bench_event, bench_aggregate";

function cut<T>(all: readonly T[]): T[][] {
  const groups: T[][] = [];
  for (let i = 0; i < all.length; i += GROUP) groups.push(all.slice(i, i + GROUP));
  return groups;
}

async function aggregatesOf(db: Db, ids: readonly string[]): Promise<Map<string, unknown>> {
  const found = new Map<string, unknown>();
  for (let i = 0; i < ids.length; i += 20_000) {
    const part = await db.query<{ id: string; aggregate: unknown }>(sql`
      select subject_id as id, aggregate from subject_aggregate
      where subject_id = any(${ids.slice(i, i + 20_000)}::uuid[])`);
    for (const row of part) found.set(row.id, row.aggregate);
  }
  return found;
}

function upsertsOf(
  groups: readonly (readonly string[])[],
  aggregates: ReadonlyMap<string, unknown>,
): string[] {
  return groups.map((ids) =>
    JSON.stringify([...new Set(ids)].sort().map((id) => ({ id, aggregate: aggregates.get(id) }))),
  );
}

async function onPostgres(db: Db, url: string, wanted: number, runs: number): Promise<LimitResult> {
  const clients = Array.from({ length: IN_FLIGHT }, () => new pg.Client({ connectionString: url }));
  await Promise.all(clients.map((c) => c.connect()));
  try {
    const [first] = clients as [pg.Client];
    const text = await copyOut(first, `copy (select * from event limit ${Math.trunc(wanted)}) to stdout`);
    const lines = text.toString("utf8").split("\n").slice(0, -1);
    const groups = cut(lines);
    const bodies = groups.map((g) => Buffer.from(`${g.join("\n")}\n`));
    const subjects = groups.map((g) => g.map((line) => line.slice(0, line.indexOf("\t"))));
    const upserts = upsertsOf(subjects, await aggregatesOf(db, [...new Set(subjects.flat())]));
    const rates: number[] = [];
    for (let run = 0; run < runs; run++) {
      await first.query(PREPARE);
      let next = 0;
      const work = async (client: pg.Client): Promise<void> => {
        for (let i = next++; i < bodies.length; i = next++) {
          await client.query("begin");
          await copyIn(client, "copy bench_event from stdin", bodies[i] as Buffer);
          await client.query({ name: "upsert", text: UPSERT, values: [upserts[i]] });
          await client.query("commit");
        }
      };
      const from = performance.now();
      await Promise.all(clients.map(work));
      rates.push(lines.length / ((performance.now() - from) / 1_000));
    }
    await first.query(REMOVE);
    return { method: "COPY of event rows and upsert of aggregate rows", rows: lines.length, rates };
  } finally {
    await Promise.all(clients.map((c) => c.end()));
  }
}

/**
 * Up to `wanted` stored events as JSON, a page at a time. One cursor reads them all: of several scans each may begin
 * where another one just was (`synchronize_seqscans`), and pages cut from them by offset would repeat rows.
 */
async function readEventRows(db: Db, wanted: number): Promise<{ subject_id: string }[]> {
  const taken: { subject_id: string }[] = [];
  await db.tx(async (tx) => {
    await tx.query(sql`declare stored cursor for select to_jsonb(e) as row from event e limit ${wanted}`);
    for (;;) {
      const page = await tx.query<{ row: { subject_id: string } }>(sql`fetch 5000 from stored`);
      if (page.length === 0) return;
      for (const { row } of page) taken.push(row);
    }
  });
  return taken;
}

/** The embedded engine has no stream to copy from: rows come as one JSON parameter, its fastest way in. */
async function onPglite(db: Db, wanted: number, runs: number): Promise<LimitResult> {
  const taken = await readEventRows(db, wanted);
  const groups = cut(taken);
  const subjects = groups.map((g) => g.map((row) => row.subject_id));
  const upserts = upsertsOf(subjects, await aggregatesOf(db, [...new Set(subjects.flat())]));
  const bodies = groups.map((g) => rows(g));
  const rates: number[] = [];
  for (let run = 0; run < runs; run++) {
    await db.tx((tx) => tx.exec(PREPARE));
    const from = performance.now();
    for (const [i, body] of bodies.entries()) {
      await db.tx(async (tx) => {
        await tx.query(sql`
          insert into bench_event select * from jsonb_populate_recordset(null::bench_event, ${body}::jsonb)`);
        await tx.query(sql`
          insert into bench_aggregate (subject_id, aggregate)
          select id, aggregate from jsonb_to_recordset(${upserts[i] as string}::jsonb) as a(id uuid, aggregate jsonb)
          on conflict (subject_id) do update set aggregate = excluded.aggregate`);
      });
    }
    rates.push(taken.length / ((performance.now() - from) / 1_000));
  }
  await db.tx((tx) => tx.exec(REMOVE));
  return {
    method: "insert of event rows from JSON and upsert of aggregate rows",
    rows: taken.length,
    rates,
  };
}

/**
 * How fast this engine takes rows equal to those just ingested, and nothing else: no keys, no evidence, no receipts.
 * `url` is the database's address, or null on the embedded engine.
 */
export function measureLimit(db: Db, url: string | null, wanted: number, runs: number): Promise<LimitResult> {
  return url === null ? onPglite(db, wanted, runs) : onPostgres(db, url, wanted, runs);
}
