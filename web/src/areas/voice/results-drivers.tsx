import Card from "antd/es/card";
import Table from "antd/es/table";
import Tag from "antd/es/tag";
import { useFormats, useLocale, useWords } from "../../i18n.ts";
import type { Driver, Results } from "./results.ts";
import { VOICE } from "./words.ts";

/** Which closed questions move with the figure, the strongest first. Moving together is not causing, and it says so. */
export function Drivers({ results }: { readonly results: Results }) {
  const t = useWords(VOICE);
  const locale = useLocale();
  const { number, range } = useFormats();
  if (results.drivers.length === 0) return null;
  return (
    <Card title={t.drivers} styles={{ body: { padding: 16 } }}>
      <p className="quiet" style={{ marginTop: 0 }}>
        {t.driversText}
      </p>
      <Table<Driver>
        aria-label={t.drivers}
        rowKey={(row) => `${row.question} ${row.option}`}
        size="small"
        pagination={false}
        scroll={{ x: "max-content" }}
        dataSource={[...results.drivers]}
        columns={[
          {
            title: t.question,
            key: "question",
            render: (_, row) =>
              [results.questions[row.question]?.[locale] ?? row.question, row.option]
                .filter((part) => part !== null)
                .join(" · "),
          },
          {
            title: t.effect,
            key: "effect",
            sorter: (a, b) => Math.abs(a.effect) - Math.abs(b.effect),
            render: (_, row) => (
              <>
                <strong>{number(row.effect, 2)}</strong>{" "}
                <span className="quiet">
                  {range(number(row.low, 2), number(row.high, 2))} · n {number(row.n)} ·{" "}
                  {row.kind === "rank-correlation" ? t.correlation : t.points}
                </span>
              </>
            ),
          },
          {
            title: "",
            key: "significant",
            render: (_, row) => row.significant && <Tag color="purple">{t.moves}</Tag>,
          },
        ]}
      />
    </Card>
  );
}
