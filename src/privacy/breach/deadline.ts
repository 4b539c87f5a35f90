import { type BreachLimit, citeIn, type Locale, type RegimePack } from "../../../consent/index.ts";
import { HOUR } from "../../kernel/clock.ts";
import { addDays, dayIn, endOfDay } from "../clocks/calendar-day.ts";
import { addWorkDays, workDaysOf } from "../clocks/work-days.ts";

export interface BreachDeadline {
  /** The first moment that is too late; null where the law says "without delay" and names no number. */
  readonly at: Date | null;
  readonly article: string;
  readonly mark: string;
  /** The reckoning in words. */
  readonly words: Readonly<Record<Locale, string>>;
}

function endOf(limit: BreachLimit, from: Date, pack: RegimePack): Date {
  if (limit.unit === "hours") return new Date(from.getTime() + limit.amount * HOUR);
  const work = workDaysOf(pack, null);
  const day = dayIn(work.timeZone, from);
  const last =
    limit.unit === "business-days" ? addWorkDays(work, day, limit.amount) : addDays(day, limit.amount);
  return endOfDay(work.timeZone, last);
}

const minute = (at: Date): string => `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;

/** How a reckoning is told. */
interface Words {
  readonly promptly: (article: string) => string;
  readonly due: (at: string, article: string, span: string, known: string) => string;
  readonly span: (n: number) => Readonly<Record<BreachLimit["unit"], string>>;
  readonly and: (note: string) => string;
}

const WORDS: Readonly<Record<Locale, Words>> = {
  en: {
    promptly: (article) => `without delay: ${article}`,
    due: (at, article, span, known) => `due ${at}: ${article}, ${span} from ${known}`,
    span: (n) => ({
      hours: `${n} hours`,
      "calendar-days": `${n} calendar days`,
      "business-days": `${n} business days`,
    }),
    and: (note) => `. ${note}`,
  },
  "zh-CN": {
    promptly: (article) => `应立即办理：${article}`,
    due: (at, article, span, known) => `期限为${at}：${article}；自${known}起${span}`,
    span: (n) => ({
      hours: `${n}小时`,
      "calendar-days": `${n}个自然日`,
      "business-days": `${n}个工作日`,
    }),
    and: (note) => `。${note}`,
  },
  "zh-TW": {
    promptly: (article) => `應立即辦理：${article}`,
    due: (at, article, span, known) => `期限為${at}：${article}；自${known}起${span}`,
    span: (n) => ({
      hours: `${n}小時`,
      "calendar-days": `${n}個日曆日`,
      "business-days": `${n}個工作日`,
    }),
    and: (note) => `。${note}`,
  },
};

/** By when an audience must be told of an incident under a law, reckoned from when it was known. */
export function breachDeadline(
  pack: RegimePack,
  audience: "authority" | "persons",
  discoveredAt: Date,
): BreachDeadline {
  const { value, source, mark, note } = pack.breach[audience];
  const at = value === null ? null : endOf(value, discoveredAt, pack);
  const words = (locale: Locale): string => {
    const rest = note === undefined ? "" : WORDS[locale].and(citeIn(locale, note, pack));
    const article = citeIn(locale, source, pack);
    if (value === null || at === null) return `${WORDS[locale].promptly(article)}${rest}`;
    const span = WORDS[locale].span(value.amount)[value.unit];
    return `${WORDS[locale].due(minute(at), article, span, minute(discoveredAt))}${rest}`;
  };
  return {
    at,
    article: source,
    mark,
    words: { en: words("en"), "zh-CN": words("zh-CN"), "zh-TW": words("zh-TW") },
  };
}
