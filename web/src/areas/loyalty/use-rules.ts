import { useQuery } from "@tanstack/react-query";
import type { Static } from "typebox";
import type { RulesAnswer } from "../../../../src/loyalty/answers.schema.ts";
import type { Rules } from "../../../../src/loyalty/rules.ts";
import { get } from "../../api.ts";
import { useLocale, useWords } from "../../i18n.ts";
import { LOYALTY } from "./words.ts";

export function useRules() {
  return useQuery({
    queryKey: ["loyalty-rules"],
    queryFn: () => get<Static<typeof RulesAnswer>>("/v1/loyalty/rules"),
  });
}

/** What levels are called in the language that is on: conditions and tiers by the names that some rules give them. */
export function useLevelNames(rules: Rules | undefined) {
  const locale = useLocale();
  const t = useWords(LOYALTY);
  return {
    /** `of`: `condition`, or the id of a tier structure. */
    structure: (of: string) =>
      of === "condition" ? t.condition : (rules?.structures.find((s) => s.id === of)?.name[locale] ?? of),
    level: (of: string, id: string | null) => {
      if (id === null) return "–";
      if (of === "condition") {
        const names: Readonly<Record<string, Rules["conditions"]["true"]>> = rules?.conditions ?? {};
        return names[id]?.[locale] ?? (id === "unknown" ? t.unknown : id);
      }
      const structure = rules?.structures.find((s) => s.id === of);
      const tiers = structure === undefined ? [] : [structure.base, ...structure.tiers];
      return tiers.find((tier) => tier.id === id)?.name[locale] ?? id;
    },
  };
}
