import { MINUTE } from "../../src/kernel/clock.ts";

const DAY_MINUTES = 1_440;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether the time zone is one that the IANA database knows. */
export function isTimeZone(zone: string): boolean {
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    formats.set(zone, format);
  }
  return format;
}

/** Minutes since local midnight. */
export function localMinutes(at: Date, zone: string): number {
  const [hour = "0", minute = "0"] = formatOf(zone).format(at).split(":");
  return Number(hour) * 60 + Number(minute);
}

const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));

/** Whether a local minute lies in quiet hours that may run over midnight; equal ends mean none. */
function isQuiet(minute: number, from: number, to: number): boolean {
  return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
}

/**
 * The first moment from `at` on that is not in the quiet hours of a time zone. Across a change of the clocks the answer
 * is the first full minute outside them.
 */
export function afterQuietHours(
  at: Date,
  zone: string,
  quiet: { readonly from: string; readonly to: string } | null,
): Date {
  if (quiet === null) return at;
  const [from, to] = [minutesOf(quiet.from), minutesOf(quiet.to)];
  let moment = at;
  // Once to the end by the clock as it is, and again when the clock was changed on the way.
  for (let round = 0; round < 4; round++) {
    const minute = localMinutes(moment, zone);
    if (!isQuiet(minute, from, to)) return moment;
    const left = (to - minute + DAY_MINUTES) % DAY_MINUTES;
    const start = Math.floor(moment.getTime() / MINUTE) * MINUTE;
    moment = new Date(start + Math.max(1, left) * MINUTE);
  }
  return moment;
}

/** The zone in which most people of a country live, for a member who stated none. */
const ZONES: Readonly<Record<string, string>> = {
  CN: "Asia/Shanghai",
  TW: "Asia/Taipei",
  HK: "Asia/Hong_Kong",
  MO: "Asia/Macau",
  SG: "Asia/Singapore",
  MY: "Asia/Kuala_Lumpur",
  JP: "Asia/Tokyo",
  KR: "Asia/Seoul",
  GB: "Europe/London",
  IE: "Europe/Dublin",
  PT: "Europe/Lisbon",
  FR: "Europe/Paris",
  DE: "Europe/Berlin",
  AT: "Europe/Vienna",
  CH: "Europe/Zurich",
  IT: "Europe/Rome",
  ES: "Europe/Madrid",
  NL: "Europe/Amsterdam",
  BE: "Europe/Brussels",
  LU: "Europe/Luxembourg",
  DK: "Europe/Copenhagen",
  SE: "Europe/Stockholm",
  NO: "Europe/Oslo",
  FI: "Europe/Helsinki",
  PL: "Europe/Warsaw",
  CZ: "Europe/Prague",
  SK: "Europe/Bratislava",
  HU: "Europe/Budapest",
  RO: "Europe/Bucharest",
  BG: "Europe/Sofia",
  GR: "Europe/Athens",
  US: "America/Chicago",
  CA: "America/Toronto",
  AU: "Australia/Sydney",
  NZ: "Pacific/Auckland",
};

/** The member's own zone when it is a real one, else that of the store or country, else UTC. */
export function zoneOf(...candidates: readonly (string | null | undefined)[]): string {
  for (const candidate of candidates) {
    if (candidate === null || candidate === undefined || candidate === "") continue;
    const zone = ZONES[candidate] ?? candidate;
    if (isTimeZone(zone)) return zone;
  }
  return "UTC";
}
