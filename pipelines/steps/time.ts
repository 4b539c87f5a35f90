import { DAY, HOUR, MINUTE, SECOND } from "../../src/kernel/clock.ts";
import { type Rejection, rejection } from "../../src/kernel/verdicts.ts";
import type { Arrival } from "../adapter.ts";
import { isBlank } from "./read-value.ts";

/** Years 1900 to 2200, both included: everything outside is a slip of a clock or a placeholder. */
const EARLIEST = Date.UTC(1900, 0, 1);
const LATEST = Date.UTC(2201, 0, 1) - 1;

export type TimeResult = { readonly kind: "ok"; readonly at: Date } | { readonly kind: "bad" };

const BAD: TimeResult = { kind: "bad" };

function within(ms: number): TimeResult {
  return ms >= EARLIEST && ms <= LATEST ? { kind: "ok", at: new Date(ms) } : BAD;
}

const formatters = new Map<string, Intl.DateTimeFormat | null>();

function formatterOf(timeZone: string): Intl.DateTimeFormat | null {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  let made: Intl.DateTimeFormat | null;
  try {
    made = new Intl.DateTimeFormat("en-US", {
      timeZone,
      calendar: "gregory",
      numberingSystem: "latn",
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
  } catch {
    made = null;
  }
  // Zone names come from registered sources, but a hostile list of wrong ones must not fill the memory.
  if (formatters.size > 1_000) {
    formatters.clear();
    steadyOffsets.clear();
  }
  formatters.set(timeZone, made);
  return made;
}

/** Whether the name is an IANA time zone that this machine knows. */
export function isTimeZone(name: string): boolean {
  return formatterOf(name) !== null;
}

/** Milliseconds that local time is ahead of UTC at a moment. Exact to the second, as zones were before 1972. */
function offsetAt(formatter: Intl.DateTimeFormat, utcMs: number): number {
  const second = Math.floor(utcMs / SECOND) * SECOND;
  const part = { year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0 };
  for (const { type, value } of formatter.formatToParts(second)) {
    if (type in part) part[type as keyof typeof part] = Number(value);
  }
  return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second) - second;
}

/** Offsets of days on which, and around which, a zone's clocks do not change, by zone and day; null where they do. */
const steadyOffsets = new Map<string, Map<number, number | null>>();

function steadyOffset(formatter: Intl.DateTimeFormat, timeZone: string, localMs: number): number | null {
  const day = Math.floor(localMs / DAY);
  let days = steadyOffsets.get(timeZone);
  if (days === undefined) {
    days = new Map();
    steadyOffsets.set(timeZone, days);
  }
  const known = days.get(day);
  if (known !== undefined) return known;
  // Local and UTC days lie less than a day apart, so these two moments enclose the whole local day.
  const before = offsetAt(formatter, (day - 1) * DAY);
  const offset = before === offsetAt(formatter, (day + 2) * DAY) ? before : null;
  if (days.size >= 4_096) days.clear();
  days.set(day, offset);
  return offset;
}

/**
 * The moment at which clocks in a zone show a local time (given as if it were UTC). A time that occurs twice, when
 * clocks go back, is its first occurrence; one that is skipped, when they go forward, moves on by the gap
 * (both as `Temporal` calls "compatible"). Null for an unknown zone.
 */
export function localToUtc(localMs: number, timeZone: string): number | null {
  if (timeZone === "UTC" || timeZone === "Etc/UTC") return localMs;
  const formatter = formatterOf(timeZone);
  if (formatter === null) return null;
  const steady = steadyOffset(formatter, timeZone, localMs);
  if (steady !== null) return localMs - steady;
  // The offset before and after any change of this day; the two candidates differ only around a change.
  const before = offsetAt(formatter, localMs - DAY);
  const after = offsetAt(formatter, localMs + DAY);
  const early = localMs - before;
  if (offsetAt(formatter, early) === before) return early;
  const late = localMs - after;
  if (offsetAt(formatter, late) === after) return late;
  return early;
}

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?([Zz]|[+-]\d{2}(?::?\d{2})?)?)?$/;
const COMPACT = /^(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?(Z)?)?$/;

/** Milliseconds of a calendar date and time as if UTC, or null when there is no such day or hour. */
function fromParts(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number | null {
  if (month < 1 || month > 12 || day < 1 || minute > 59 || second > 60) return null;
  // 24:00 closes a day (ISO 8601), a leap second ends its minute: both are the first moment of the next.
  if (hour > 24 || (hour === 24 && (minute > 0 || second > 0))) return null;
  const at = new Date(0);
  at.setUTCFullYear(year, month - 1, day);
  if (at.getUTCMonth() !== month - 1 || at.getUTCDate() !== day) return null;
  return at.getTime() + hour * HOUR + minute * MINUTE + second * SECOND;
}

function offsetOf(text: string): number | null {
  if (text === "Z" || text === "z") return 0;
  const hours = Number(text.slice(1, 3));
  const minutes = Number(text.slice(3).replace(":", "") || 0);
  if (hours > 23 || minutes > 59) return null;
  return (text.startsWith("-") ? -1 : 1) * (hours * HOUR + minutes * MINUTE);
}

function readTextTime(text: string, timeZone: string): TimeResult {
  const iso = ISO.exec(text);
  const m = iso ?? (text.length === 10 || text.length === 13 ? null : COMPACT.exec(text));
  if (m === null) {
    // Ten to thirteen digits are an epoch; fewer would rather be a date that lost its separators.
    return /^\d{10,13}(\.\d+)?$/.test(text) ? readEpoch(Number(text)) : BAD;
  }
  const local = fromParts(
    Number(m[1]),
    Number(m[2]),
    Number(m[3]),
    Number(m[4] ?? 0),
    Number(m[5] ?? 0),
    Number(m[6] ?? 0),
  );
  if (local === null) return BAD;
  const ms = iso === null ? 0 : Number((iso[7] ?? "").slice(0, 3).padEnd(3, "0"));
  const zone = iso === null ? m[7] : m[8];
  if (zone !== undefined) {
    const offset = offsetOf(zone);
    return offset === null ? BAD : within(local - offset + ms);
  }
  if (local < EARLIEST - DAY || local > LATEST + DAY) return BAD;
  const utc = localToUtc(local, timeZone);
  return utc === null ? BAD : within(utc + ms);
}

/** Seconds since 1970 up to the year 2200, milliseconds above that. */
function readEpoch(value: number): TimeResult {
  if (!Number.isFinite(value)) return BAD;
  return within(Math.round(Math.abs(value) <= LATEST / SECOND ? value * SECOND : value));
}

/**
 * Reads a moment: RFC 3339 or ISO 8601 text (also compact, also a date alone: its first moment), or epoch seconds or
 * milliseconds. Text without an offset is local time of `timeZone`. Bad: anything else, days that do not exist,
 * and moments outside the years 1900 to 2200.
 */
export function readTime(value: unknown, timeZone: string = "UTC"): TimeResult {
  if (typeof value === "number") return readEpoch(value);
  if (typeof value === "string") return readTextTime(value.trim(), timeZone);
  if (value instanceof Date) return within(value.getTime());
  return BAD;
}

/** Reads a day on the calendar (a birthday), which has no zone: "YYYY-MM-DD", or null. */
export function readDay(value: unknown): string | null {
  if (typeof value !== "string") return null;
  const m = /^(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})$/.exec(value.trim());
  if (m === null) return null;
  const at = fromParts(Number(m[1]), Number(m[2]), Number(m[3]), 0, 0, 0);
  return at === null || at < EARLIEST - 100 * 365 * DAY || at > LATEST ? null : `${m[1]}-${m[2]}-${m[3]}`;
}

export type OccurredResult =
  | { readonly kind: "ok"; readonly at: Date }
  | { readonly kind: "rejected"; readonly rejection: Rejection };

/** Refuses moments more than a day ahead of their receipt. */
export function checkOccurred(at: Date, receivedAt: Date): OccurredResult {
  if (at.getTime() > receivedAt.getTime() + DAY) {
    return { kind: "rejected", rejection: rejection("time-in-future") };
  }
  return { kind: "ok", at };
}

/**
 * When an item happened, with the sender's clock corrected: receivedAt − (sentAt − original), where the sender says
 * when it sent. Without a time of its own an item happened when it was received. An unreadable `sentAt` corrects
 * nothing; an unreadable time rejects the item.
 */
export function occurredAt(
  item: { readonly original: unknown; readonly sentAt?: unknown; readonly field: string },
  arrival: Arrival,
  timeZone: string,
): OccurredResult {
  if (isBlank(item.original)) return { kind: "ok", at: arrival.receivedAt };
  const original = readTime(item.original, timeZone);
  if (original.kind === "bad") {
    const detail = `${item.field} could not be read or lies outside the years 1900 to 2200.`;
    return { kind: "rejected", rejection: rejection("invalid-time", detail) };
  }
  const own = isBlank(item.sentAt) ? null : readTime(item.sentAt, timeZone);
  const sentAt = own?.kind === "ok" ? own.at : arrival.sentAt;
  if (sentAt === null) return checkOccurred(original.at, arrival.receivedAt);
  const corrected = within(arrival.receivedAt.getTime() - (sentAt.getTime() - original.at.getTime()));
  if (corrected.kind === "bad") return { kind: "rejected", rejection: rejection("invalid-time") };
  return checkOccurred(corrected.at, arrival.receivedAt);
}
