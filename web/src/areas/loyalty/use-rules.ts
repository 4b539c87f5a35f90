import { useQuery } from "@tanstack/react-query";
import { get } from "../../api.ts";

type LocaleWords = Readonly<Record<string, string>>;

export interface Rules {
  readonly version: number;
  readonly rules: {
    readonly conditions: Readonly<Record<string, LocaleWords>>;
    readonly structures: readonly {
      readonly id: string;
      readonly name: LocaleWords;
      readonly base: { readonly id: string; readonly name: LocaleWords };
      readonly tiers: readonly { readonly id: string; readonly name: LocaleWords }[];
    }[];
  };
}

/** The rules in force. */
export function useRules() {
  return useQuery({ queryKey: ["loyalty-rules"], queryFn: () => get<Rules>("/v1/loyalty/rules") });
}
