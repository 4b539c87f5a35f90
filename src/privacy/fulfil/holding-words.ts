import type { LocaleText } from "../../../consent/index.ts";
import type { PersonLink } from "../../db/index.ts";
import { HOLDS_OF_INSIGHT } from "./holding-words/holds-insight.ts";
import { HOLDS_OF_MEMBERS } from "./holding-words/holds-members.ts";
import { HOLDS_OF_PROOF } from "./holding-words/holds-proof.ts";
import { IN_EXPORT } from "./holding-words/in-export.ts";
import { KEPT } from "./holding-words/kept.ts";
import { NOBODY } from "./holding-words/nobody.ts";
import type { Translations } from "./holding-words/translations.ts";

const words = (en: string, cn: string, tw: string): LocaleText => ({ en, "zh-CN": cn, "zh-TW": tw });

/** What a holding says in sentences, and where each kind of sentence is translated: one home for each sentence. */
export const HOLDING_WORDS = {
  holds: { ...HOLDS_OF_MEMBERS, ...HOLDS_OF_INSIGHT, ...HOLDS_OF_PROOF },
  retention: KEPT,
  inExport: IN_EXPORT,
  nobody: NOBODY,
} as const satisfies Readonly<Record<string, Translations>>;

/** A sentence in every language. One without translation stands in English; a test lets none into the register. */
export function translated(sentence: string, translations: Translations): LocaleText {
  const [cn, tw] = (Object.hasOwn(translations, sentence) ? translations[sentence] : undefined) ?? [
    sentence,
    sentence,
  ];
  return words(sentence, cn, tw);
}

/** How the rows of a table lead to a person, in words. */
export function linkWords(person: PersonLink): LocaleText {
  switch (person.kind) {
    case "subject":
      return words("one person, by its own id", "一个人，凭其自身编号", "一個人，憑其自身編號");
    case "subjects":
      return words("several people, by their ids", "多个人，凭各自编号", "多個人，憑各自編號");
    case "identifier":
      return words(
        "a person, by a keyed hash of an identifier or by sealed content",
        "一个人，凭标识符的带密钥哈希值或加密内容",
        "一個人，憑識別碼的金鑰雜湊值或加密內容",
      );
    case "through":
      return words(
        `a person, through ${person.table}`,
        `一个人，通过 ${person.table}`,
        `一個人，透過 ${person.table}`,
      );
    case "nobody": {
      const because = translated(person.because, NOBODY);
      return words(
        `nobody: ${because.en}`,
        `不指向任何人：${because["zh-CN"]}`,
        `不指向任何人：${because["zh-TW"]}`,
      );
    }
  }
}
