import { useQuery } from "@tanstack/react-query";
import Card from "antd/es/card";
import Empty from "antd/es/empty";
import Table from "antd/es/table";
import type { Static } from "typebox";
import type { KpisSchema } from "../../../../src/loyalty/answers.schema.ts";
import { get } from "../../api.ts";
import { KPI_FORMULAS } from "../../codes/formulas.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { useFormats, useWords } from "../../i18n.ts";
import { Loaded } from "../../parts/page.tsx";
import { Pair } from "../../parts/pair.tsx";
import { LOYALTY } from "./words.ts";

type Kpis = Static<typeof KpisSchema>;
type Month = Kpis["months"][number];
type Share = Month["activeRate"];

/** The programme's figures by month and currency, with their formulas. */
export function KpiTab() {
  const t = useWords(LOYALTY);
  const { number, percent, month, range } = useFormats();
  const formulaOf = useCodes(KPI_FORMULAS);
  const titles: Readonly<Record<string, string>> = {
    members: t.members,
    growth: t.growth,
    activeRate: t.active,
    retention: t.retention,
    churn: t.churn,
    repurchase: t.repurchase,
    responseRate: t.response,
  };
  const kpis = useQuery({
    queryKey: ["kpis"],
    queryFn: () => get<Kpis>("/v1/loyalty/kpis", { months: 12 }),
  });
  const share = (s: Share) =>
    s.value === null ? (
      "–"
    ) : (
      <>
        {percent(s.value, 1)}{" "}
        {s.interval !== null && (
          <span className="quiet">{range(percent(s.interval[0]), percent(s.interval[1]))}</span>
        )}
      </>
    );
  return (
    <Loaded query={kpis}>
      {(k) => (
        <div className="stack">
          <Card styles={{ body: { padding: 16 } }}>
            <Table<Month>
              rowKey={(row) => `${row.month} ${row.currency}`}
              size="small"
              pagination={false}
              scroll={{ x: "max-content" }}
              dataSource={[...k.months].reverse()}
              locale={{ emptyText: <Empty description={t.noFigures} /> }}
              columns={[
                {
                  title: t.month,
                  key: "m",
                  render: (_, row) => `${month(`${row.month}-01`)} · ${row.currency}`,
                },
                {
                  title: t.members,
                  dataIndex: "members",
                  align: "right",
                  render: (n: number | null) => number(n),
                },
                {
                  title: t.growth,
                  dataIndex: "growth",
                  align: "right",
                  render: (n: number | null) => percent(n, 1),
                },
                { title: t.active, key: "a", render: (_, row) => share(row.activeRate) },
                { title: t.retention, key: "r", render: (_, row) => share(row.retention) },
                { title: t.churn, key: "c", render: (_, row) => share(row.churn) },
                { title: t.repurchase, key: "p", render: (_, row) => share(row.repurchase) },
                { title: t.response, key: "q", render: (_, row) => share(row.responseRate) },
              ]}
            />
          </Card>
          <Card>
            <dl className="kv">
              {Object.entries(k.formulas).map(([name, formula]) => (
                <Pair key={name} term={titles[name] ?? t.interval}>
                  {name in KPI_FORMULAS ? formulaOf(name) : formula}
                </Pair>
              ))}
            </dl>
          </Card>
        </div>
      )}
    </Loaded>
  );
}
