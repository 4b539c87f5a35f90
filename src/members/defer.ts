import { setTimeout } from "node:timers/promises";
import { type Clock, SECOND } from "../kernel/clock.ts";

/** The longest time that what follows from events waits for more events to be stored. */
const LONGEST = 30 * SECOND;

/** A follower that works although events wait rests so many times as long as each piece of its work took. */
const REST = 8;
/** How long one look at whether to go on resting lasts, in milliseconds. */
const LOOK = 100;

/**
 * Lets a follower of changes stand back while events are coming in faster than they are stored: those were promised an
 * answer, and a member who is named again meanwhile is then worked once. Choices, corrections and erasures never wait.
 */
export interface Deferral {
  /** Milliseconds of the clock, by which work is timed. */
  now(): number;
  /** Whether events wait to be stored. */
  isBusy(): boolean;
  /** Whether ordinary changes may wait now. */
  mayWait(): boolean;
  /** The follower has worked everything there was when it began. */
  caughtUp(): void;
  /**
   * Rests after a piece of work of so many milliseconds, eight times as long, and no longer than events wait: many
   * followers after a long wait would otherwise have the store nearly for themselves. Calls `meanwhile` now and again.
   */
  rest(workedMs: number, meanwhile: () => Promise<void>): Promise<void>;
  /** Up to this position of the feed the changes that never wait have been worked. */
  urgentUpTo: number;
}

/** One for each follower. Waiting ends `LONGEST` after the follower last had worked everything. */
export function createDeferral(deps: {
  readonly clock: Clock;
  readonly isBusy: () => boolean;
  /** Waits so many milliseconds; a timer's unless stated. */
  readonly pause?: (ms: number) => Promise<unknown>;
}): Deferral {
  const { clock, isBusy, pause = (ms) => setTimeout(ms, undefined, { ref: false }) } = deps;
  const now = () => clock.now().getTime();
  let doneAt = now();
  return {
    urgentUpTo: 0,
    now,
    isBusy,
    mayWait: () => isBusy() && now() - doneAt < LONGEST,
    caughtUp() {
      doneAt = now();
    },
    async rest(workedMs, meanwhile) {
      for (let left = Math.floor((workedMs * REST) / LOOK); left > 0 && isBusy(); left--) {
        await pause(LOOK);
        await meanwhile();
      }
    },
  };
}
