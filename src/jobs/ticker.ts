import type { Log } from "../kernel/log.ts";

/** Work that one process does again and again while it lives. */
export interface Ticker {
  /** Ends it after the round under way. */
  stop(): Promise<void>;
}

/**
 * Runs `work` after `everyMs`, or at once where `atStart` says so, then again `everyMs` after each round ends. A round that fails is logged by its error's name and tried
 * again at the next. For work that any number of processes may do at once without harm.
 */
export function startTicker(options: {
  readonly name: string;
  readonly everyMs: number;
  readonly atStart?: boolean;
  readonly log: Log;
  readonly work: () => Promise<void>;
}): Ticker {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  const round = async (): Promise<void> => {
    try {
      await options.work();
    } catch (error) {
      options.log.warn("background_work_failed", {
        name: options.name,
        error: error instanceof Error ? error.name : "unknown",
      });
    }
    if (!stopped) schedule(options.everyMs);
  };
  const schedule = (afterMs: number): void => {
    timer = setTimeout(() => {
      running = round();
    }, afterMs);
    timer.unref();
  };
  schedule(options.atStart === true ? 0 : options.everyMs);
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
