import { setTimeout as pause } from "node:timers/promises";
import { isRetryable } from "./sqlstate.ts";

const ATTEMPTS = 8;

/** Runs `attempt` again after a deadlock or serialization failure, with growing random pauses. */
export async function withRetries<T>(attempt: () => Promise<T>): Promise<T> {
  for (let n = 1; ; n++) {
    try {
      return await attempt();
    } catch (error) {
      if (n >= ATTEMPTS || !isRetryable(error)) throw error;
      await pause(Math.random() * 5 * 2 ** n);
    }
  }
}
