import { type Clock, SECOND } from "../../src/kernel/clock.ts";

/** Answers handed in within a second from which on what follows from them may wait. */
const MANY = 50;

/** Notices when many people answer at once: then what follows from events stands back for those who wait for a page. */
export interface Rush {
  note(): void;
  /** Whether this second or the one before brought many answers. */
  isOn(): boolean;
}

export function createRush(clock: Clock): Rush {
  let second = 0;
  let count = 0;
  let before = 0;
  const turn = (): void => {
    const now = Math.floor(clock.now().getTime() / SECOND);
    if (now === second) return;
    before = now === second + 1 ? count : 0;
    second = now;
    count = 0;
  };
  return {
    note() {
      turn();
      count++;
    },
    isOn() {
      turn();
      return count >= MANY || before >= MANY;
    },
  };
}
