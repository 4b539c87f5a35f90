import { createRequire } from "node:module";
import type Holidays from "date-holidays";
import type { Locale, RegimePack } from "../../../consent/index.ts";
import { addDays, type CalendarDay, weekdayOf } from "./calendar-day.ts";
import type { DayOff } from "./words.ts";

/** Which days are worked in one place, and why the others are not. */
export interface WorkDays {
  readonly timeZone: string;
  /** Country whose public holidays count; null: weekends and the pack's own days only. */
  readonly country: string | null;
  /** Why a day is not worked; null for a working day. */
  whyOff(day: CalendarDay): DayOff | null;
}

type HolidaysClass = new (country: string, region?: string) => Holidays;

const load = createRequire(import.meta.url);
let library: HolidaysClass | undefined;
const years = new Map<string, ReadonlyMap<CalendarDay, Readonly<Record<Locale, string>>>>();
/** Where the library's Chinese names are the official ones; elsewhere it has but a few, and the place's own is kept. */
const NAMED_IN_CHINESE: ReadonlySet<string> = new Set(["CN", "TW"]);

/** Public holidays of one year, remembered: the library reckons moons and Easters anew each time. */
function holidaysOf(
  country: string,
  region: string | null,
  year: string,
): ReadonlyMap<CalendarDay, Readonly<Record<Locale, string>>> {
  const name = `${country}/${region ?? ""}/${year}`;
  const known = years.get(name);
  if (known !== undefined) return known;
  // Loaded when first needed: its tables take half a second and 40 MB, which most processes never need.
  library ??= load("date-holidays") as HolidaysClass;
  const calendar = region === null ? new library(country) : new library(country, region);
  const found = new Map<CalendarDay, Readonly<Record<Locale, string>>>();
  const chinese = new Map(
    NAMED_IN_CHINESE.has(country)
      ? calendar.getHolidays(Number(year), "zh").map((h) => [h.date, h.name] as const)
      : [],
  );
  for (const holiday of calendar.getHolidays(Number(year)) ?? []) {
    // A half day (it begins at noon) is worked.
    if (holiday.type !== "public" || !holiday.date.includes(" 00:00:00")) continue;
    const name = chinese.get(holiday.date) ?? holiday.name;
    found.set(holiday.date.slice(0, 10), { en: holiday.name, "zh-CN": name, "zh-TW": name });
  }
  years.set(name, found);
  return found;
}

/**
 * The working days of a regime. `country` (ISO 3166-1 alpha-2) says whose holidays count where the regime has many
 * countries; outside its territory, or null, only weekends and the pack's own days are off.
 */
export function workDaysOf(pack: RegimePack, country: string | null): WorkDays {
  const calendar = pack.requests.calendar.value;
  const own = pack.territory.length === 1 ? (pack.territory[0]?.country ?? null) : null;
  const place = own ?? (pack.territory.some((t) => t.country === country) ? country : null);
  const [off, worked, ignored] = [
    new Set(calendar.daysOff),
    new Set(calendar.workDays),
    new Set(calendar.notDaysOff),
  ];
  // Years that the pack states in full are not mixed with the library's guess at them.
  const stated = new Set(calendar.workDays.map((day) => day.slice(0, 4)));
  return {
    timeZone: calendar.timeZone,
    country: place,
    whyOff(day) {
      if (worked.has(day)) return null;
      const year = day.slice(0, 4);
      const holiday =
        place === null || stated.has(year) ? undefined : holidaysOf(place, calendar.region, year).get(day);
      if (holiday !== undefined && !ignored.has(holiday.en)) return { kind: "holiday", name: holiday };
      if (off.has(day)) return { kind: "holiday", name: null };
      return calendar.weekend.includes(weekdayOf(day)) ? { kind: "weekend" } : null;
    },
  };
}

/** The `count`-th working day after a day; the day itself for 0. */
export function addWorkDays(work: WorkDays, from: CalendarDay, count: number): CalendarDay {
  let day = from;
  for (let left = count; left > 0; ) {
    day = addDays(day, 1);
    if (work.whyOff(day) === null) left--;
  }
  return day;
}

/** The day itself when it is worked, else the next that is. */
export function nextWorkDay(work: WorkDays, from: CalendarDay): CalendarDay {
  let day = from;
  while (work.whyOff(day) !== null) day = addDays(day, 1);
  return day;
}
