import { DAY } from "../../kernel/clock.ts";

/** A day of the calendar as `YYYY-MM-DD`, without a time or a zone. */
export type CalendarDay = string;

const FORM = /^(\d{4})-(\d{2})-(\d{2})$/;

function utcOf(day: CalendarDay): number {
  const m = FORM.exec(day);
  if (m === null) throw new RangeError("a calendar day is YYYY-MM-DD");
  return Date.UTC(Number(m[1]), Number(m[2]) - 1, Number(m[3]));
}

function dayOfUtc(ms: number): CalendarDay {
  return new Date(ms).toISOString().slice(0, 10);
}

/** The day `days` later (or earlier, when negative). */
export function addDays(day: CalendarDay, days: number): CalendarDay {
  return dayOfUtc(utcOf(day) + days * DAY);
}

/**
 * The same-numbered day `months` later, or the last day of that month where it has no such day
 * (Regulation 1182/71 Art. 3(2)(c)).
 */
export function addMonths(day: CalendarDay, months: number): CalendarDay {
  const from = new Date(utcOf(day));
  const [year, month] = [from.getUTCFullYear(), from.getUTCMonth() + months];
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return dayOfUtc(Date.UTC(year, month, Math.min(from.getUTCDate(), last)));
}

/** Whole days from one day to another; negative when `to` comes first. */
export function daysBetween(from: CalendarDay, to: CalendarDay): number {
  return Math.round((utcOf(to) - utcOf(from)) / DAY);
}

/** ISO 8601 weekday: Monday 1 to Sunday 7. */
export function weekdayOf(day: CalendarDay): number {
  return new Date(utcOf(day)).getUTCDay() || 7;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatIn(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-CA", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    formats.set(timeZone, format);
  }
  return format;
}

/** What a clock on the wall of a zone shows at a moment, read as if it were UTC (whole seconds). */
function wallOf(at: Date, timeZone: string): number {
  const parts = new Map(
    formatIn(timeZone)
      .formatToParts(at)
      .map((p) => [p.type, Number(p.value)]),
  );
  const of = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
  return Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
}

/** The day on which a moment falls in a zone. */
export function dayIn(timeZone: string, at: Date): CalendarDay {
  return dayOfUtc(wallOf(at, timeZone));
}

/**
 * The moment at which a day ends in a zone: the midnight after it. Where that midnight does not exist (a clock put
 * forward at midnight), the first moment of the next day.
 */
export function endOfDay(timeZone: string, day: CalendarDay): Date {
  const wall = utcOf(addDays(day, 1));
  let at = wall;
  // Twice: the first guess may lie on the other side of a change of the clock.
  for (let i = 0; i < 2; i++) at = wall - (wallOf(new Date(at), timeZone) - at);
  while (dayIn(timeZone, new Date(at)) <= day) at += 60_000;
  return new Date(at);
}
