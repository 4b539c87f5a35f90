import type { BreachLimit, RegimePack } from "../../../consent/index.ts";
import { HOUR } from "../../kernel/clock.ts";
import { addDays, dayIn, endOfDay } from "../clocks/calendar-day.ts";
import { addWorkDays, workDaysOf } from "../clocks/work-days.ts";

export interface BreachDeadline {
  /** The first moment that is too late; null where the law says "without delay" and names no number. */
  readonly at: Date | null;
  readonly article: string;
  readonly mark: string;
  readonly words: string;
}

function endOf(limit: BreachLimit, from: Date, pack: RegimePack): Date {
  if (limit.unit === "hours") return new Date(from.getTime() + limit.amount * HOUR);
  const work = workDaysOf(pack, null);
  const day = dayIn(work.timeZone, from);
  const last =
    limit.unit === "business-days" ? addWorkDays(work, day, limit.amount) : addDays(day, limit.amount);
  return endOfDay(work.timeZone, last);
}

/** By when an audience must be told of an incident under a law, reckoned from when it was known. */
export function breachDeadline(
  pack: RegimePack,
  audience: "authority" | "persons",
  discoveredAt: Date,
): BreachDeadline {
  const { value, source, mark, note } = pack.breach[audience];
  const known = discoveredAt.toISOString().slice(0, 16).replace("T", " ");
  if (value === null)
    return {
      at: null,
      article: source,
      mark,
      words: `without delay: ${source}${note === undefined ? "" : `. ${note}`}`,
    };
  const at = endOf(value, discoveredAt, pack);
  const span = `${value.amount} ${value.unit.replace("-", " ")}`;
  return {
    at,
    article: source,
    mark,
    words: `due ${at.toISOString().slice(0, 16).replace("T", " ")} UTC: ${source}, ${span} from ${known} UTC${note === undefined ? "" : `. ${note}`}`,
  };
}
