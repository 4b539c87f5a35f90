import { useQuery } from "@tanstack/react-query";
import Select from "antd/es/select";
import type { Static } from "typebox";
import type { PurposeFileSchema } from "../../../consent/purpose.schema.ts";
import { get } from "../api.ts";
import { useLocale, useWords } from "../i18n.ts";
import { useSession } from "../session.ts";
import { PARTS } from "./words.ts";

const STORE = "candor-purpose";

/** The purpose chosen last in this tab; each look at personal data carries one. */
export function lastPurpose(): string | undefined {
  return sessionStorage.getItem(STORE) ?? undefined;
}

/** The purposes in force, with their names in three languages. */
export function usePurposes() {
  return useQuery({
    queryKey: ["purposes"],
    queryFn: () => get<Static<typeof PurposeFileSchema>>("/v1/purposes"),
  });
}

/** The name of a purpose in the language that is on; its id while names are under way, or when it has ended. */
export function usePurposeName(): (id: string) => string {
  const t = useWords(PARTS);
  const locale = useLocale();
  const { data } = usePurposes();
  return (id) => {
    if (id === "*") return t.everyPurpose;
    if (id === "*marketing") return t.everyMarketing;
    return data?.purposes.find((p) => p.id === id)?.name[locale] ?? id;
  };
}

/** Chooses the purpose of a look among those that the person may name. */
export function PurposeSelect(props: {
  readonly value: string | undefined;
  readonly onChange: (purpose: string) => void;
}) {
  const t = useWords(PARTS);
  const locale = useLocale();
  const { account } = useSession();
  const purposes = usePurposes();
  const every = account.purposes.includes("*");
  const options = (purposes.data?.purposes ?? [])
    .filter((p) => every || account.purposes.includes(p.id))
    .map((p) => ({ value: p.id, label: p.name[locale] }));
  return (
    <Select
      value={props.value ?? null}
      aria-label={t.purposeAsk}
      placeholder={t.purposeAsk}
      options={options}
      popupMatchSelectWidth={false}
      style={{ minWidth: 220 }}
      onChange={(value) => {
        if (value === null) return;
        sessionStorage.setItem(STORE, value);
        props.onChange(value);
      }}
    />
  );
}
