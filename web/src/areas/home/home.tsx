import { useQuery } from "@tanstack/react-query";
import Card from "antd/es/card";
import Empty from "antd/es/empty";
import Table from "antd/es/table";
import type { ReactNode } from "react";
import { get } from "../../api.ts";
import { SOURCE_KINDS } from "../../codes/kinds.ts";
import { REASON_WORDS } from "../../codes/reasons.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { say, useFormats, useWords } from "../../i18n.ts";
import { Figure } from "../../parts/figure.tsx";
import { Loaded, PageBody } from "../../parts/page.tsx";
import { useSession } from "../../session.ts";
import { HOME } from "./words.ts";

interface Summary {
  readonly subjects: number;
  readonly members: number;
  readonly knownMembers: number;
  readonly merges: number;
  readonly contested: number;
  readonly quarantined: readonly { readonly code: string; readonly count: number }[];
  readonly events: readonly SourceCount[];
}

interface SourceCount {
  readonly name: string;
  readonly kind: string;
  readonly accepted: number;
  readonly duplicate: number;
  readonly quarantined: number;
  readonly refused: number;
}

interface Late {
  readonly items: readonly {
    readonly recipient: string;
    readonly notices: number;
    readonly escalated: number;
    readonly oldestDueAt: string;
  }[];
}

/** What needs somebody today, by role. */
export function HomePage() {
  const t = useWords(HOME);
  const { account } = useSession();
  const isStore = account.role === "store";
  return (
    <PageBody title={say(t.hello, { name: account.name })} lead={isStore ? undefined : t.lead}>
      {isStore ? (
        <Card>
          <p style={{ marginTop: 0 }}>{say(t.store, { stores: account.stores.join(", ") || "–" })}</p>
          <p className="quiet">{t.storeText}</p>
        </Card>
      ) : (
        <div className="stack">
          <Overview />
          {["admin", "compliance", "auditor"].includes(account.role) && <LateRecipients />}
        </div>
      )}
    </PageBody>
  );
}

function Overview() {
  const t = useWords(HOME);
  const sourceKindOf = useCodes(SOURCE_KINDS);
  const reasonOf = useCodes(REASON_WORDS);
  const { number } = useFormats();
  const summary = useQuery({ queryKey: ["summary"], queryFn: () => get<Summary>("/v1/summary") });
  return (
    <Loaded query={summary}>
      {(s) => {
        const waiting = s.quarantined.reduce((n, q) => n + q.count, 0);
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
                value={number(waiting)}
                note={t.waitingText}
                to="/console/quarantine"
              />
            </div>
            <div className="two">
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
                <dl className="kv">
                  {[...s.quarantined]
                    .sort((a, b) => b.count - a.count)
                    .map((q) => (
                      <Pair key={q.code} term={reasonOf(q.code)}>
                        {number(q.count)}
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

function Pair(props: { readonly term: ReactNode; readonly children: ReactNode }) {
  return (
    <>
      <dt>{props.term}</dt>
      <dd>{props.children}</dd>
    </>
  );
}

function LateRecipients() {
  const t = useWords(HOME);
  const { date, number } = useFormats();
  const late = useQuery({ queryKey: ["late"], queryFn: () => get<Late>("/v1/recipients/late") });
  return (
    <Card title={t.late}>
      <Loaded query={late}>
        {({ items }) =>
          items.length === 0 ? (
            <span className="quiet">{t.lateNone}</span>
          ) : (
            <dl className="kv">
              {items.map((item) => (
                <Pair key={item.recipient} term={item.recipient}>
                  {say(t.notices, { count: number(item.notices), date: date(item.oldestDueAt) })}
                </Pair>
              ))}
            </dl>
          )
        }
      </Loaded>
    </Card>
  );
}
