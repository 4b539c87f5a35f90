import type { RegimePacks } from "../regimes/regimes.ts";
import type { Locale } from "../vocabulary.ts";
import { PAGE_WORDS } from "./html.ts";

/** ISO 3166-1 leaves this code to its users: a place whose law we do not know. */
export const ELSEWHERE = "ZZ";

/** Countries of every law that we know, California beside them, by their name in the page's language. */
export function countryChoices(regimes: RegimePacks, locale: Locale): readonly (readonly [string, string])[] {
  const known: Readonly<Record<string, string>> = PAGE_WORDS[locale].countries;
  const names = new Intl.DisplayNames([locale], { type: "region" });
  const codes = [...regimes.values()].flatMap((pack) =>
    pack.territory.flatMap((t) => t.regions?.map((r) => `${t.country}-${r}`) ?? [t.country]),
  );
  return [...new Set(codes)]
    .map((code) => [code, known[code] ?? names.of(code.slice(0, 2)) ?? code] as const)
    .sort((a, b) => a[1].localeCompare(b[1], locale));
}

/** The same, and somewhere else: whoever lives there is not kept out, and nothing is taken for agreed. */
export function placeChoices(regimes: RegimePacks, locale: Locale): readonly (readonly [string, string])[] {
  return [...countryChoices(regimes, locale), [ELSEWHERE, PAGE_WORDS[locale].elsewhere]];
}
