import { Presets, SingleBar } from "cli-progress";
import type { Io } from "./io.ts";
import { count, plural, printable, size } from "./text.ts";

/** Watches bytes go by on their way to the server. */
export interface Watch {
  saw(chunk: Uint8Array): void;
  /** Bytes so far. */
  bytes(): number;
  /** Seconds since the start. */
  seconds(): number;
  /** Takes the bar away. Stopping twice is fine. */
  stop(): void;
}

const NEWLINE = 10;
/** Shorter files are done before a line about them can be read. */
const WORTH_LINES = 5_000_000;
const MINIMUM_REDRAW_MS = 100;

/**
 * Shows how far a file has been taken, with lines a second: a bar where somebody watches, else a line at each
 * quarter of larger files. The server reads no faster than it stores, so bytes taken are a fair measure.
 * `total` is the file's size in bytes, null when nobody knows.
 */
export function watchUpload(name: string, total: number | null, io: Io): Watch {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1_000;
  let bytes = 0;
  let lines = 0;
  let quarter = 0;
  let drawn = 0;
  const facts = () => ({
    lines: count(lines),
    rate: count(Math.round(lines / Math.max(seconds(), 0.001))),
    taken: size(bytes),
  });

  const bar =
    io.screen === null
      ? null
      : new SingleBar(
          {
            stream: io.screen,
            format:
              total === null
                ? `${printable(name)}  {taken}  {lines} lines  {rate} lines/s`
                : `${printable(name)}  {bar} {percentage}%  {lines} lines  {rate} lines/s`,
            hideCursor: true,
            clearOnComplete: true,
            etaBuffer: 100,
          },
          Presets.shades_classic,
        );
  bar?.start(total ?? 1, 0, facts());

  const show = () => {
    if (bar !== null) {
      if (performance.now() - drawn < MINIMUM_REDRAW_MS) return;
      drawn = performance.now();
      bar.update(total === null ? 0 : bytes, facts());
      return;
    }
    if (total === null || total < WORTH_LINES) return;
    const now = Math.floor((bytes * 4) / total);
    if (now === quarter) return;
    quarter = now;
    const { rate } = facts();
    io.note(
      `${printable(name)}: ${size(bytes)} of ${size(total)}, ${plural(lines, "line")}, ${rate} lines/s`,
    );
  };

  let stopped = false;
  return {
    saw(chunk) {
      bytes += chunk.length;
      for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, at + 1)) lines++;
      show();
    },
    bytes: () => bytes,
    seconds,
    stop() {
      if (stopped) return;
      stopped = true;
      bar?.stop();
    },
  };
}
