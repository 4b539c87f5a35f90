import { addSpan, type RequestLimit } from "../../../consent/index.ts";

/** A house rule's span from a moment, in calendar time; business days are counted as calendar days here. */
export function addSpanOfDays(from: Date, { amount, unit }: RequestLimit): Date {
  return unit === "calendar-months"
    ? addSpan(from, { months: amount, days: 0 })
    : addSpan(from, { months: 0, days: amount });
}
