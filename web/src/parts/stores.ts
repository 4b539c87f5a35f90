import { useQuery } from "@tanstack/react-query";
import type { Static } from "typebox";
import type { PlacesSchema } from "../../../surveys/sending/answers.schema.ts";
import { get } from "../api.ts";

type Places = Static<typeof PlacesSchema>;

/** The shops that were named. */
export function useStores(): Places["items"] {
  const { data } = useQuery({
    queryKey: ["stores"],
    queryFn: () => get<Places>("/v1/survey-places"),
    staleTime: 300_000,
  });
  return data?.items ?? [];
}

/** The name of a shop; its id where nobody has named it. */
export function useStoreName(): (id: string | null | undefined) => string {
  const stores = useStores();
  return (id) => (id == null ? "–" : (stores.find((place) => place.storeId === id)?.name ?? id));
}
