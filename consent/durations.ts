const DURATION = /^P(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,6})D)?$/;

/** A span of calendar time as ISO 8601 writes it, such as `P24M` or `P1Y6M`. */
export interface CalendarSpan {
  readonly months: number;
  readonly days: number;
}

/** Reads an ISO 8601 duration of whole years, months, weeks and days; null for anything else, and for `P`. */
export function parseSpan(text: string): CalendarSpan | null {
  const m = DURATION.exec(text);
  if (!m || text === "P") return null;
  const [years, months, weeks, days] = [m[1], m[2], m[3], m[4]].map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
  ];
  return { months: years * 12 + months, days: weeks * 7 + days };
}

/**
 * The moment a span later, in UTC. A month ends on the same-numbered day, or on the last day of a shorter month
 * (as Regulation 1182/71 Art. 3(2)(c) counts months).
 */
export function addSpan(from: Date, span: CalendarSpan): Date {
  const to = new Date(from);
  if (span.months !== 0) {
    const day = to.getUTCDate();
    to.setUTCDate(1);
    to.setUTCMonth(to.getUTCMonth() + span.months);
    const last = new Date(Date.UTC(to.getUTCFullYear(), to.getUTCMonth() + 1, 0)).getUTCDate();
    to.setUTCDate(Math.min(day, last));
  }
  to.setUTCDate(to.getUTCDate() + span.days);
  return to;
}
