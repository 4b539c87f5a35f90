import type { Db } from "../db/index.ts";
import { type Clock, SECOND } from "../kernel/clock.ts";

/**
 * What is read for every look at a member and seldom changes: at most a second old. The embedded engine has one
 * connection: whoever asks while its own transaction is open would wait for itself, so there the last answer counts,
 * and an older one is read anew behind it. `reload` waits for what counts after a change.
 */
export function heldBriefly<T>(
  engine: Db["engine"],
  clock: Clock,
  read: () => Promise<T>,
): { get(): Promise<T>; reload(): Promise<void> } {
  let held: { readonly value: T; readonly at: number } | undefined;
  let changes = 0;
  const readNow = async (): Promise<T> => {
    const [at, seen] = [clock.now().getTime(), changes];
    const value = await read();
    // What was read while something changed may be from before it.
    if (seen === changes) held = { value, at };
    return value;
  };
  const reload = async (): Promise<void> => {
    changes++;
    if (engine === "pglite") await readNow();
    else held = undefined;
  };
  const get = async (): Promise<T> => {
    if (held === undefined) return readNow();
    if (Math.abs(clock.now().getTime() - held.at) < SECOND) return held.value;
    if (engine !== "pglite") return readNow();
    // The caller does not wait; a failure only means that the last answer counts on.
    void readNow().catch(() => {});
    return held.value;
  };
  return { get, reload };
}
