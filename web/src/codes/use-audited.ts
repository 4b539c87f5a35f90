import { useLocale } from "../i18n.ts";
import { auditedIn } from "./audited.ts";

/** Says an action of the audit log in the language that is on. Its words are many, and few pages need them. */
export function useAudited(): (action: string) => string {
  const locale = useLocale();
  return (action) => auditedIn(action, locale);
}
