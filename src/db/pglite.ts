import { mkdirSync } from "node:fs";
import { Worker } from "node:worker_threads";
import type { Sql } from "sql-template-tag";
import type { Db, Row, Tx } from "./db.ts";
import type { WorkerReply, WorkerRequest } from "./pglite-worker.ts";
import { withRetries } from "./retry.ts";

interface Waiting {
  resolve(rows: unknown[]): void;
  reject(error: Error): void;
}

type RequestBody = WorkerRequest extends infer R ? (R extends { id: number } ? Omit<R, "id"> : never) : never;

/** Bytea crosses the thread boundary as plain Uint8Array; the rest of Candor speaks Buffer. */
function withBuffers(rows: unknown[]): unknown[] {
  const first = rows[0];
  if (typeof first !== "object" || first === null) return rows;
  for (const row of rows as Record<string, unknown>[]) {
    for (const key in row) {
      const value = row[key];
      if (value instanceof Uint8Array)
        row[key] = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
      else if (Array.isArray(value) && value[0] instanceof Uint8Array) {
        row[key] = (value as Uint8Array[]).map((v) => Buffer.from(v.buffer, v.byteOffset, v.byteLength));
      }
    }
  }
  return rows;
}

/**
 * Opens the embedded engine in `directory` (created when missing), or in memory when it is null.
 *
 * It has one connection: transactions queue behind each other, and a statement outside `tx` waits for the open
 * one to end. The caller holds the directory's lock (`directory-lock.ts`).
 */
export async function openPglite(directory: string | null): Promise<Db> {
  if (directory !== null) mkdirSync(directory, { recursive: true, mode: 0o700 });
  // Worker threads do not inherit tsx, so the worker registers it before it loads its own file.
  const script = JSON.stringify(new URL("./pglite-worker.ts", import.meta.url).href);
  const worker = new Worker(
    `import(${JSON.stringify(import.meta.resolve("tsx/esm/api"))}).then((tsx) => { tsx.register(); return import(${script}); })`,
    { eval: true, workerData: { directory }, execArgv: [] },
  );
  const waiting = new Map<number, Waiting>();
  let nextId = 1;
  let ended: Error | undefined;

  const ready = new Promise<unknown[]>((resolve, reject) => waiting.set(0, { resolve, reject }));
  const fail = (error: Error) => {
    ended ??= error;
    for (const w of waiting.values()) w.reject(error);
    waiting.clear();
  };
  worker.on("message", (reply: WorkerReply) => {
    const w = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (reply.kind === "rows") w?.resolve(withBuffers(reply.rows));
    else
      w?.reject(
        Object.assign(new Error(reply.message), reply.code === undefined ? {} : { code: reply.code }),
      );
    if (waiting.size === 0) worker.unref();
  });
  worker.on("error", fail);
  worker.on("exit", () => fail(new Error("PGlite is closed")));

  const ask = (body: RequestBody): Promise<unknown[]> => {
    if (ended) return Promise.reject(ended);
    const id = nextId++;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      worker.ref();
      worker.postMessage({ id, ...body });
    });
  };

  await ready;

  const run = <R>(statement: Sql): Promise<R[]> =>
    ask({ kind: "query", text: statement.text, values: statement.values }) as Promise<R[]>;

  let turn: Promise<unknown> = Promise.resolve();
  const exclusively = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work, work);
    turn = mine.catch(() => {});
    return mine;
  };

  const tx = <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
    exclusively(async () => {
      await ask({ kind: "exec", script: "begin" });
      try {
        const result = await work({
          query: <R = Row>(statement: Sql) => run<R>(statement),
          exec: async (script) => {
            await ask({ kind: "exec", script });
          },
        });
        await ask({ kind: "exec", script: "commit" });
        return result;
      } catch (error) {
        await ask({ kind: "exec", script: "rollback" }).catch(() => {});
        throw error;
      }
    });

  return {
    engine: "pglite",
    query: <R = Row>(statement: Sql) => exclusively(() => run<R>(statement)),
    tx,
    retryingTx: (work) => withRetries(() => tx(work)),
    copyTo: async (to) => void (await exclusively(() => ask({ kind: "copy", to }))),
    close: async () => {
      if (ended) return;
      await exclusively(() => ask({ kind: "close" }));
      await worker.terminate();
    },
  };
}
