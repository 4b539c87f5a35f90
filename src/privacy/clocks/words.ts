import { citeIn, type Locale, type RegimePack, type RequestLimit } from "../../../consent/index.ts";
import type { CalendarDay } from "./calendar-day.ts";

/** Why a day is not worked: a weekend, or a holiday with its name, which is null where nobody gave it one. */
export type DayOff =
  | { readonly kind: "weekend" }
  | { readonly kind: "holiday"; readonly name: Readonly<Record<Locale, string>> | null };

/** What happened on the way to a date; each becomes one sentence. */
export type ClockStep =
  | { readonly kind: "from"; readonly day: CalendarDay }
  | { readonly kind: "limit"; readonly limit: RequestLimit; readonly day: CalendarDay }
  | {
      readonly kind: "extended";
      readonly limit: RequestLimit;
      readonly day: CalendarDay;
      readonly article: string;
    }
  | { readonly kind: "paused"; readonly days: number; readonly day: CalendarDay; readonly article: string }
  | { readonly kind: "running-pause"; readonly since: CalendarDay; readonly article: string }
  | {
      readonly kind: "moved";
      readonly from: CalendarDay;
      readonly why: DayOff;
      readonly day: CalendarDay;
      readonly article: string;
    };

/** A day in words of a language: 31 January 2027, 2027年1月31日. */
export function dayWords(locale: Locale, day: CalendarDay): string {
  return new Intl.DateTimeFormat(locale === "en" ? "en-GB" : locale, {
    dateStyle: "long",
    timeZone: "UTC",
  }).format(new Date(`${day}T00:00:00Z`));
}

const UNITS: Readonly<
  Record<Locale, Readonly<Record<RequestLimit["unit"], readonly [one: string, many: string]>>>
> = {
  en: {
    "calendar-days": ["calendar day", "calendar days"],
    "business-days": ["business day", "business days"],
    "calendar-months": ["month", "months"],
  },
  "zh-CN": {
    "calendar-days": ["个自然日", "个自然日"],
    "business-days": ["个工作日", "个工作日"],
    "calendar-months": ["个月", "个月"],
  },
  "zh-TW": {
    "calendar-days": ["個日曆日", "個日曆日"],
    "business-days": ["個工作日", "個工作日"],
    "calendar-months": ["個月", "個月"],
  },
};

/** A span in words: 10 business days, 1 month. */
export function limitWords(locale: Locale, { amount, unit }: RequestLimit): string {
  const [one, many] = UNITS[locale][unit];
  return `${amount}${locale === "en" ? " " : ""}${amount === 1 ? one : many}`;
}

const DAYS_OFF: Readonly<Record<Locale, Readonly<Record<DayOff["kind"], string>>>> = {
  en: { weekend: "a weekend", holiday: "a holiday" },
  "zh-CN": { weekend: "周末", holiday: "公众假日" },
  "zh-TW": { weekend: "週末", holiday: "國定假日" },
};

function dayOffWords(locale: Locale, why: DayOff): string {
  const words = DAYS_OFF[locale][why.kind];
  if (why.kind === "weekend" || why.name === null) return words;
  return locale === "en" ? `${words} (${why.name.en})` : `${words}（${why.name[locale]}）`;
}

type Cite = (citation: string) => string;

function stepWords(locale: Locale, step: ClockStep, cite: Cite): string {
  const day = (d: CalendarDay) => dayWords(locale, d);
  const span = (limit: RequestLimit) => limitWords(locale, limit);
  const zh = locale === "zh-CN";
  switch (step.kind) {
    case "from":
      return locale === "en"
        ? `received ${day(step.day)}`
        : zh
          ? `${day(step.day)}收到`
          : `${day(step.day)}收到`;
    case "limit":
      if (step.limit.amount === 0) return locale === "en" ? "at once" : zh ? "应当立即处理" : "應立即處理";
      return locale === "en"
        ? `${span(step.limit)} from then: ${day(step.day)}`
        : zh
          ? `自收到起${span(step.limit)}：${day(step.day)}`
          : `自收到起${span(step.limit)}：${day(step.day)}`;
    case "extended":
      return locale === "en"
        ? `extended by ${span(step.limit)} to ${day(step.day)} (${cite(step.article)})`
        : zh
          ? `延长${span(step.limit)}至${day(step.day)}（${cite(step.article)}）`
          : `延長${span(step.limit)}至${day(step.day)}（${cite(step.article)}）`;
    case "paused":
      return locale === "en"
        ? `the clock stood still for ${limitWords("en", { amount: step.days, unit: "calendar-days" })}: ${day(step.day)} (${cite(step.article)})`
        : zh
          ? `期间暂停${span({ amount: step.days, unit: "calendar-days" })}：${day(step.day)}（${cite(step.article)}）`
          : `期間停止${span({ amount: step.days, unit: "calendar-days" })}：${day(step.day)}（${cite(step.article)}）`;
    case "running-pause":
      return locale === "en"
        ? `the clock stands still since ${day(step.since)} (${cite(step.article)})`
        : zh
          ? `自${day(step.since)}起期间暂停（${cite(step.article)}）`
          : `自${day(step.since)}起期間停止（${cite(step.article)}）`;
    case "moved": {
      const why = dayOffWords(locale, step.why);
      return locale === "en"
        ? `${day(step.from)} is ${why}, so the next working day: ${day(step.day)} (${cite(step.article)})`
        : zh
          ? `${day(step.from)}为${why}，顺延至下一工作日${day(step.day)}（${cite(step.article)}）`
          : `${day(step.from)}為${why}，順延至次一工作日${day(step.day)}（${cite(step.article)}）`;
    }
  }
}

/** A whole computed date in words with its article: "due 31 January 2027: GDPR Art. 12(3), received …". */
export function explainDay(
  locale: Locale,
  computed: {
    readonly day: CalendarDay | null;
    readonly article: string;
    readonly steps: readonly ClockStep[];
  },
  pack: RegimePack,
): string {
  const { day } = computed;
  const cite: Cite = (citation) => citeIn(locale, citation, pack);
  const article = cite(computed.article);
  const steps = computed.steps.map((step) => stepWords(locale, step, cite));
  const list = steps.join(locale === "en" ? "; " : "；");
  if (locale === "en")
    return day === null
      ? `no date in the law: ${article}, ${list}`
      : `due ${dayWords("en", day)}: ${article}, ${list}`;
  const head =
    day === null
      ? locale === "zh-CN"
        ? "法律未规定具体期限"
        : "法律未定明確期限"
      : locale === "zh-CN"
        ? `期限为${dayWords(locale, day)}`
        : `期限為${dayWords(locale, day)}`;
  return `${head}：${article}；${list}`;
}
