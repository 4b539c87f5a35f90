import { randomInt } from "node:crypto";
import type { Db, Session } from "../db/index.ts";
import { readPresent, tryPresence } from "./queue.store.ts";

/** Which processes on one store live, by the numbers under which they take jobs. */
export interface Presence {
  /** The number of this process; others know it as alive from this call on until the process ends, however it ends. */
  hold(): Promise<number>;
  /** Those of some numbers whose process is gone. */
  readGone(numbers: readonly number[]): Promise<number[]>;
}

/** One past the largest number: advisory locks have room for an int4. */
const NUMBERS = 2 ** 31 - 1;

/** The embedded engine has one process, so that every other number on its store is that of one before. */
const THIS_PROCESS = randomInt(1, NUMBERS);

/**
 * On a server a number is an advisory lock that a connection of its own holds: the server lets go of it when the process
 * is killed, and nobody has to wait or to compare clocks. A number counts as gone when two looks in a row miss it, for a
 * living process whose connection broke takes it again at its next look. Behind a pooler that shares connections between
 * transactions a number may outlive its process; its jobs then wait until they expire.
 */
export function createPresence(db: Db): Presence {
  let own = THIS_PROCESS;
  let session: Promise<Session> | undefined;
  const begin = async (open: () => Promise<Session>): Promise<Session> => {
    const begun = await open();
    // Another queue of this process has the number, or the connection that broke holds it a little longer.
    while (!(await tryPresence(begun, own))) own = randomInt(1, NUMBERS);
    return begun;
  };
  let missed = new Set<number>();
  return {
    async hold() {
      if (db.session === undefined) return own;
      try {
        if (session === undefined || !(await session).isOpen()) session = begin(db.session);
        await session;
      } catch (error) {
        session = undefined;
        throw error;
      }
      return own;
    },
    async readGone(numbers) {
      if (db.session === undefined) return numbers.filter((n) => n !== own);
      const present = numbers.length === 0 ? new Set() : new Set(await readPresent(db));
      const missing = numbers.filter((n) => !present.has(n));
      const gone = missing.filter((n) => missed.has(n));
      missed = new Set(missing);
      return gone;
    },
  };
}
