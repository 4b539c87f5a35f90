import { useMutation, useQueryClient } from "@tanstack/react-query";
import Button from "antd/es/button";
import Popconfirm from "antd/es/popconfirm";
import { Link, useNavigate } from "react-router";
import type { Static } from "typebox";
import type { CountSchema, SegmentSchema } from "../../../../src/segments/answers.schema.ts";
import { del } from "../../api.ts";
import { useFormats, useWords } from "../../i18n.ts";
import { ServerList, useView } from "../../parts/list.tsx";
import { PageBody } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { useSession } from "../../session.ts";
import { ruleText } from "./rule-text.ts";
import { readRule } from "./rule-tree.ts";
import { SegmentMembers } from "./segment-members.tsx";
import { useVocabulary } from "./vocabulary.ts";
import { SEGMENTS } from "./words.ts";

/** How many members, where that may be told. */
export type Count = Static<typeof CountSchema>;

export type Segment = Static<typeof SegmentSchema>;

/** Segments with their rules in words. */
export function SegmentsPage() {
  const t = useWords(SEGMENTS);
  const { time, number } = useFormats();
  const { account } = useSession();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [read, write] = useView();
  const { data: vocabulary } = useVocabulary();
  const end = useMutation({
    mutationFn: (id: string) => del(`/v1/segments/${id}`),
    onSuccess: () => client.invalidateQueries({ queryKey: ["list", "/v1/segments"] }),
  });
  const mayWrite = account.role !== "analyst";
  const purposeOf = (id: string) => vocabulary?.purposes.find((p) => p.value === id)?.label ?? id;
  const inWords = (rule: unknown) => {
    const tree = readRule(rule);
    return tree === null || vocabulary === undefined ? JSON.stringify(rule) : ruleText(tree, t, vocabulary);
  };
  return (
    <PageBody
      title={t.segments}
      lead={t.lead}
      actions={
        mayWrite && (
          <Button type="primary" onClick={() => navigate("/console/segments/new")}>
            {t.add}
          </Button>
        )
      }
    >
      <ProblemNote error={end.error} />
      <ServerList<Segment>
        label={t.segments}
        path="/v1/segments"
        cursor="after"
        rowKey={(row) => row.id}
        empty={t.none}
        csv="segments"
        columns={[
          {
            title: t.name,
            dataIndex: "name",
            render: (name: string, row) =>
              mayWrite ? <Link to={`/console/segments/${row.id}`}>{name}</Link> : name,
          },
          { title: t.purpose, dataIndex: "purpose", render: purposeOf },
          {
            title: t.members,
            key: "members",
            align: "right",
            render: (_, row) => (row.members.count === null ? t.fewer : number(row.members.count)),
            csv: (row) => row.members.count,
          },
          {
            title: t.rule,
            key: "rule",
            render: (_, row) => <div className="words">{inWords(row.rule)}</div>,
            csv: (row) => inWords(row.rule),
          },
          { title: t.evaluated, dataIndex: "evaluatedAt", render: time },
          {
            title: "",
            key: "act",
            render: (_, row) =>
              mayWrite && (
                <span className="row">
                  <Button size="small" onClick={() => write("members", row.id)}>
                    {t.who}
                  </Button>
                  <Popconfirm title={t.end} description={t.endText} onConfirm={() => end.mutate(row.id)}>
                    <Button size="small" danger>
                      {t.end}
                    </Button>
                  </Popconfirm>
                </span>
              ),
          },
        ]}
      />
      {mayWrite && read("members") !== undefined && (
        <SegmentMembers id={read("members") as string} onClose={() => write("members", undefined)} />
      )}
    </PageBody>
  );
}
