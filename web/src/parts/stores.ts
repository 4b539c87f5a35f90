import { useQuery } from "@tanstack/react-query";
import { get } from "../api.ts";

interface Places {
  readonly items: readonly { readonly storeId: string; readonly name: string }[];
}

/** The name of a shop; its id where nobody has named it. */
export function useStoreName(): (id: string | null | undefined) => string {
  const { data } = useQuery({
    queryKey: ["stores"],
    queryFn: () => get<Places>("/v1/survey-places"),
    staleTime: 300_000,
  });
  return (id) => (id == null ? "–" : (data?.items.find((place) => place.storeId === id)?.name ?? id));
}
