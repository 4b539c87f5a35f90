import { type Clock, MINUTE } from "../../src/kernel/clock.ts";

/** Answers a minute that one open link takes unless its survey says otherwise: a busy till gives fewer. */
export const USUAL_PER_MINUTE = 60;
const MOST_LINKS = 10_000;

/** Counts what comes by each open link, so that nobody can stuff a survey with a script. */
export interface Limits {
  /** Takes one; answers how many seconds to wait, 0 when it may pass. */
  take(name: string, perMinute: number): number;
}

/**
 * A bucket for each name: it holds a minute's worth and fills steadily. Counted in this process; several processes
 * together let through as many times more. A clock set back does not fill or empty it.
 */
export function createLimits(clock: Clock): Limits {
  const buckets = new Map<string, { level: number; at: number }>();
  return {
    take(name, perMinute) {
      const now = clock.now().getTime();
      if (buckets.size > MOST_LINKS) buckets.clear();
      const bucket = buckets.get(name) ?? { level: perMinute, at: now };
      const passed = Math.max(now - bucket.at, 0);
      bucket.level = Math.min(perMinute, bucket.level + (passed * perMinute) / MINUTE);
      bucket.at = now;
      buckets.set(name, bucket);
      if (bucket.level < 1) return Math.ceil(((1 - bucket.level) * 60) / perMinute);
      bucket.level -= 1;
      return 0;
    },
  };
}
