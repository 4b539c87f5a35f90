import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { AppError } from "../kernel/problems.ts";
import { type CellKey, openCell } from "./cell.ts";
import { packCell, packedCellBytes, UNREADABLE } from "./packed-cell.ts";
import type { Place } from "./vault.ts";

/** A cell to be opened among many. */
export interface CellToOpen {
  readonly key: CellKey;
  readonly place: Place;
  readonly cell: Buffer;
}

/** Fewer cells are opened where they are: a thread is told of work about as quickly as it opens these. */
const WORTH_TELLING = 100;

export interface ManyOpener {
  /** Opens cells of text in the order given; throws `cell-unreadable` when one of them is not exactly as it was sealed. */
  open(cells: readonly CellToOpen[]): Promise<string[]>;
  close(): Promise<void>;
}

interface Waiting {
  resolve(opened: ArrayBuffer): void;
  reject(error: Error): void;
}

export interface OpenRequest {
  readonly id: number;
  readonly bytes: ArrayBuffer;
  readonly count: number;
}

/** The associated data of a place is made on this side, so that the other thread needs keys and bytes alone. */
function pack(cells: readonly CellToOpen[]): { bytes: ArrayBuffer; at: Uint32Array } {
  let size = 0;
  for (const { place, cell } of cells) size += packedCellBytes(place, cell);
  const bytes = Buffer.allocUnsafeSlow(size);
  const at = new Uint32Array(cells.length);
  let to = 0;
  cells.forEach(({ key, place, cell }, i) => {
    at[i] = to;
    to = packCell(bytes, to, key, place, cell);
  });
  return { bytes: bytes.buffer as ArrayBuffer, at };
}

function unpack(opened: ArrayBuffer, at: Uint32Array): string[] {
  const bytes = Buffer.from(opened);
  const texts: string[] = [];
  for (const from of at) {
    const length = bytes.readUInt32BE(from);
    if (length === UNREADABLE) throw new AppError("cell-unreadable");
    texts.push(bytes.toString("utf8", from + 4, from + 4 + length));
  }
  return texts;
}

/**
 * Opens many cells at once in a thread of its own, so that a bulk read decides and writes while the cells of its next
 * page are opened. Keys and plaintexts cross in memory that changes hands and is not copied; the thread wipes keys as
 * it uses them. On a machine with one processor, and for few cells, everything is done here.
 */
export function openerOfMany(): ManyOpener {
  let worker: Worker | null = null;
  let isBroken = availableParallelism() < 2;
  let nextId = 1;
  const waiting = new Map<number, Waiting>();

  const start = (): Worker => {
    // Worker threads do not inherit tsx, so the worker registers it before it loads its own file.
    const script = JSON.stringify(new URL("./open-worker.ts", import.meta.url).href);
    const made = new Worker(
      `import(${JSON.stringify(import.meta.resolve("tsx/esm/api"))}).then((tsx) => { tsx.register(); return import(${script}); })`,
      { eval: true, execArgv: [] },
    );
    const fail = (error: Error): void => {
      isBroken = true;
      worker = null;
      for (const w of waiting.values()) w.reject(error);
      waiting.clear();
    };
    made.on("message", ({ id, bytes }: Omit<OpenRequest, "count">) => {
      const w = waiting.get(id);
      waiting.delete(id);
      if (waiting.size === 0) made.unref();
      w?.resolve(bytes);
    });
    made.on("error", fail);
    made.on("exit", () => fail(new Error("the opening thread has ended")));
    made.unref();
    return made;
  };

  const elsewhere = (bytes: ArrayBuffer, count: number): Promise<ArrayBuffer> => {
    worker ??= start();
    const thread = worker;
    const id = nextId++;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      thread.ref();
      thread.postMessage({ id, bytes, count } satisfies OpenRequest, [bytes]);
    });
  };

  return {
    async open(cells) {
      const here = () => cells.map(({ key, place, cell }) => openCell(key, place, cell).toString("utf8"));
      if (isBroken || cells.length < WORTH_TELLING) return here();
      const { bytes, at } = pack(cells);
      let opened: ArrayBuffer;
      try {
        opened = await elsewhere(bytes, cells.length);
      } catch {
        // Without its thread the work is slower, and still done.
        return here();
      }
      return unpack(opened, at);
    },
    async close() {
      isBroken = true;
      const ending = worker;
      worker = null;
      await ending?.terminate();
    },
  };
}
