/** What a code of the API is called in English, simplified and traditional Chinese. */
export type CodeWords = Readonly<Record<string, readonly [en: string, zhCN: string, zhTW: string]>>;

const PLACES = { en: 0, "zh-CN": 1, "zh-TW": 2 } as const;

/** The words of a code in a language; the code itself where nobody has named it (one that an installation made). */
export function wordOf(words: CodeWords, code: string, locale: keyof typeof PLACES): string {
  return Object.hasOwn(words, code) ? (words[code]?.[PLACES[locale]] ?? code) : code;
}
