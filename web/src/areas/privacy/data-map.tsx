import { useQuery } from "@tanstack/react-query";
import Button from "antd/es/button";
import type { Static } from "typebox";
import type { DataMapSchema } from "../../../../src/privacy/fulfil/data-map.schema.ts";
import { get } from "../../api.ts";
import { DATA_KINDS } from "../../codes/kinds.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { useLocale, useWords } from "../../i18n.ts";
import { PageBody } from "../../parts/page.tsx";
import { WholeList } from "../../parts/whole-list.tsx";
import { PRIVACY } from "./words.ts";

type DataMap = Static<typeof DataMapSchema>;
type Line = DataMap["tables"][number];

/** The record of processing. */
export function DataMapPage() {
  const t = useWords(PRIVACY);
  const locale = useLocale();
  const kindOf = useCodes(DATA_KINDS);
  const map = useQuery({
    queryKey: ["data-map"],
    queryFn: () => get<DataMap>("/v1/data-map"),
    select: ({ tables }) => tables,
  });
  return (
    <PageBody
      title={t.map}
      lead={t.mapLead}
      actions={
        <Button href={`/v1/data-map?format=html&lang=${locale}`} target="_blank">
          {t.open}
        </Button>
      }
    >
      <WholeList<Line>
        label={t.map}
        query={map}
        rowKey={(row) => row.table}
        csv="data-map"
        empty={t.map}
        columns={[
          {
            title: t.table,
            dataIndex: "table",
            render: (table: string, row) => (
              <div className="words">
                {row.name[locale]}
                <div className="mono quiet">{table}</div>
              </div>
            ),
          },
          {
            title: t.holds,
            key: "holds",
            render: (_, row) => <div className="words">{row.words.holds[locale]}</div>,
            csv: (row) => row.words.holds[locale],
          },
          {
            title: t.categories,
            key: "categories",
            render: (_, row) => <div className="words">{row.categories.map(kindOf).join(", ")}</div>,
            csv: (row) => row.categories.map(kindOf).join(", "),
          },
          {
            title: t.kept,
            key: "retention",
            render: (_, row) => <div className="words">{row.words.retention[locale]}</div>,
            csv: (row) => row.words.retention[locale],
          },
          {
            title: t.given,
            key: "inExport",
            render: (_, row) => <div className="words">{row.words.inExport[locale]}</div>,
            csv: (row) => row.words.inExport[locale],
          },
        ]}
      />
    </PageBody>
  );
}
