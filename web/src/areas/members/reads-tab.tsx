import type { Static } from "typebox";
import type { DisclosuresSchema } from "../../../../consent/answers.schema.ts";
import { ACTORS, DATA_KINDS, ROLE_WORDS } from "../../codes/kinds.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { useFormats, useWords } from "../../i18n.ts";
import { ServerList } from "../../parts/list.tsx";
import { usePurposeName } from "../../parts/purpose.tsx";
import { isUuid, short } from "./outcome.tsx";
import { MEMBERS } from "./words.ts";

type Disclosure = Static<typeof DisclosuresSchema>["disclosures"][number];

/** The disclosure register of one member: who read what, for what, first and last. */
export function ReadsTab({ id }: { readonly id: string }) {
  const t = useWords(MEMBERS);
  const readerOf = useCodes({ ...ROLE_WORDS, ...ACTORS });
  const kindOf = useCodes(DATA_KINDS);
  const purposeOf = usePurposeName();
  const { time } = useFormats();
  const kinds = (row: Disclosure) => row.categories.map(kindOf).join(", ");
  return (
    <ServerList<Disclosure>
      label={t.reads}
      path={`/v1/members/${id}/disclosures`}
      field="disclosures"
      limit={50}
      rowKey={(row) => `${row.subjectId} ${row.reader.kind} ${row.reader.id} ${row.purpose}`}
      empty={t.noReads}
      csv="reads"
      columns={[
        {
          title: t.reader,
          key: "reader",
          render: (_, row) => (
            <>
              {readerOf(row.reader.kind)}{" "}
              <span className="mono quiet" title={row.reader.id}>
                {isUuid(row.reader.id) ? short(row.reader.id) : row.reader.id}
              </span>
            </>
          ),
          csv: (row) => `${readerOf(row.reader.kind)} ${row.reader.id}`,
        },
        { title: t.purpose, dataIndex: "purpose", render: purposeOf },
        {
          title: t.categories,
          key: "categories",
          render: (_, row) => <div className="words">{kinds(row)}</div>,
          csv: kinds,
        },
        { title: t.first, dataIndex: "firstAt", render: time },
        { title: t.last, dataIndex: "lastAt", render: time },
      ]}
    />
  );
}
