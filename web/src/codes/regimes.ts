import { useQuery } from "@tanstack/react-query";
import { get } from "../api.ts";
import { type Locale, useLocale } from "../i18n.ts";
import { wordOf } from "./code-words.ts";
import { REGIMES } from "./kinds.ts";

interface ListedRegime {
  readonly id: string;
  readonly name: Readonly<Record<Locale, string>>;
}

/** The laws in force: their ids, and how each is called; a law that the operator added goes by the name in its pack. */
export function useRegimes(): {
  readonly ids: readonly string[];
  readonly nameOf: (id: string | null | undefined) => string;
} {
  const locale = useLocale();
  const { data } = useQuery({
    queryKey: ["regimes"],
    queryFn: () => get<{ regimes: readonly ListedRegime[] }>("/v1/regimes"),
    // They change with a start of the server only.
    staleTime: Number.POSITIVE_INFINITY,
  });
  const own = data?.regimes.filter(({ id }) => REGIMES[id] === undefined) ?? [];
  return {
    ids: [...Object.keys(REGIMES), ...own.map(({ id }) => id)],
    nameOf: (id) =>
      id == null ? "" : (own.find((pack) => pack.id === id)?.name[locale] ?? wordOf(REGIMES, id, locale)),
  };
}
