/**
 * The figures of 0002-jobs-in-postgresql.md. Needs a PostgreSQL, a Redis and bull, which is no dependency of ours:
 *
 *   npm install --prefix <folder> bull
 *   redis-server --port 6399 --save "" --appendonly yes --appendfsync always
 *   scripts/ci/with-postgres node --import tsx docs/decisions/measure/queues.ts <folder> always=redis://127.0.0.1:6399
 */
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import PgBoss from "pg-boss";
import { type Db, openPglite, openPostgres, sql, type Tx } from "../../../src/db/index.ts";
import { each, machine, median, printRate, timed } from "./figures.ts";

const JOBS = 10_000;
const BATCH = 500;
const ROWS = 2_000;
const WIDTH = 10;
const RUNS = 3;

interface BullJob {
  readonly data: { readonly n: number };
}
interface BullQueue {
  add(data: object, options?: object): Promise<unknown>;
  addBulk(jobs: readonly { data: object; opts?: object }[]): Promise<unknown>;
  process(concurrency: number, handler: (job: BullJob) => Promise<void>): Promise<void>;
  on(event: "completed", listener: () => void): void;
  obliterate(options: { force: boolean }): Promise<void>;
  isReady(): Promise<unknown>;
  close(): Promise<void>;
}
type BullClass = new (name: string, url: string) => BullQueue;

const data = (n: number) => ({
  n,
  source: "0192f0c4-5b7e-7aaa-8bbb-1234567890ab",
  chunk: n % 97,
  attempt: 0,
});

/** Our database behind the interface pg-boss asks for; scripts of several statements come without values. */
function adapter(on: Pick<Tx, "query" | "exec">) {
  return {
    executeSql: async (text: string, values?: unknown[]) => {
      if (values === undefined || values.length === 0) {
        if (/;\s*\S/.test(text)) {
          await on.exec(text);
          return { rows: [] };
        }
      }
      return { rows: await on.query({ text, values: values ?? [] } as never) };
    },
  };
}

async function measureBull(Bull: BullClass, label: string, redis: string, db: Db): Promise<void> {
  const opts = { removeOnComplete: true, attempts: 3 };
  const withQueue = async (work: (queue: BullQueue) => Promise<number>): Promise<number> => {
    const queue = new Bull("measure", redis);
    await queue.isReady();
    try {
      return await work(queue);
    } finally {
      await queue.obliterate({ force: true });
      await queue.close();
    }
  };
  const fill = async (queue: BullQueue) => {
    for (let from = 0; from < JOBS; from += BATCH)
      await queue.addBulk(Array.from({ length: BATCH }, (_, i) => ({ data: data(from + i), opts })));
  };
  await printRate(`${label}: enqueue 10,000 (addBulk of 500)`, JOBS, RUNS, () =>
    withQueue((queue) => timed(() => fill(queue))),
  );
  await printRate(`${label}: process 10,000 (concurrency 50)`, JOBS, RUNS, () =>
    withQueue(async (queue) => {
      await fill(queue);
      return timed(
        () =>
          new Promise<void>((done) => {
            let left = JOBS;
            queue.on("completed", () => {
              if (--left === 0) done();
            });
            void queue.process(50, async () => {});
          }),
      );
    }),
  );
  await printRate(`${label}: row committed in PostgreSQL, then job added (10 at once)`, ROWS, RUNS, () =>
    withQueue((queue) =>
      timed(() =>
        each(ROWS, WIDTH, async (n) => {
          await db.tx((tx) => tx.query(sql`insert into measured (n) values (${n})`));
          await queue.add(data(n), opts);
        }),
      ),
    ),
  );
  const waits: number[] = [];
  await withQueue(async (queue) => {
    let started: (() => void) | undefined;
    void queue.process(1, async () => started?.());
    for (let n = 0; n < 40; n++) {
      const begun = new Promise<void>((done) => {
        started = done;
      });
      waits.push(await timed(() => queue.add(data(n), opts).then(() => begun)));
    }
    return 0;
  });
  console.log(`${label}: enqueued to started, median of 40: ${median(waits).toFixed(1)} ms`);
}

async function measurePgBoss(label: string, db: Db): Promise<void> {
  await db.tx((tx) => tx.exec("drop schema if exists pgboss cascade"));
  const boss = new PgBoss({
    db: adapter({ query: db.query, exec: (s) => db.tx((tx) => tx.exec(s)) }),
    supervise: false,
    schedule: false,
  });
  boss.on("error", (error) => console.error(error.message));
  await boss.start();
  await boss.createQueue("measure");
  const fill = async () => {
    for (let from = 0; from < JOBS; from += BATCH)
      await boss.insert(
        Array.from({ length: BATCH }, (_, i) => ({ name: "measure", data: data(from + i), retryLimit: 3 })),
      );
  };
  const empty = () => db.tx((tx) => tx.exec("delete from pgboss.job where name = 'measure'"));
  await printRate(`${label}: enqueue 10,000 (insert of 500)`, JOBS, RUNS, async () => {
    await empty();
    return timed(fill);
  });
  await printRate(`${label}: process 10,000 (fetch and complete, 500 at once)`, JOBS, RUNS, async () => {
    await empty();
    await fill();
    return timed(async () => {
      for (let left = JOBS; left > 0; ) {
        const jobs = await boss.fetch<{ n: number }>("measure", { batchSize: BATCH });
        await boss.complete(
          "measure",
          jobs.map((j) => j.id),
        );
        left -= jobs.length;
      }
    });
  });
  await printRate(`${label}: row and job in one transaction (10 at once)`, ROWS, RUNS, async () => {
    await empty();
    return timed(() =>
      each(ROWS, WIDTH, (n) =>
        db.tx(async (tx) => {
          await tx.query(sql`insert into measured (n) values (${n})`);
          await boss.send("measure", data(n), { db: adapter(tx) });
        }),
      ),
    );
  });
  await printRate(`${label}: row alone (10 at once)`, ROWS, RUNS, () =>
    timed(() =>
      each(ROWS, WIDTH, (n) =>
        db.tx(async (tx) => void (await tx.query(sql`insert into measured (n) values (${n})`))),
      ),
    ),
  );
  await empty();
  const waits: number[] = [];
  const nudged: number[] = [];
  let started: (() => void) | undefined;
  const worker = await boss.work("measure", { batchSize: BATCH, pollingIntervalSeconds: 0.5 }, async () =>
    started?.(),
  );
  for (let n = 0; n < 80; n++) {
    const begun = new Promise<void>((done) => {
      started = done;
    });
    const nudge = n >= 40;
    const wait = await timed(async () => {
      await boss.send("measure", data(n));
      if (nudge) boss.notifyWorker(worker);
      await begun;
    });
    (nudge ? nudged : waits).push(wait);
  }
  console.log(
    `${label}: enqueued to started, median of 40: ${median(waits).toFixed(0)} ms polling every 500 ms, ${median(nudged).toFixed(1)} ms when the worker is told`,
  );
  await boss.stop({ graceful: true, wait: true, close: false });
}

const [folder, ...servers] = process.argv.slice(2);
const url = process.env.CANDOR_TEST_DATABASE_URL;
if (folder === undefined || servers.length === 0 || url === undefined)
  throw new Error("usage: with-postgres node --import tsx queues.ts <folder with bull> <name>=<redis url> …");

console.log(machine());
const postgres = openPostgres(url, { max: WIDTH });
await postgres.tx((tx) =>
  tx.exec("create table measured (id bigint generated always as identity primary key, n int not null)"),
);
const Bull = createRequire(join(resolve(folder), "package.json"))("bull") as BullClass;
for (const server of servers) {
  const at = server.indexOf("=");
  await measureBull(Bull, `bull, ${server.slice(0, at)}`, server.slice(at + 1), postgres);
}
await measurePgBoss("pg-boss on PostgreSQL", postgres);
await postgres.close();

const directory = mkdtempSync(join(tmpdir(), "candor-measure-"));
const embedded = await openPglite(directory);
await embedded.tx((tx) =>
  tx.exec("create table measured (id bigint generated always as identity primary key, n int not null)"),
);
await measurePgBoss("pg-boss on PGlite", embedded);
await embedded.close();
rmSync(directory, { recursive: true });
process.exit(0);
