import { useMutation, useQueryClient } from "@tanstack/react-query";
import App from "antd/es/app";
import Button from "antd/es/button";
import Card from "antd/es/card";
import Empty from "antd/es/empty";
import Input from "antd/es/input";
import Table from "antd/es/table";
import Tag from "antd/es/tag";
import { useState } from "react";
import { Link } from "react-router";
import { post } from "../../api.ts";
import { say, useFormats, useWords } from "../../i18n.ts";
import { Loaded } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { useSession } from "../../session.ts";
import { useRules } from "./use-rules.ts";
import { LOYALTY } from "./words.ts";

interface PreviewResult {
  readonly members: number;
  readonly moves: readonly {
    readonly structure: string;
    readonly from: string;
    readonly to: string;
    readonly up: boolean;
    readonly members: number;
  }[];
  readonly conditions: readonly { readonly from: string; readonly to: string; readonly members: number }[];
  readonly examples: readonly {
    readonly memberId: string;
    readonly structure: string;
    readonly from: string;
    readonly to: string;
  }[];
  readonly cost: { readonly currency: string; readonly before: number; readonly after: number };
}

/** The rules as JSON, with who would move before they are published. */
export function RulesTab() {
  const rules = useRules();
  return <Loaded query={rules}>{(found) => <RuleEditor key={found.version} rules={found.rules} />}</Loaded>;
}

function RuleEditor({ rules }: { readonly rules: unknown }) {
  const t = useWords(LOYALTY);
  const { account } = useSession();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [text, setText] = useState(() => JSON.stringify(rules, null, 2));
  const parse = (): unknown => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return undefined;
    }
  };
  const isJson = parse() !== undefined;
  const look = useMutation({
    mutationFn: () => post<PreviewResult>("/v1/loyalty/rules/preview", { rules: parse() }),
  });
  const publish = useMutation({
    mutationFn: () => post<{ version: number }>("/v1/loyalty/rules", { rules: parse() }),
    onSuccess: ({ version }) => {
      void message.success(say(t.published, { version }));
      void client.invalidateQueries();
    },
  });
  const mayLook = account.role === "admin" || account.role === "cx";
  return (
    <div className="stack">
      <Card>
        <p className="quiet" style={{ marginTop: 0 }}>
          {t.ruleText}
        </p>
        <Input.TextArea
          aria-label={t.rules}
          className="mono"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            look.reset();
          }}
          autoSize={{ minRows: 14, maxRows: 26 }}
          spellCheck={false}
          readOnly={!mayLook}
        />
        {!isJson && <p role="alert">{t.badJson}</p>}
        {mayLook && (
          <div className="row" style={{ marginTop: 12 }}>
            <Button type="primary" disabled={!isJson} loading={look.isPending} onClick={() => look.mutate()}>
              {t.preview}
            </Button>
            {account.role === "admin" && (
              <Button
                danger
                disabled={look.data === undefined}
                loading={publish.isPending}
                onClick={() => publish.mutate()}
              >
                {t.publish}
              </Button>
            )}
          </div>
        )}
        <div style={{ marginTop: 12 }}>
          <ProblemNote error={look.error ?? publish.error} />
        </div>
      </Card>
      {look.data !== undefined && <PreviewShown result={look.data} />}
    </div>
  );
}

/** Who would move, up and down, and what the benefits would cost. */
function PreviewShown({ result }: { readonly result: PreviewResult }) {
  const t = useWords(LOYALTY);
  const { number, money } = useFormats();
  const { cost } = result;
  const rows = [
    ...result.moves.map((move) => ({ ...move, what: move.structure })),
    ...result.conditions.map((move) => ({ ...move, what: t.condition, up: null })),
  ];
  return (
    <Card
      title={`${t.preview} (${say(t.of, { count: number(result.members) })})`}
      styles={{ body: { padding: 16 } }}
    >
      <p style={{ marginTop: 0 }}>
        {t.cost}: {money(cost.before * 100, cost.currency)} → {money(cost.after * 100, cost.currency)}
      </p>
      <Table
        rowKey={(row) => `${row.what} ${row.from} ${row.to}`}
        size="small"
        pagination={false}
        scroll={{ x: "max-content" }}
        dataSource={rows}
        locale={{ emptyText: <Empty description={t.same} /> }}
        columns={[
          { title: "", dataIndex: "what" },
          { title: t.before, dataIndex: "from" },
          { title: t.after, dataIndex: "to" },
          {
            title: "",
            key: "up",
            render: (_, row) =>
              row.up === null ? null : (
                <Tag color={row.up ? "green" : "orange"}>{row.up ? t.up : t.down}</Tag>
              ),
          },
          { title: t.members, dataIndex: "members", align: "right", render: (n: number) => number(n) },
        ]}
      />
      {result.examples.length > 0 && <Movers examples={result.examples} />}
    </Card>
  );
}

/** Members who would move, each a link to its page. */
function Movers({ examples }: Pick<PreviewResult, "examples">) {
  const t = useWords(LOYALTY);
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
        {
          title: "",
          dataIndex: "structure",
          render: (of: string) => (of === "condition" ? t.condition : of),
        },
        { title: t.before, dataIndex: "from" },
        { title: t.after, dataIndex: "to" },
      ]}
    />
  );
}
