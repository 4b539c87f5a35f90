import { DAY, HOUR, MINUTE, SECOND } from "../../src/kernel/clock.ts";

/** A time on the wall of a shop: no zone, only what its clock shows. */
export interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const two = (n: number) => String(n).padStart(2, "0");

/** The year of history: counts days back from the day of `now`, so that it ends yesterday. */
export interface Calendar {
  wall(daysBefore: number, secondOfDay: number): WallTime;
  /** The same moment for those who write UTC. */
  utc(daysBefore: number, secondOfDay: number): Date;
}

export function calendarUntil(now: Date): Calendar {
  const today = Math.floor(now.getTime() / DAY) * DAY;
  const at = (daysBefore: number, secondOfDay: number) =>
    new Date(today - daysBefore * DAY + secondOfDay * SECOND);
  return {
    utc: at,
    wall: (daysBefore, secondOfDay) => {
      const t = at(daysBefore, secondOfDay);
      return {
        year: t.getUTCFullYear(),
        month: t.getUTCMonth() + 1,
        day: t.getUTCDate(),
        hour: t.getUTCHours(),
        minute: t.getUTCMinutes(),
        second: t.getUTCSeconds(),
      };
    },
  };
}

export const SECONDS_A_MINUTE = MINUTE / SECOND;
export const SECONDS_AN_HOUR = HOUR / SECOND;

/** How shops write times; each name is the pattern that the source's mapping states for it. */
export const WRITTEN = {
  "yyyy年M月d日 HH:mm:ss": (t: WallTime) =>
    `${t.year}年${t.month}月${t.day}日 ${two(t.hour)}:${two(t.minute)}:${two(t.second)}`,
  "yyyy/M/d H:mm": (t: WallTime) => `${t.year}/${t.month}/${t.day} ${t.hour}:${two(t.minute)}`,
  "yyyy-MM-dd HH:mm:ss": (t: WallTime) =>
    `${t.year}-${two(t.month)}-${two(t.day)} ${two(t.hour)}:${two(t.minute)}:${two(t.second)}`,
  "yyyy-MM-dd": (t: WallTime) => `${t.year}-${two(t.month)}-${two(t.day)}`,
  yyyy年M月d日: (t: WallTime) => `${t.year}年${t.month}月${t.day}日`,
  "yyy/MM/dd": (t: WallTime) => `${t.year - 1911}/${two(t.month)}/${two(t.day)}`,
  "yyy/MM/dd HH:mm": (t: WallTime) =>
    `${t.year - 1911}/${two(t.month)}/${two(t.day)} ${two(t.hour)}:${two(t.minute)}`,
  "dd/MM/yyyy": (t: WallTime) => `${two(t.day)}/${two(t.month)}/${t.year}`,
  "dd/MM/yyyy HH:mm": (t: WallTime) =>
    `${two(t.day)}/${two(t.month)}/${t.year} ${two(t.hour)}:${two(t.minute)}`,
} as const satisfies Record<string, (t: WallTime) => string>;

export type WrittenTime = keyof typeof WRITTEN;
