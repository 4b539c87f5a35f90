import { createContext, useContext } from "react";
import { currencyDecimals } from "../../src/kernel/currency-decimals.ts";

export const LOCALES = ["en", "zh-CN", "zh-TW"] as const;
/** Each language in its own words. */
export const LANGUAGE_NAMES = { en: "English", "zh-CN": "简体中文", "zh-TW": "繁體中文" } as const;
export type Locale = (typeof LOCALES)[number];

/** Words of one part of the console in all three languages. The other languages have exactly English's keys. */
export type Words<T> = Readonly<Record<Locale, T>>;

/** Declares words; the compiler asks for every key in every language. */
export function words<const T extends Record<string, string>>(
  all: { readonly en: T } & Readonly<Record<"zh-CN" | "zh-TW", Readonly<Record<keyof T, string>>>>,
): Words<Readonly<Record<keyof T, string>>> {
  return all;
}

export const LocaleContext = createContext<{ locale: Locale; setLocale: (locale: Locale) => void }>({
  locale: "en",
  setLocale: () => {},
});

export function useLocale(): Locale {
  return useContext(LocaleContext).locale;
}

/** The words of a part in the language that is on. */
export function useWords<T>(all: Words<T>): T {
  return all[useLocale()];
}

/** Puts parameters into a sentence: `{count} members`. */
export function say(sentence: string, params: Readonly<Record<string, string | number>>): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, key: string) => String(params[key] ?? whole));
}

const STORE = "candor-locale";

/** The language chosen before, the browser's first that we have, or English. */
export function firstLocale(): Locale {
  const chosen = localStorage.getItem(STORE);
  if ((LOCALES as readonly (string | null)[]).includes(chosen)) return chosen as Locale;
  for (const tag of navigator.languages) {
    if (/^zh-(tw|hk|mo|hant)/i.test(tag)) return "zh-TW";
    if (/^zh/i.test(tag)) return "zh-CN";
    if (/^en/i.test(tag)) return "en";
  }
  return "en";
}

export function keepLocale(locale: Locale): void {
  localStorage.setItem(STORE, locale);
}

/** Dates, times and figures in the language that is on, in the browser's time zone. */
export function useFormats() {
  const locale = useLocale();
  const tag = locale === "en" ? "en-GB" : locale;
  const date = (at: string | Date | null | undefined) =>
    at == null ? "–" : new Intl.DateTimeFormat(tag, { dateStyle: "medium" }).format(new Date(at));
  /** A month of the calendar, by any day of it (`2026-03-01`); days have no time zone. */
  const month = (day: string) =>
    new Intl.DateTimeFormat(tag, { month: "short", year: "numeric", timeZone: "UTC" }).format(new Date(day));
  /** A quarter of the year, by any day of it. */
  const quarter = (of: string) => {
    const [year, name] = of.split("-");
    const n = Math.ceil(Number(name) / 3);
    return locale === "en" ? `Q${n} ${year}` : `${year} 年第 ${n} ${locale === "zh-CN" ? "季度" : "季"}`;
  };
  /** A day of the calendar (`2026-03-01`); days have no time zone. */
  const day = (of: string) =>
    new Intl.DateTimeFormat(tag, { dateStyle: "medium", timeZone: "UTC" }).format(new Date(of));
  const time = (at: string | Date | null | undefined) =>
    at == null
      ? "–"
      : new Intl.DateTimeFormat(tag, { dateStyle: "medium", timeStyle: "short" }).format(new Date(at));
  const number = (n: number | null | undefined, digits?: number) =>
    n == null
      ? "–"
      : new Intl.NumberFormat(tag, digits === undefined ? {} : { maximumFractionDigits: digits }).format(n);
  const percent = (n: number | null | undefined, digits = 0) =>
    n == null
      ? "–"
      : new Intl.NumberFormat(tag, { style: "percent", maximumFractionDigits: digits }).format(n);
  /** Minor units of a currency, as the API has them. */
  const money = (minor: number | null | undefined, currency: string) => {
    if (minor == null) return "–";
    // The engine's own number of decimals is that of prices in daily life: none in HUF, whose minor units are hundredths.
    const digits = currencyDecimals(currency);
    const exact = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    return new Intl.NumberFormat(tag, { style: "currency", currency, ...exact }).format(minor / 10 ** digits);
  };
  /** From one figure to another, already in words: a dash beside a minus could not be read. */
  const range = (low: string, high: string) => (locale === "en" ? `${low} to ${high}` : `${low} 至 ${high}`);
  return { date, day, month, quarter, time, number, percent, money, range };
}
