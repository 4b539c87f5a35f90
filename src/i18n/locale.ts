/** The languages in which every text that a person reads exists. */
export const LOCALES = ["en", "zh-CN", "zh-TW"] as const;
export type Locale = (typeof LOCALES)[number];

/** A text in every language. */
export type Spoken = Readonly<Record<Locale, string>>;

/** The languages, each by its own name. */
export const LANGUAGE_NAMES: Spoken = { en: "English", "zh-CN": "简体中文", "zh-TW": "繁體中文" };

/** The language of ours that a BCP 47 tag asks for, as browsers and profiles write it; null for any other. */
export function localeOfTag(tag: string): Locale | null {
  const name = tag.trim().toLowerCase().replaceAll("_", "-");
  if (/^zh-(tw|hk|mo|hant)/.test(name)) return "zh-TW";
  if (/^zh(-|$)/.test(name)) return "zh-CN";
  if (/^en(-|$)/.test(name)) return "en";
  return null;
}

/** The language of a page: what the address asks for, the link's own, the browser's first that we have, English. */
export function chooseLocale(
  asked: unknown,
  fromLink: Locale | null,
  acceptLanguage: string | undefined,
): Locale {
  for (const locale of LOCALES) if (asked === locale) return locale;
  if (fromLink !== null) return fromLink;
  for (const tag of (acceptLanguage ?? "").split(",")) {
    const locale = localeOfTag(tag.split(";")[0] ?? "");
    if (locale !== null) return locale;
  }
  return "en";
}
