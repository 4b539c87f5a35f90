import { type Clock, SECOND } from "../kernel/clock.ts";

/** The longest time that what follows from events waits for more events to be stored. */
const LONGEST = 30 * SECOND;

/**
 * Lets a follower of changes stand back while events are coming in faster than they are stored: those were promised an
 * answer, and a member who is named again meanwhile is then worked once. Choices, corrections and erasures never wait.
 */
export interface Deferral {
  /** Whether ordinary changes may wait now. */
  mayWait(): boolean;
  /** The follower has worked everything there was. */
  caughtUp(): void;
  /** Up to this position of the feed the changes that never wait have been worked. */
  urgentUpTo: number;
}

/** One for each follower. Waiting ends `LONGEST` after the follower last had worked everything. */
export function createDeferral(deps: { readonly clock: Clock; readonly isBusy: () => boolean }): Deferral {
  let doneAt = deps.clock.now().getTime();
  return {
    urgentUpTo: 0,
    mayWait: () => deps.isBusy() && deps.clock.now().getTime() - doneAt < LONGEST,
    caughtUp() {
      doneAt = deps.clock.now().getTime();
    },
  };
}
