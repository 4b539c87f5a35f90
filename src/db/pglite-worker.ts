import { cpSync } from "node:fs";
import { basename } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { PGlite, types } from "@electric-sql/pglite";

/**
 * Runs the embedded engine beside the main thread, so that parsing and sealing go on while it works.
 * Requests are taken one at a time, in order.
 */
export type WorkerRequest =
  | {
      readonly id: number;
      readonly kind: "query";
      readonly text: string;
      readonly values: readonly unknown[];
    }
  | { readonly id: number; readonly kind: "exec"; readonly script: string }
  | { readonly id: number; readonly kind: "copy"; readonly to: string }
  | { readonly id: number; readonly kind: "close" };

export type WorkerReply =
  | { readonly id: number; readonly kind: "rows"; readonly rows: unknown[] }
  | {
      readonly id: number;
      readonly kind: "failed";
      readonly message: string;
      readonly code: string | undefined;
    };

/** The lock, the door for commands and the engine's own mark of a running process: no part of the database. */
const NOT_DATA: ReadonlySet<string> = new Set([".lock", "candor.sock", "postmaster.pid"]);

function parseInt8(text: string): number {
  const n = Number(text);
  if (!Number.isSafeInteger(n)) throw new RangeError("an int8 column holds a number beyond 2^53");
  return n;
}

const port = parentPort;
if (port === null) throw new Error("pglite-worker runs as a worker thread only");
const { directory } = workerData as { directory: string | null };

// PGlite starts with -F (fsync off) by default. Without it, and with the log opened for synchronous writes, every
// commit reaches the operating system before it is acknowledged: a killed process loses nothing.
const startParams = [
  ...PGlite.defaultStartParams.filter((p) => p !== "-F"),
  "-c",
  "wal_sync_method=open_datasync",
];
const db = new PGlite({
  ...(directory === null ? {} : { dataDir: directory }),
  startParams,
  parsers: { [types.INT8]: parseInt8 },
});

function failed(id: number, error: unknown): WorkerReply {
  const code =
    typeof error === "object" && error !== null && "code" in error ? String(error.code) : undefined;
  return { id, kind: "failed", message: error instanceof Error ? error.message : String(error), code };
}

async function answer(request: WorkerRequest): Promise<WorkerReply> {
  try {
    switch (request.kind) {
      case "query": {
        const result = await db.query(request.text, request.values as unknown[]);
        return { id: request.id, kind: "rows", rows: result.rows };
      }
      case "exec":
        await db.exec(request.script);
        return { id: request.id, kind: "rows", rows: [] };
      case "copy":
        if (directory === null) throw new Error("an engine in memory has no files to copy");
        await db.exec("checkpoint");
        // Requests are taken one at a time and nothing else writes: what is copied is one moment of the database.
        cpSync(directory, request.to, { recursive: true, filter: (path) => !NOT_DATA.has(basename(path)) });
        return { id: request.id, kind: "rows", rows: [] };
      case "close":
        await db.close();
        return { id: request.id, kind: "rows", rows: [] };
    }
  } catch (error) {
    return failed(request.id, error);
  }
}

let queue: Promise<void> = db.waitReady.then(
  () => port.postMessage({ id: 0, kind: "rows", rows: [] } satisfies WorkerReply),
  (error: unknown) => port.postMessage(failed(0, error)),
);
port.on("message", (request: WorkerRequest) => {
  queue = queue.then(async () => {
    port.postMessage(await answer(request));
    if (request.kind === "close") port.close();
  });
});
