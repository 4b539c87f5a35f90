import type { ConsentRecord } from "../ledger.ts";
import type { RegistrySnapshot } from "../registry-snapshot.ts";
import type { Locale } from "../vocabulary.ts";
import { PAGE_WORDS, say } from "./html.ts";
import { aboutRecord } from "./preference-page.ts";

/** The message that asks the address itself to confirm a consent. The link changes nothing until its button is pressed. */
export function confirmationMail(
  registry: RegistrySnapshot,
  record: ConsentRecord,
  token: string,
  locale: Locale,
): { readonly subject: string; readonly text: string } {
  const words = PAGE_WORDS[locale];
  const company = registry.controller.name[locale];
  const what = aboutRecord(registry, record, locale);
  return {
    subject: `${words.confirmTitle} · ${company}`,
    text: [
      say(words.confirmText, { what }),
      `${registry.controller.publicUrl ?? ""}/c/${token}?lang=${locale}`,
      company,
    ].join("\n\n"),
  };
}
