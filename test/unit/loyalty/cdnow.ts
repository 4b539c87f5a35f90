import { missingReason, readText } from "../../../scripts/real-data/data.ts";

/** A customer of the CD shop up to a day: repeats, recency and age in weeks, mean amount of a repeat day in dollars. */
export interface Customer {
  readonly x: number;
  readonly tx: number;
  readonly t: number;
  readonly z: number;
  /** Days with a purchase after the last day of the calibration. */
  readonly later: number;
}

const FILE = "pos/cdnow/CDNOW_sample.txt";
const DAY = 86_400_000;
/** 39 weeks from the first day of 1997, as in Fader, Hardie & Lee (2005). */
const LAST_DAY = Date.UTC(1997, 8, 30) / DAY;

/** Why the sample cannot be read here, or null. */
export const whyNoCdnow = (): string | null => missingReason([FILE]);

/** The usual 1/10 sample, 2,357 customers who first bought in the first quarter of 1997; one purchase a day. */
export function readCdnow(): Customer[] {
  const days = new Map<string, Map<number, number>>();
  for (const line of readText(FILE).split("\n")) {
    const [, id, date, , amount] = line.trim().split(/\s+/);
    if (id === undefined || date === undefined || amount === undefined) continue;
    const day = Date.UTC(+date.slice(0, 4), +date.slice(4, 6) - 1, +date.slice(6, 8)) / DAY;
    const own = days.get(id) ?? new Map<number, number>();
    days.set(id, own.set(day, (own.get(day) ?? 0) + Number(amount)));
  }
  return [...days.values()].map((own) => {
    const all = [...own.keys()].sort((a, b) => a - b);
    const seen = all.filter((day) => day <= LAST_DAY);
    const first = seen[0] as number;
    const repeats = seen.slice(1);
    const x = repeats.length;
    return {
      x,
      tx: x === 0 ? 0 : ((repeats.at(-1) as number) - first) / 7,
      t: (LAST_DAY - first) / 7,
      z: x === 0 ? 0 : repeats.reduce((sum, day) => sum + (own.get(day) as number), 0) / x,
      later: all.length - seen.length,
    };
  });
}
