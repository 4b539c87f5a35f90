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

/** Plaintexts by the places of their cells. */
export type OpenedTexts = (index: number) => string;

export interface ManyOpener {
  /**
   * Opens cells of text; throws `cell-unreadable` when one of them is not exactly as it was sealed. Each is asked for once,
   * in order, and not kept: of the thousands of a page, what is held while they are opened elsewhere outlives the young
   * generation and is paid for again when the whole heap is marked. (Asked for anew where the other thread has failed.)
   */
  open(count: number, cellAt: (index: number) => CellToOpen): Promise<OpenedTexts>;
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
function pack(count: number, cellAt: (index: number) => CellToOpen): ArrayBuffer {
  let bytes = Buffer.allocUnsafeSlow(0);
  let to = 0;
  try {
    for (let i = 0; i < count; i++) {
      const { key, place, cell } = cellAt(i);
      const end = to + packedCellBytes(place, cell);
      if (end > bytes.length)
        bytes = moved(bytes, to, Math.max(end, Math.ceil((end * count * ROOM) / (i + 1))));
      to = packCell(bytes, to, key, place, cell);
    }
  } catch (error) {
    bytes.fill(0);
    throw error;
  }
  return bytes.buffer;
}

/** Room is made for all cells by what those before took, and somewhat more. */
const ROOM = 1.1;

/** The same bytes in a larger place; keys among them are wiped where they were. */
function moved(bytes: Buffer<ArrayBuffer>, used: number, size: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafeSlow(size);
  bytes.copy(larger, 0, 0, used);
  bytes.fill(0, 0, used);
  return larger;
}

function unpack(opened: ArrayBuffer, count: number): OpenedTexts {
  const bytes = Buffer.from(opened);
  const at = new Uint32Array(count + 1);
  for (let i = 0, from = 0; i < count; i++) {
    const length = bytes.readUInt32BE(from);
    if (length === UNREADABLE) throw new AppError("cell-unreadable");
    from += 4 + length;
    at[i + 1] = from;
  }
  return (index) => bytes.toString("utf8", (at[index] as number) + 4, at[index + 1]);
}

function openHere(count: number, cellAt: (index: number) => CellToOpen): OpenedTexts {
  const texts: string[] = [];
  for (let i = 0; i < count; i++) {
    const { key, place, cell } = cellAt(i);
    texts.push(openCell(key, place, cell).toString("utf8"));
  }
  return (index) => texts[index] as string;
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
    async open(count, cellAt) {
      if (isBroken || count < WORTH_TELLING) return openHere(count, cellAt);
      const packed = pack(count, cellAt);
      let opened: ArrayBuffer;
      try {
        opened = await elsewhere(packed, count);
      } catch {
        // Without its thread the work is slower, and still done.
        return openHere(count, cellAt);
      }
      return unpack(opened, count);
    },
    async close() {
      isBroken = true;
      const ending = worker;
      worker = null;
      await ending?.terminate();
    },
  };
}
