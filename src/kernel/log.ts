/** Structured log: a stable snake_case event name and fields that are ids, counts or codes, never personal data. */
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** What a program can measure about itself; names are Prometheus names, labels have few values. */
export interface Meter {
  count(name: string, labels?: Readonly<Record<string, string>>, by?: number): void;
  gauge(name: string, value: number, labels?: Readonly<Record<string, string>>): void;
  observe(name: string, seconds: number, labels?: Readonly<Record<string, string>>): void;
}

export const silentMeter: Meter = { count() {}, gauge() {}, observe() {} };
