import PgBoss from "pg-boss";
import type { Db, Sql, Tx } from "../db/index.ts";
import { SECOND } from "../kernel/clock.ts";
import type { Log } from "../kernel/log.ts";
import { createPresence } from "./presence.ts";
import { hasQueue, insertQueue, isFailed, noteTaker, readTakers, releaseJobs } from "./queue.store.ts";
import { startTicker, type Ticker } from "./ticker.ts";

/** When a job runs and how often it is tried; unset, its queue's own rules hold. */
export interface JobOptions {
  /** Not before this moment. */
  readonly startAfter?: Date;
  /** Of the jobs of a queue that bear one key, the queue's policy lets one wait or run at a time. */
  readonly singletonKey?: string;
  readonly retryLimit?: number;
  /** Seconds before the first retry; doubled at each further one when the queue backs off. */
  readonly retryDelay?: number;
  readonly priority?: number;
}

export interface Job<T> {
  readonly id: string;
  readonly data: T;
}

/** The job queue: pg-boss on Candor's own connection, so that a job commits with what caused it. */
export interface Jobs {
  /**
   * Puts one job into a queue, in the acting transaction. Data holds ids and codes, never personal data. Resolves to
   * the job's id, or null when the queue's policy already has one under its key. Throws RangeError for a queue that
   * was never made: pg-boss would drop the job without a word.
   */
  enqueue(tx: Tx, queue: string, data: object, options?: JobOptions): Promise<string | null>;
  /** Puts many jobs into one queue with one statement, for batches. */
  enqueueMany(tx: Tx, queue: string, data: readonly object[]): Promise<void>;
  /** Makes a queue; making it twice is fine. Queues that rooms need belong into a migration. */
  createQueue(tx: Tx, queue: string, policy?: QueuePolicy): Promise<void>;
  /**
   * Works a queue in this process: takes up to `batch` jobs (100), hands each to `work`, `concurrency` (4) at a time,
   * and completes or fails each on its own. A job may run again after a crash: work is idempotent.
   */
  startWorker<T extends object>(options: {
    readonly queue: string;
    readonly batch?: number;
    readonly concurrency?: number;
    /** Pause after a round that found nothing, in milliseconds (500). */
    readonly everyMs?: number;
    readonly work: (job: Job<T>) => Promise<void>;
  }): Ticker;
  /** Puts a job that was given up back into its queue, in the acting transaction; false when there is none. */
  retry(tx: Tx, queue: string, jobId: string): Promise<boolean>;
  /**
   * Frees the jobs that processes had taken and did not live to finish, so that others take them now and not when they
   * expire. Any process may call it at any time. Answers how many.
   */
  takeOver(): Promise<number>;
  /** Retries jobs that were under way for too long, archives the old and drops the very old. Any process may call it at any time. */
  maintain(): Promise<void>;
}

export interface QueuePolicy {
  readonly policy?: "standard" | "short" | "singleton" | "stately";
  readonly retryLimit?: number;
  readonly retryDelay?: number;
  readonly retryBackoff?: boolean;
  /** Seconds after which a job under way counts as lost with its process. */
  readonly expireInSeconds?: number;
}

const SCHEMA = "pgboss";
const DEFAULT_BATCH = 100;
const DEFAULT_CONCURRENCY = 4;

function statementOf(text: string, values: readonly unknown[]): Sql {
  return { text, values: [...values] } as unknown as Sql;
}

/** Runs pg-boss's statements: those with values as one statement, maintenance scripts as a script. */
function executorOf(run: Pick<Tx, "query">, script: (text: string) => Promise<void>): PgBoss.Db {
  return {
    async executeSql(text: string, values?: readonly unknown[]) {
      if (values !== undefined) return { rows: await run.query(statementOf(text, values)) };
      if (!/;\s*\S/.test(text)) return { rows: await run.query(statementOf(text, [])) };
      await script(text);
      return { rows: [] };
    },
  };
}

/** pg-boss wraps maintenance in a transaction of its own; here the engine's adapter opens it. */
function withoutTransaction(script: string): string {
  return script.replace(/^\s*BEGIN;/, "").replace(/COMMIT;\s*$/, "");
}

/** The queue over an open store whose schema is up to date. Nothing runs until a worker is started. */
export function createJobs(deps: { readonly db: Db; readonly log: Log }): Jobs {
  const { db, log } = deps;
  const boss = new PgBoss({
    schema: SCHEMA,
    db: executorOf(db, (text) => db.tx((tx) => tx.exec(withoutTransaction(text)))),
    supervise: false,
    schedule: false,
    migrate: false,
  });
  boss.on("error", (error) => log.warn("job_queue_error", { error: error.name }));
  const presence = createPresence(db);
  const known = new Set<string>();
  const inTx = (tx: Tx) => executorOf(tx, (text) => tx.exec(text));

  const requireQueue = async (tx: Tx, queue: string): Promise<void> => {
    if (known.has(queue)) return;
    if (!(await hasQueue(tx, queue))) throw new RangeError("there is no job queue of that name");
    known.add(queue);
  };

  return {
    async enqueue(tx, queue, data, options = {}) {
      await requireQueue(tx, queue);
      return boss.send(queue, data, { ...options, db: inTx(tx) });
    },
    async enqueueMany(tx, queue, data) {
      if (data.length === 0) return;
      await requireQueue(tx, queue);
      await boss.insert(
        data.map((d) => ({ name: queue, data: d })),
        { db: inTx(tx) },
      );
    },
    async createQueue(tx, queue, policy = {}) {
      await insertQueue(tx, queue, policy);
    },
    startWorker({
      queue,
      batch = DEFAULT_BATCH,
      concurrency = DEFAULT_CONCURRENCY,
      everyMs = SECOND / 2,
      work,
    }) {
      type T = Parameters<typeof work>[0]["data"];
      const one = async (job: PgBoss.Job<T>): Promise<void> => {
        try {
          await work({ id: job.id, data: job.data });
        } catch (error) {
          // The error's name only: messages may quote what the job handled.
          const name = error instanceof Error ? error.name : "unknown";
          log.warn("job_failed", { queue, job: job.id, error: name });
          await boss.fail(queue, job.id, { error: name });
          return;
        }
        await boss.complete(queue, job.id);
      };
      return startTicker({
        name: `jobs:${queue}`,
        everyMs,
        log,
        work: async () => {
          for (;;) {
            const taker = await presence.hold();
            const jobs = await db.tx(async (tx) => {
              const taken = await boss.fetch<T>(queue, { batchSize: batch, db: inTx(tx) });
              const ids = taken.map((job) => job.id);
              if (ids.length > 0) await noteTaker(tx, queue, ids, taker);
              return taken;
            });
            const waiting = [...jobs];
            const lane = async () => {
              for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) await one(job);
            };
            await Promise.all(Array.from({ length: Math.min(concurrency, jobs.length) }, lane));
            if (jobs.length < batch) return;
          }
        },
      });
    },
    async retry(tx, queue, jobId) {
      if (!(await isFailed(tx, queue, jobId))) return false;
      await boss.retry(queue, jobId, { db: inTx(tx) });
      return true;
    },
    async takeOver() {
      const gone = await presence.readGone(await readTakers(db));
      if (gone.length === 0) return 0;
      const freed = await releaseJobs(db, gone);
      log.warn("jobs_taken_over", { jobs: freed });
      return freed;
    },
    async maintain() {
      await boss.expire();
      await boss.archive();
      await dropOld(boss);
    },
  };
}

/** pg-boss 10 calls it `drop`; its types still say `purge`. */
function dropOld(boss: PgBoss): Promise<void> {
  return (boss as unknown as { drop(): Promise<void> }).drop();
}
