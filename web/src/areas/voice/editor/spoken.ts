import { type Locale, localeOfTag } from "../../../../../src/i18n/locale.ts";
import { isSpoken } from "../../../../../surveys/definitions/definition.ts";

/** The key under which an object of texts holds a language; null when it does not hold it. */
function keyOf(value: Readonly<Record<string, string>>, locale: Locale, usual: Locale): string | null {
  if (locale === usual && Object.hasOwn(value, "default")) return "default";
  return Object.keys(value).find((tag) => tag !== "default" && localeOfTag(tag) === locale) ?? null;
}

/** What a text says in one language, without falling back to another; empty when it says nothing. */
export function readSpoken(value: unknown, locale: Locale, usual: Locale): string {
  if (typeof value === "string") return locale === usual ? value : "";
  if (!isSpoken(value)) return "";
  const key = keyOf(value, locale, usual);
  return key === null ? "" : (value[key] ?? "");
}

/**
 * The text with other words in one language; the other languages are kept, those that we do not speak as well. Undefined
 * when nothing is left of it.
 */
export function writeSpoken(value: unknown, locale: Locale, usual: Locale, words: string): unknown {
  if (!isSpoken(value)) {
    const plain = typeof value === "string" ? value : "";
    if (locale === usual) return words === "" ? undefined : words;
    if (words === "") return plain === "" ? undefined : plain;
    return { ...(plain === "" ? {} : { default: plain }), [locale.toLowerCase()]: words };
  }
  const key = keyOf(value, locale, usual) ?? (locale === usual ? "default" : locale.toLowerCase());
  if (words !== "") return { ...value, [key]: words };
  const { [key]: _gone, ...kept } = value;
  return Object.keys(kept).length === 0 ? undefined : kept;
}
