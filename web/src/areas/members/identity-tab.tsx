import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import App from "antd/es/app";
import Button from "antd/es/button";
import Card from "antd/es/card";
import Empty from "antd/es/empty";
import Modal from "antd/es/modal";
import Select from "antd/es/select";
import Table from "antd/es/table";
import { useMemo, useState } from "react";
import type { Static } from "typebox";
import type { IdentitySchema } from "../../../../src/members/profile.schema.ts";
import { address, get, post } from "../../api.ts";
import { wordOf } from "../../codes/code-words.ts";
import { IDENTIFIERS } from "../../codes/kinds.ts";
import { RULE_WORDS } from "../../codes/reasons.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { say, useLocale, useWords } from "../../i18n.ts";
import { Chart } from "../../parts/chart.tsx";
import { Loaded } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { issued, type Outcome, OutcomePicture, short } from "./outcome.tsx";
import { MEMBERS } from "./words.ts";

type Identity = Static<typeof IdentitySchema>;

/** Why these subjects are one member, drawn and in words; and how to take one out again. */
export function IdentityTab({
  id,
  purpose,
  mayDecide,
}: {
  readonly id: string;
  readonly purpose: string | undefined;
  readonly mayDecide: boolean;
}) {
  const t = useWords(MEMBERS);
  const identifierOf = useCodes(IDENTIFIERS);
  const ruleOf = useCodes(RULE_WORDS);
  const identity = useQuery({
    queryKey: ["identity", id],
    queryFn: () => get<Identity>(`/v1/members/${id}/identity`),
  });
  return (
    <Loaded query={identity}>
      {(graph) => {
        const own = new Set(graph.members.find((m) => m.memberId === graph.memberId)?.subjects ?? []);
        const joins = graph.joins.filter((join) => join.subjects.some((s) => own.has(s)));
        const against = graph.contested.filter((c) => c.parties.some((s) => own.has(s)));
        return (
          <div className="stack">
            <Card title={t.joined}>
              <p className="quiet" style={{ marginTop: 0 }}>
                {t.joinedText}
              </p>
              {own.size + joins.length + against.length > 1 && <Drawing graph={graph} own={own} />}
              <Table
                rowKey={(row) => row.identifier}
                size="small"
                pagination={false}
                scroll={{ x: "max-content" }}
                dataSource={joins}
                locale={{ emptyText: <Empty description={t.noJoins} /> }}
                columns={[
                  {
                    title: t.kind,
                    key: "kind",
                    render: (_, row) => issued(identifierOf(row.kind), row.issuer),
                  },
                  {
                    title: t.subject,
                    key: "subjects",
                    render: (_, row) => <span className="mono">{row.subjects.map(short).join(" — ")}</span>,
                  },
                ]}
              />
              {mayDecide && own.size > 1 && (
                <Split id={graph.memberId} purpose={purpose} subjects={[...own]} />
              )}
            </Card>
            {against.length > 0 && (
              <Card title={t.notJoined}>
                <Table
                  rowKey={(row) => `${row.identifier} ${row.rule}`}
                  size="small"
                  pagination={false}
                  scroll={{ x: "max-content" }}
                  dataSource={against}
                  columns={[
                    {
                      title: t.kind,
                      key: "kind",
                      render: (_, row) => issued(identifierOf(row.kind), row.issuer),
                    },
                    { title: t.parties, dataIndex: "count", align: "right" },
                    {
                      title: t.rule,
                      dataIndex: "rule",
                      render: (rule: string) => <div className="words">{ruleOf(rule)}</div>,
                    },
                  ]}
                />
              </Card>
            )}
          </div>
        );
      }}
    </Loaded>
  );
}

function Drawing({ graph, own }: { readonly graph: Identity; readonly own: ReadonlySet<string> }) {
  const t = useWords(MEMBERS);
  const locale = useLocale();
  const option = useMemo(() => {
    const near = graph.contested.filter((c) => c.parties.some((s) => own.has(s)));
    const others = [...new Set(near.flatMap((c) => c.parties))].filter((s) => !own.has(s)).slice(0, 30);
    const node = (name: string, category: number, symbolSize: number, label: string) => ({
      name,
      category,
      symbolSize,
      label: { show: true, position: "bottom" as const, formatter: label },
      itemStyle: { color: ["#0f6e63", "#9aa5a2", "#c28a1b"][category] },
    });
    const shown = new Set([...own, ...others]);
    const evidence = [
      ...graph.joins.map((j) => ({ ...j, ends: j.subjects, dashed: false })),
      ...near.map((c) => ({ ...c, ends: c.parties, dashed: true })),
    ].filter((e) => e.ends.some((s) => own.has(s)));
    return {
      tooltip: {},
      series: [
        {
          type: "graph",
          layout: "force",
          roam: true,
          force: { repulsion: 260, edgeLength: 90, layoutAnimation: false },
          data: [
            ...[...own].map((s) => node(s, 0, 30, short(s))),
            ...others.map((s) => node(s, 1, 18, short(s))),
            ...evidence.map((e) => node(`e ${e.identifier}`, 2, 12, wordOf(IDENTIFIERS, e.kind, locale))),
          ],
          links: evidence.flatMap((e) =>
            e.ends
              .filter((s) => shown.has(s))
              .map((s) => ({
                source: s,
                target: `e ${e.identifier}`,
                lineStyle: { type: e.dashed ? "dashed" : "solid", width: e.dashed ? 1 : 2 },
              })),
          ),
        },
      ],
    };
  }, [graph, own, locale]);
  return <Chart option={option} height={320} label={t.joined} />;
}

function Split({
  id,
  purpose,
  subjects,
}: {
  readonly id: string;
  readonly purpose: string | undefined;
  readonly subjects: readonly string[];
}) {
  const t = useWords(MEMBERS);
  const { message } = App.useApp();
  const client = useQueryClient();
  const [out, setOut] = useState<string[]>([]);
  const preview = useMutation({
    mutationFn: () =>
      post<Outcome>(address(`/v1/members/${id}/split`, { preview: true, purpose }), {
        subjects: out,
      }),
  });
  const split = useMutation({
    mutationFn: () => post<Outcome>(`/v1/members/${id}/split`, { subjects: out }),
    onSuccess: () => {
      preview.reset();
      setOut([]);
      void message.success(t.splitDone);
      void client.invalidateQueries();
    },
  });
  return (
    <div className="row" style={{ marginTop: 16 }}>
      <ProblemNote error={preview.error} />
      <Select
        mode="multiple"
        value={out}
        onChange={setOut}
        aria-label={t.pick}
        placeholder={t.pick}
        style={{ minWidth: 280 }}
        options={subjects.map((value) => ({ value, label: short(value) }))}
      />
      <Button danger disabled={out.length === 0} loading={preview.isPending} onClick={() => preview.mutate()}>
        {t.split}
      </Button>
      <Modal
        open={preview.data !== undefined}
        width={820}
        title={t.split}
        okText={t.confirm}
        okButtonProps={{ danger: true, loading: split.isPending }}
        onOk={() => split.mutate()}
        onCancel={() => preview.reset()}
      >
        <ProblemNote error={split.error} />
        <p>{say(t.splitPreview, { count: preview.data?.after.length ?? 0 })}</p>
        {preview.data !== undefined && <OutcomePicture outcome={preview.data} />}
      </Modal>
    </div>
  );
}
