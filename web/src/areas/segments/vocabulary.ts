import { useQuery } from "@tanstack/react-query";
import { get } from "../../api.ts";
import { ATTRIBUTES, EVENT_CHANNELS, EVENT_TYPES, MEASURES, SCORES } from "../../codes/facts.ts";
import { CHANNELS } from "../../codes/kinds.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { useLocale } from "../../i18n.ts";
import { usePurposes } from "../../parts/purpose.tsx";
import { useRules } from "../loyalty/use-rules.ts";
import { type Forms, formsOf } from "./forms.ts";

/** One thing that may be chosen. */
export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** Everything that a rule may name, with its words in the language that is on. */
export interface Vocabulary {
  readonly forms: Forms;
  readonly attribute: (code: string) => string;
  readonly measure: (code: string) => string;
  readonly score: (code: string) => string;
  readonly event: (code: string) => string;
  readonly eventChannel: (code: string) => string;
  readonly contactChannel: (code: string) => string;
  readonly purposes: readonly Choice[];
  /** The four loyalty conditions by the names that the programme gives them. */
  readonly conditions: readonly Choice[];
  readonly structures: readonly (Choice & { readonly tiers: readonly Choice[] })[];
}

/** Reads what rules are made of from the server; `data` is undefined until all of it is there. */
export function useVocabulary(): { data: Vocabulary | undefined; error: unknown; isPending: boolean } {
  const locale = useLocale();
  const schema = useQuery({
    queryKey: ["segment-schema"],
    queryFn: () => get<unknown>("/v1/segments/schema"),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const purposes = usePurposes();
  const rules = useRules();
  const codes = {
    attribute: useCodes(ATTRIBUTES),
    measure: useCodes(MEASURES),
    score: useCodes(SCORES),
    event: useCodes(EVENT_TYPES),
    eventChannel: useCodes(EVENT_CHANNELS),
    contactChannel: useCodes(CHANNELS),
  };
  const error = schema.error ?? purposes.error ?? rules.error;
  if (schema.data === undefined || purposes.data === undefined || rules.data === undefined)
    return { data: undefined, error, isPending: error === null };
  const { conditions, structures } = rules.data.rules;
  const named = ({ id, name }: { id: string; name?: Readonly<Record<string, string>> }): Choice => ({
    value: id,
    label: name?.[locale] ?? id,
  });
  return {
    error: null,
    isPending: false,
    data: {
      forms: formsOf(schema.data),
      ...codes,
      purposes: purposes.data.purposes.map(named),
      conditions: Object.entries(conditions).map(([id, name]) => named({ id, name })),
      structures: structures.map((s) => ({ ...named(s), tiers: [s.base, ...s.tiers].map(named) })),
    },
  };
}
