import { useLocale } from "../i18n.ts";
import { type CodeWords, wordOf } from "./code-words.ts";

/** Turns codes into words of the language that is on; nothing for null. */
export function useCodes(words: CodeWords): (code: string | null | undefined) => string {
  const locale = useLocale();
  return (code) => (code == null ? "" : wordOf(words, code, locale));
}
