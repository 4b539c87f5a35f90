import Card from "antd/es/card";
import Empty from "antd/es/empty";
import Table from "antd/es/table";
import Tag from "antd/es/tag";
import { Link } from "react-router";
import type { Static } from "typebox";
import type { PreviewSchema } from "../../../../src/loyalty/answers.schema.ts";
import type { Rules } from "../../../../src/loyalty/rules.ts";
import { say, useFormats, useWords } from "../../i18n.ts";
import { unitsOf } from "../../parts/money.ts";
import { useLevelNames } from "./use-rules.ts";
import { LOYALTY } from "./words.ts";

export type PreviewResult = Static<typeof PreviewSchema>;

/** Who would move under some rules, up and down, and what the benefits would cost. Levels by the names those rules give. */
export function RulesPreview({ result, rules }: { readonly result: PreviewResult; readonly rules: Rules }) {
  const t = useWords(LOYALTY);
  const { number, money } = useFormats();
  const names = useLevelNames(rules);
  const { cost } = result;
  const inMoney = (sum: number) => money(sum * unitsOf(cost.currency), cost.currency);
  const rows = [
    ...result.moves.map((move) => ({ ...move, of: move.structure })),
    ...result.conditions.map((move) => ({ ...move, of: "condition", up: null })),
  ];
  return (
    <Card
      title={`${t.preview} (${say(t.of, { count: number(result.members) })})`}
      styles={{ body: { padding: 16 } }}
    >
      <p style={{ marginTop: 0 }}>
        {t.cost}: {inMoney(cost.before)} → {inMoney(cost.after)}
      </p>
      <Table
        rowKey={(row) => `${row.of} ${row.from} ${row.to}`}
        size="small"
        pagination={false}
        scroll={{ x: "max-content" }}
        dataSource={rows}
        locale={{ emptyText: <Empty description={t.same} /> }}
        columns={[
          { title: t.level, dataIndex: "of", render: names.structure },
          { title: t.before, key: "from", render: (_, row) => names.level(row.of, row.from) },
          { title: t.after, key: "to", render: (_, row) => names.level(row.of, row.to) },
          {
            title: t.direction,
            key: "up",
            render: (_, row) =>
              row.up === null ? null : (
                <Tag color={row.up ? "green" : "orange"}>{row.up ? t.up : t.down}</Tag>
              ),
          },
          { title: t.members, dataIndex: "members", align: "right", render: (n: number) => number(n) },
        ]}
      />
      {result.examples.length > 0 && <Movers examples={result.examples} rules={rules} />}
    </Card>
  );
}

/** Members who would move, each a link to its page. */
function Movers({ examples, rules }: Pick<PreviewResult, "examples"> & { readonly rules: Rules }) {
  const t = useWords(LOYALTY);
  const names = useLevelNames(rules);
  return (
    <Table
      rowKey={(row) => `${row.memberId} ${row.structure}`}
      size="small"
      pagination={{ pageSize: 10, hideOnSinglePage: true }}
      scroll={{ x: "max-content" }}
      style={{ marginTop: 16 }}
      dataSource={[...examples]}
      columns={[
        {
          title: t.members,
          dataIndex: "memberId",
          render: (id: string) => (
            <Link className="mono" to={`/console/members/${id}`}>
              {id}
            </Link>
          ),
        },
        { title: t.level, dataIndex: "structure", render: names.structure },
        { title: t.before, key: "from", render: (_, row) => names.level(row.structure, row.from) },
        { title: t.after, key: "to", render: (_, row) => names.level(row.structure, row.to) },
      ]}
    />
  );
}
