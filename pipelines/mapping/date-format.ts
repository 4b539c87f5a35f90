import { DAY, HOUR, MINUTE, SECOND } from "../../src/kernel/clock.ts";
import { localToUtc, readTime, type TimeResult } from "../steps/index.ts";

/** Patterns tried when a mapping states none: all begin with a year of four digits, so none is ambiguous. */
export const DEFAULT_DATE_FORMATS = [
  "ISO",
  "yyyy-M-d[ H:mm[:ss]]",
  "yyyy/M/d[ H:mm[:ss]]",
  "yyyy.M.d[ H:mm[:ss]]",
  "yyyyMMdd[ H:mm[:ss]]",
  "yyyyMMddHHmmss",
  "yyyy年M月d日[ H:mm[:ss]]",
] as const;

/** Reads local or absolute times of one pattern. */
export interface DateFormat {
  /** The moment, or null when the text is not of this pattern or names no real time. */
  read(value: unknown, timeZone: string): Date | null;
  /** The day on the calendar, without any zone: "yyyy-MM-dd", or null. */
  readDay(value: unknown): string | null;
}

type Part = "year" | "month" | "day" | "hour" | "minute" | "second" | "fraction" | "half" | "offset";

interface Token {
  readonly part: Part;
  readonly pattern: string;
  /** How a year is counted. */
  readonly era?: "common" | "roc" | "short";
}

const TOKENS: Readonly<Record<string, Token>> = {
  yyyy: { part: "year", pattern: "\\d{4}", era: "common" },
  yyy: { part: "year", pattern: "\\d{2,3}", era: "roc" },
  yy: { part: "year", pattern: "\\d{2}", era: "short" },
  MM: { part: "month", pattern: "\\d{2}" },
  M: { part: "month", pattern: "\\d{1,2}" },
  dd: { part: "day", pattern: "\\d{2}" },
  d: { part: "day", pattern: "\\d{1,2}" },
  HH: { part: "hour", pattern: "\\d{2}" },
  H: { part: "hour", pattern: "\\d{1,2}" },
  hh: { part: "hour", pattern: "\\d{2}" },
  h: { part: "hour", pattern: "\\d{1,2}" },
  mm: { part: "minute", pattern: "\\d{2}" },
  ss: { part: "second", pattern: "\\d{2}" },
  SSS: { part: "fraction", pattern: "\\d{1,9}" },
  a: { part: "half", pattern: "[AaPp]\\.?[Mm]\\.?|上午|下午" },
  X: { part: "offset", pattern: "[Zz]|[+-]\\d{2}:?\\d{2}" },
};

/** Years of the Republic of China: 民國 1 is 1912. */
const ROC_OFFSET = 1911;

const compiled = new Map<string, DateFormat | null>();

/**
 * The reader of a pattern, or null when it is none. Patterns: `ISO` (RFC 3339 and ISO 8601), `epoch-s`, `epoch-ms`, or
 * tokens: yyyy, yyy (Republic of China, 民國), yy (two digits: 69–99 are 1969–1999, 00–68 are 2000–2068, as POSIX has
 * it; only where a pattern says so), MM M dd d HH H hh h mm ss SSS a (AM/PM, 上午/下午) X (offset), with `[…]` around
 * what may be missing. Everything else stands for itself; a space also for a `T`. A year, month and day are needed.
 */
export function dateFormat(pattern: string): DateFormat | null {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const made = compile(pattern);
  if (compiled.size > 1_000) compiled.clear();
  compiled.set(pattern, made);
  return made;
}

function compile(pattern: string): DateFormat | null {
  if (pattern === "ISO") return isoFormat;
  if (pattern === "epoch-s" || pattern === "epoch-ms") return epochFormat(pattern === "epoch-s" ? SECOND : 1);
  const parts: Part[] = [];
  let era: Token["era"];
  let depth = 0;
  let source = "";
  for (const m of pattern.matchAll(/y+|M+|d+|H+|h+|m+|s+|S+|a|X+|\[|\]| |[^yMdHhmsSaX[\] ]+/g)) {
    const piece = m[0];
    const token = Object.hasOwn(TOKENS, piece) ? TOKENS[piece] : undefined;
    if (token !== undefined) {
      if (parts.includes(token.part)) return null;
      parts.push(token.part);
      era ??= token.era;
      source += `(${token.pattern})`;
    } else if (piece === "[") {
      depth += 1;
      source += "(?:";
    } else if (piece === "]") {
      depth -= 1;
      if (depth < 0) return null;
      source += ")?";
    } else if (/^[yMdHhmsSX]+$/.test(piece)) return null;
    else source += piece === " " ? "[ T\u3000]+" : piece.replace(/[.*+?^${}()|\\/]/g, "\\$&");
  }
  const isComplete = (["year", "month", "day"] as const).every((p) => parts.includes(p));
  if (depth !== 0 || !isComplete) return null;
  return patternFormat(new RegExp(`^${source}$`), parts, era ?? "common");
}

function patternFormat(
  expression: RegExp,
  parts: readonly Part[],
  era: NonNullable<Token["era"]>,
): DateFormat {
  function fieldsOf(value: unknown): Partial<Record<Part, string>> | null {
    const text = typeof value === "string" ? value.trim() : typeof value === "number" ? String(value) : "";
    const m = text.length > 100 ? null : expression.exec(text);
    if (m === null) return null;
    const fields: Partial<Record<Part, string>> = {};
    parts.forEach((part, i) => {
      const piece = m[i + 1];
      if (piece !== undefined) fields[part] = piece;
    });
    return fields;
  }
  const dayOf = (f: Partial<Record<Part, string>>) =>
    calendarDay(yearOf(Number(f.year), era), Number(f.month), Number(f.day));
  return {
    read(value, timeZone) {
      const f = fieldsOf(value);
      const day = f === null ? null : dayOf(f);
      const time = f === null ? null : timeOfDay(f);
      if (f === null || day === null || time === null) return null;
      if (f.offset === undefined) return inZone(day + time, timeZone);
      return inYears(day + time - offsetOf(f.offset));
    },
    readDay(value) {
      const f = fieldsOf(value);
      const day = f === null ? null : dayOf(f);
      return day === null ? null : isoDay(day);
    },
  };
}

function yearOf(year: number, era: NonNullable<Token["era"]>): number {
  if (era === "common") return year;
  if (era === "roc") return year + ROC_OFFSET;
  return year < 69 ? 2000 + year : 1900 + year;
}

function timeOfDay(f: Partial<Record<Part, string>>): number | null {
  let hour = Number(f.hour ?? 0);
  const minute = Number(f.minute ?? 0);
  const second = Number(f.second ?? 0);
  if (f.half !== undefined) {
    if (hour < 1 || hour > 12) return null;
    hour = (hour % 12) + (/^p|下午/i.test(f.half) ? 12 : 0);
  }
  // A leap second is the first moment of the next minute; 24:00 is not written by tills and refused.
  if (hour > 23 || minute > 59 || second > 60) return null;
  const fraction = Number((f.fraction ?? "").slice(0, 3).padEnd(3, "0"));
  return hour * HOUR + minute * MINUTE + second * SECOND + fraction;
}

function offsetOf(text: string): number {
  if (/^z$/i.test(text)) return 0;
  const digits = text.replace(":", "");
  const size = Number(digits.slice(1, 3)) * HOUR + Number(digits.slice(3)) * MINUTE;
  return text.startsWith("-") ? -size : size;
}

/** Midnight of a calendar day as if UTC, or null when there is no such day. */
function calendarDay(year: number, month: number, day: number): number | null {
  if (year < 1800 || year > 2200 || month < 1 || month > 12 || day < 1) return null;
  const ms = Date.UTC(year, month - 1, day);
  const back = new Date(ms);
  return back.getUTCMonth() === month - 1 && back.getUTCDate() === day ? ms : null;
}

function isoDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

const EARLIEST = Date.UTC(1900, 0, 1);
const LATEST = Date.UTC(2201, 0, 1) - 1;

function inYears(ms: number): Date | null {
  return ms >= EARLIEST && ms <= LATEST ? new Date(ms) : null;
}

/** Days on which a zone keeps one offset, so that a file of a million lines asks Intl once a day of its calendar. */
const offsets = new Map<string, Map<number, number | null>>();

/**
 * Local time as a moment. A time that occurs twice is its first occurrence, one that is skipped moves on by the gap
 * (as `localToUtc` has it).
 */
function inZone(localMs: number, timeZone: string): Date | null {
  let days = offsets.get(timeZone);
  if (days === undefined) {
    if (offsets.size > 100) offsets.clear();
    days = new Map();
    offsets.set(timeZone, days);
  }
  const day = Math.floor(localMs / DAY) * DAY;
  let offset = days.get(day);
  if (offset === undefined) {
    if (days.size > 100_000) days.clear();
    const start = localToUtc(day, timeZone);
    const end = localToUtc(day + DAY, timeZone);
    // A change at midnight itself shows as a shift of either end; then every time of the day is asked for.
    offset = start !== null && end === start + DAY ? day - start : null;
    if (offset !== null && localToUtc(day + DAY / 2, timeZone) !== day + DAY / 2 - offset) offset = null;
    days.set(day, offset);
  }
  const utc = offset === null ? localToUtc(localMs, timeZone) : localMs - offset;
  return utc === null ? null : inYears(utc);
}

const isoFormat: DateFormat = {
  read(value, timeZone) {
    if (typeof value !== "string") return null;
    const local = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(value.trim());
    if (local !== null) {
      // The plain case by the short way: no zone in the text and a cached offset.
      const day = calendarDay(Number(local[1]), Number(local[2]), Number(local[3]));
      const [hour, minute, second] = [Number(local[4] ?? 0), Number(local[5] ?? 0), Number(local[6] ?? 0)];
      if (day === null || hour > 23 || minute > 59 || second > 60) return null;
      return inZone(day + hour * HOUR + minute * MINUTE + second * SECOND, timeZone);
    }
    if (!/^\d{4}-/.test(value.trim())) return null;
    const read: TimeResult = readTime(value, timeZone);
    return read.kind === "ok" ? read.at : null;
  },
  readDay(value) {
    const m = typeof value === "string" ? /^(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?$/.exec(value.trim()) : null;
    const day = m === null ? null : calendarDay(Number(m[1]), Number(m[2]), Number(m[3]));
    return day === null ? null : isoDay(day);
  },
};

function epochFormat(unit: number): DateFormat {
  const read = (value: unknown): Date | null => {
    const text = typeof value === "number" ? String(value) : typeof value === "string" ? value.trim() : "";
    return /^-?\d{1,15}(\.\d{1,9})?$/.test(text) ? inYears(Math.round(Number(text) * unit)) : null;
  };
  return {
    read,
    readDay(value) {
      const at = read(value);
      return at === null ? null : isoDay(at.getTime());
    },
  };
}
