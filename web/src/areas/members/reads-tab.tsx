import { useQuery } from "@tanstack/react-query";
import Card from "antd/es/card";
import Empty from "antd/es/empty";
import Table from "antd/es/table";
import { get } from "../../api.ts";
import { ACTORS, DATA_KINDS } from "../../codes/kinds.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { useFormats, useWords } from "../../i18n.ts";
import { Loaded } from "../../parts/page.tsx";
import { usePurposeName } from "../../parts/purpose.tsx";
import { MEMBERS } from "./words.ts";

interface Disclosures {
  readonly disclosures: readonly {
    readonly subjectId: string;
    readonly reader: { readonly kind: string; readonly id: string };
    readonly purpose: string;
    readonly categories: readonly string[];
    readonly firstAt: string;
    readonly lastAt: string;
  }[];
}

/** The disclosure register of one member: who read what, for what, first and last. */
export function ReadsTab({ id }: { readonly id: string }) {
  const t = useWords(MEMBERS);
  const actorOf = useCodes(ACTORS);
  const kindOf = useCodes(DATA_KINDS);
  const purposeOf = usePurposeName();
  const { time } = useFormats();
  const reads = useQuery({
    queryKey: ["reads", id],
    queryFn: () => get<Disclosures>(`/v1/members/${id}/disclosures`),
  });
  return (
    <Card styles={{ body: { padding: 16 } }}>
      <Loaded query={reads}>
        {({ disclosures }) => (
          <Table
            rowKey={(row) => `${row.subjectId} ${row.reader.kind} ${row.reader.id} ${row.purpose}`}
            size="small"
            pagination={false}
            scroll={{ x: "max-content" }}
            dataSource={disclosures}
            locale={{ emptyText: <Empty description={t.noReads} /> }}
            columns={[
              {
                title: t.reader,
                key: "reader",
                render: (_, row) => (
                  <>
                    {actorOf(row.reader.kind)} <span className="mono quiet">{row.reader.id}</span>
                  </>
                ),
              },
              { title: t.purpose, dataIndex: "purpose", render: purposeOf },
              { title: t.categories, key: "c", render: (_, row) => row.categories.map(kindOf).join(", ") },
              { title: t.first, dataIndex: "firstAt", render: time },
              { title: t.last, dataIndex: "lastAt", render: time },
            ]}
          />
        )}
      </Loaded>
    </Card>
  );
}
