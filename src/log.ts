import pino from "pino";
import type { Log, LogFields } from "./kernel/log.ts";

export type LogLevel = keyof Log | "silent";

/**
 * A log of one JSON object a line: `level`, `time` (RFC 3339), `event` and its fields. It goes to standard error,
 * so that standard output stays free for what a command was asked for; lines are written before the call returns,
 * so that a dying process leaves its last words. Nothing is redacted because nothing personal may be passed in.
 */
export function createLog(
  options: { readonly level?: LogLevel; readonly destination?: { write(line: string): void } } = {},
): Log {
  const logger = pino(
    {
      level: options.level ?? "info",
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    options.destination ?? pino.destination({ fd: 2, sync: true }),
  );
  const at =
    (level: Exclude<LogLevel, "silent">) =>
    (event: string, fields: LogFields = {}) =>
      logger[level]({ event, ...fields });
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
