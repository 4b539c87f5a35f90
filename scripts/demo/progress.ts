import { MultiBar, Presets } from "cli-progress";

/** Where the demo shows how far it is: counts of requests per group. */
export interface Progress {
  start(group: string, total: number): void;
  advance(group: string): void;
  stop(): void;
}

export const silentProgress: Progress = { start() {}, advance() {}, stop() {} };

/** One bar per group, for terminals. */
export function barProgress(): Progress {
  const bars = new MultiBar(
    { format: "{group} {bar} {value}/{total}", hideCursor: true, clearOnComplete: false, fps: 8 },
    Presets.shades_classic,
  );
  const open = new Map<string, ReturnType<MultiBar["create"]>>();
  return {
    start: (group, total) => void open.set(group, bars.create(total, 0, { group: group.padEnd(10) })),
    advance: (group) => open.get(group)?.increment(),
    stop: () => bars.stop(),
  };
}

/** A line at each quarter of a group, for logs. */
export function lineProgress(write: (line: string) => void): Progress {
  const groups = new Map<string, { total: number; done: number; shown: number }>();
  return {
    start: (group, total) => void groups.set(group, { total, done: 0, shown: 0 }),
    advance: (group) => {
      const state = groups.get(group);
      if (state === undefined) return;
      state.done++;
      const quarter = Math.floor((state.done * 4) / state.total);
      if (quarter === state.shown) return;
      state.shown = quarter;
      write(`${group}: ${state.done} of ${state.total}`);
    },
    stop: () => {},
  };
}

/** Bars where somebody watches, lines elsewhere; both on standard error. */
export function progressFor(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? barProgress() : lineProgress((line) => void stream.write(`${line}\n`));
}
