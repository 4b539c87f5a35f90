import { useQuery } from "@tanstack/react-query";
import Card from "antd/es/card";
import Empty from "antd/es/empty";
import Table from "antd/es/table";
import type { Static } from "typebox";
import type { SummarySchema } from "../../../../pipelines/doors/answers.schema.ts";
import { get } from "../../api.ts";
import { SOURCE_KINDS } from "../../codes/kinds.ts";
import { REASON_WORDS } from "../../codes/reasons.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { say, useFormats, useWords } from "../../i18n.ts";
import { Figure } from "../../parts/figure.tsx";
import { Loaded } from "../../parts/page.tsx";
import { Pair } from "../../parts/pair.tsx";
import { HOME } from "./words.ts";

type Summary = Static<typeof SummarySchema>;
type SourceCount = Summary["events"][number];

/** Who is known, what came in, and why some of it waits. */
export function Overview() {
  const t = useWords(HOME);
  const sourceKindOf = useCodes(SOURCE_KINDS);
  const reasonOf = useCodes(REASON_WORDS);
  const { number } = useFormats();
  const summary = useQuery({ queryKey: ["summary"], queryFn: () => get<Summary>("/v1/summary") });
  return (
    <Loaded query={summary}>
      {(s) => {
        const waiting = s.quarantined.reduce((n, q) => n + q.count, 0);
        const atLeast = (n: number, more: boolean) => (more ? say(t.moreThan, { n: number(n) }) : number(n));
        if (s.events.length === 0)
          return (
            <Card>
              <Empty description={<First title={t.firstTitle} text={t.firstText} />} />
            </Card>
          );
        return (
          <>
            <div className="grid">
              <Figure
                label={t.members}
                value={number(s.members)}
                note={say(t.membersText, { known: number(s.knownMembers) })}
              />
              <Figure label={t.merges} value={number(s.merges)} note={t.mergesText} />
              <Figure
                label={t.contested}
                value={number(s.contested)}
                note={t.contestedText}
                to="/console/review"
              />
              <Figure
                label={t.waiting}
                value={atLeast(
                  waiting,
                  s.quarantined.some((q) => q.more),
                )}
                note={t.waitingText}
                to="/console/quarantine"
              />
            </div>
            <div className="three-one">
              <Card title={t.events}>
                <Table<SourceCount>
                  rowKey={(row) => `${row.kind} ${row.name}`}
                  size="small"
                  pagination={false}
                  scroll={{ x: "max-content" }}
                  dataSource={s.events}
                  columns={[
                    { title: t.source, dataIndex: "name" },
                    { title: t.kind, dataIndex: "kind", render: sourceKindOf },
                    ...(["accepted", "duplicate", "quarantined", "refused"] as const).map((key) => ({
                      title: t[key],
                      dataIndex: key,
                      align: "right" as const,
                      render: (n: number) => number(n),
                      sorter: (a: SourceCount, b: SourceCount) => a[key] - b[key],
                    })),
                  ]}
                />
              </Card>
              <Card title={t.reasons}>
                <dl className="kv tight">
                  {[...s.quarantined]
                    .sort((a, b) => b.count - a.count)
                    .map((q) => (
                      <Pair key={q.code} term={reasonOf(q.code)}>
                        {atLeast(q.count, q.more)}
                      </Pair>
                    ))}
                </dl>
              </Card>
            </div>
          </>
        );
      }}
    </Loaded>
  );
}

function First(props: { readonly title: string; readonly text: string }) {
  return (
    <>
      <strong>{props.title}</strong>
      <br />
      {props.text}
    </>
  );
}
