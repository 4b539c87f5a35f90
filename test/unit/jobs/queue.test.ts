import { readFileSync } from "node:fs";
import { expect } from "chai";
import PgBoss from "pg-boss";
import { sql } from "../../../src/db/index.ts";
import { createJobs } from "../../../src/jobs/index.ts";
import { silentLog } from "../../../src/kernel/log.ts";
import { type FreshDatabase, testDatabases } from "../../setup/engines.ts";

/** Waits for something that background work brings about. */
async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await check())) {
    if (performance.now() > end) throw new Error("it did not happen in time");
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe("the job queue", () => {
  let fresh: FreshDatabase;
  before(async () => {
    fresh = await testDatabases().freshDatabase("jobs");
    const jobs = createJobs({ db: fresh.db, log: silentLog });
    await fresh.db.tx((tx) => jobs.createQueue(tx, "work", { retryLimit: 2, retryDelay: 0 }));
  });
  after(() => fresh.drop());

  it("has in its migration the very schema that this pg-boss constructs", () => {
    const squeeze = (text: string) => text.replace(/\s+/g, "").replace(/;+/g, ";").toLowerCase();
    const migration = squeeze(
      readFileSync(new URL("../../../src/db/migrations/0004-recipients.sql", import.meta.url), "utf8"),
    );
    const plans = PgBoss.getConstructionPlans("pgboss");
    const own = plans.slice(plans.indexOf("CREATE SCHEMA"), plans.lastIndexOf("COMMIT;"));
    expect(migration).to.include(squeeze(own.replace("IF NOT EXISTS ", "")));
  });

  it("keeps a job only when the transaction that caused it commits", async () => {
    const jobs = createJobs({ db: fresh.db, log: silentLog });
    const seen: number[] = [];
    await fresh.db
      .tx(async (tx) => {
        await jobs.enqueue(tx, "work", { n: 1 });
        throw new Error("undone");
      })
      .catch(() => {});
    await fresh.db.tx((tx) => jobs.enqueue(tx, "work", { n: 2 }));
    const worker = jobs.startWorker<{ n: number }>({
      queue: "work",
      everyMs: 1,
      work: async ({ data }) => void seen.push(data.n),
    });
    await until(() => seen.length > 0);
    await worker.stop();
    expect(seen).to.deep.equal([2]);
  });

  it("works large batches and every job of them once", async () => {
    const jobs = createJobs({ db: fresh.db, log: silentLog });
    const seen: number[] = [];
    await fresh.db.tx((tx) =>
      jobs.enqueueMany(
        tx,
        "work",
        Array.from({ length: 250 }, (_, n) => ({ n })),
      ),
    );
    const worker = jobs.startWorker<{ n: number }>({
      queue: "work",
      everyMs: 1,
      work: async ({ data }) => void seen.push(data.n),
    });
    await until(() => seen.length >= 250);
    await worker.stop();
    expect(seen.sort((a, b) => a - b)).to.deep.equal(Array.from({ length: 250 }, (_, n) => n));
  });

  it("tries a failed job again and leaves the others of its batch done", async () => {
    const jobs = createJobs({ db: fresh.db, log: silentLog });
    const tries = new Map<number, number>();
    await fresh.db.tx((tx) => jobs.enqueueMany(tx, "work", [{ n: 1 }, { n: 2 }]));
    const worker = jobs.startWorker<{ n: number }>({
      queue: "work",
      everyMs: 1,
      work: async ({ data }) => {
        tries.set(data.n, (tries.get(data.n) ?? 0) + 1);
        if (data.n === 1 && tries.get(1) === 1) throw new Error("first time");
      },
    });
    await until(async () => {
      const [row] = await fresh.db.query<{ n: number }>(
        sql`select count(*)::int as n from pgboss.job where name = 'work' and state < 'completed'`,
      );
      return row?.n === 0;
    });
    await worker.stop();
    expect([...tries].sort()).to.deep.equal([
      [1, 2],
      [2, 1],
    ]);
  });

  it("takes over at once what a process that died had begun, and gives up what has been tried often enough", async () => {
    const jobs = createJobs({ db: fresh.db, log: silentLog });
    await fresh.db.tx((tx) => jobs.enqueueMany(tx, "work", [{ n: 1 }, { n: 2 }]));
    // As a killed process leaves them: under way, with a number that nobody holds.
    await fresh.db.query(sql`
      update pgboss.job set state = 'active', started_on = now(), output = '{"taker": 1}',
        retry_count = case when data->>'n' = '2' then retry_limit else 0 end
      where name = 'work' and state = 'created'`);
    let freed = 0;
    await until(async () => {
      freed += await jobs.takeOver();
      return freed > 0;
    });
    const seen: number[] = [];
    const worker = jobs.startWorker<{ n: number }>({
      queue: "work",
      everyMs: 1,
      work: async ({ data }) => void seen.push(data.n),
    });
    await until(() => seen.length > 0);
    await worker.stop();
    expect(freed).to.equal(2);
    expect(seen).to.deep.equal([1]);
    const given = await fresh.db.query(
      sql`select state::text, output from pgboss.job where name = 'work' and data->>'n' = '2' and state = 'failed'`,
    );
    expect(given).to.deep.equal([{ state: "failed", output: { error: "interrupted" } }]);
  });

  it("leaves alone what living processes have under way", async () => {
    const jobs = createJobs({ db: fresh.db, log: silentLog });
    const other = createJobs({ db: fresh.db, log: silentLog });
    await fresh.db.tx((tx) => jobs.enqueue(tx, "work", { n: 1 }));
    let finish: () => void = () => {};
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let begun = 0;
    const worker = jobs.startWorker({
      queue: "work",
      everyMs: 1,
      work: async () => {
        begun++;
        await finished;
      },
    });
    await until(() => begun > 0);
    expect([await other.takeOver(), await other.takeOver(), await other.takeOver()]).to.deep.equal([0, 0, 0]);
    finish();
    await worker.stop();
    expect(begun).to.equal(1);
  });

  it("refuses a queue that nobody made", async () => {
    const jobs = createJobs({ db: fresh.db, log: silentLog });
    const error = await fresh.db
      .tx((tx) => jobs.enqueue(tx, "nobody", {}))
      .then(
        () => null,
        (e: unknown) => e,
      );
    expect(error).to.be.instanceOf(RangeError);
  });

  it("maintains itself on either engine", async () => {
    await createJobs({ db: fresh.db, log: silentLog }).maintain();
  });
});
