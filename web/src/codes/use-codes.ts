import { useLocale } from "../i18n.ts";
import { auditedIn } from "./audited.ts";
import { type CodeWords, wordOf } from "./code-words.ts";

/** Turns codes into words of the language that is on; nothing for null. */
export function useCodes(words: CodeWords): (code: string | null | undefined) => string {
  const locale = useLocale();
  return (code) => (code == null ? "" : wordOf(words, code, locale));
}

/** Says an action of the audit log in the language that is on. */
export function useAudited(): (action: string) => string {
  const locale = useLocale();
  return (action) => auditedIn(action, locale);
}
