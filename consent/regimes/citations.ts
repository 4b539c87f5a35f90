import type { Locale } from "../vocabulary.ts";
import citations from "./citations.json" with { type: "json" };
import type { RegimePack } from "./regime.schema.ts";

type Spoken = Readonly<Partial<Record<Locale, string>>>;
const BUILT_IN: Readonly<Record<string, Spoken>> = citations;

const spokenIn = (all: Readonly<Record<string, Spoken>> | undefined, citation: string): Spoken | undefined =>
  all !== undefined && Object.hasOwn(all, citation) ? all[citation] : undefined;

/**
 * A provision as a person reads it: “GDPR Art. 12(3)”, “GDPR（《一般資料保護規則》）第12條第3款”. What citations.json
 * says, unless the pack that cites it brings words of its own; the citation itself where nobody has translated it.
 */
export function citeIn(locale: Locale, citation: string, pack?: Pick<RegimePack, "citations">): string {
  return spokenIn(pack?.citations, citation)?.[locale] ?? spokenIn(BUILT_IN, citation)?.[locale] ?? citation;
}
