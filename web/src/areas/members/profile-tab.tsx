import { useQuery } from "@tanstack/react-query";
import Card from "antd/es/card";
import Empty from "antd/es/empty";
import Table from "antd/es/table";
import Tag from "antd/es/tag";
import { useState } from "react";
import type { Static } from "typebox";
import type { RevealReason } from "../../../../src/kernel/mask.ts";
import type { ProfileSchema } from "../../../../src/members/profile.schema.ts";
import { get } from "../../api.ts";
import { DECISION_WORDS } from "../../codes/decisions.ts";
import { DATA_KINDS, IDENTIFIERS } from "../../codes/kinds.ts";
import { LINEAGE, RULE_WORDS } from "../../codes/reasons.ts";
import { TRAITS } from "../../codes/traits.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { say, useFormats, useWords } from "../../i18n.ts";
import { Loaded } from "../../parts/page.tsx";
import { Pair } from "../../parts/pair.tsx";
import { Reveal } from "../../parts/reveal.tsx";
import { MEMBERS } from "./words.ts";

type Profile = Static<typeof ProfileSchema>;
type Row = Profile["attributes"][string] & { readonly name: string };

/** A moment as the API writes it. */
const MOMENT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

/** The unified profile under one purpose, every value with who said it, when, and why it won. */
export function ProfileTab({ id, purpose }: { readonly id: string; readonly purpose: string }) {
  const [reveal, setReveal] = useState<RevealReason>();
  const profile = useQuery({
    queryKey: ["member", id, purpose, reveal],
    queryFn: () => get<Profile>(`/v1/members/${id}`, { purpose, reveal }),
  });
  return (
    <Loaded query={profile}>
      {(p) => (
        <div className="stack">
          {p.masked && <Reveal onReveal={setReveal} />}
          <Facts profile={p} />
          <Identifiers profile={p} />
          <Attributes profile={p} />
          <Withheld profile={p} />
        </div>
      )}
    </Loaded>
  );
}

function Facts({ profile }: { readonly profile: Profile }) {
  const t = useWords(MEMBERS);
  const { money, number, date } = useFormats();
  const { facts } = profile;
  // Nothing bought and nothing that may be told are two things; the second is said below.
  if (facts === null || ("transaction" in profile.withheld && facts.orders === 0)) return null;
  return (
    <Card title={t.orders}>
      <dl className="kv">
        <dt>{t.orderCount}</dt>
        <dd>{number(facts.orders)}</dd>
        <dt>{t.returnCount}</dt>
        <dd>{number(facts.returns)}</dd>
        <dt>{t.spent}</dt>
        <dd>{facts.spend.map((s) => money(s.amount, s.currency)).join(" + ") || "–"}</dd>
        <dt>{t.firstOrder}</dt>
        <dd>{date(facts.firstOrderDay)}</dd>
        <dt>{t.lastOrder}</dt>
        <dd>{date(facts.lastOrderDay)}</dd>
        <dt>{t.favouriteStore}</dt>
        <dd>{facts.favouriteStore ?? "–"}</dd>
        <dt>{t.favouriteCategory}</dt>
        <dd>{facts.favouriteCategory ?? "–"}</dd>
      </dl>
    </Card>
  );
}

function Identifiers({ profile }: { readonly profile: Profile }) {
  const t = useWords(MEMBERS);
  const identifierOf = useCodes(IDENTIFIERS);
  const ruleOf = useCodes(RULE_WORDS);
  const { date, month } = useFormats();
  const issuedBy = (issuer: string) => profile.sources[issuer]?.name ?? issuer;
  return (
    <Card title={t.identifiers}>
      <Table
        rowKey={(row) => `${row.kind} ${row.issuer} ${row.value} ${row.evidence[0]?.eventId}`}
        size="small"
        pagination={false}
        scroll={{ x: "max-content" }}
        dataSource={profile.identifiers}
        locale={{ emptyText: <Empty description={t.noIdentifiers} /> }}
        columns={[
          {
            title: t.kind,
            key: "kind",
            render: (_, row) =>
              row.issuer === ""
                ? identifierOf(row.kind)
                : `${identifierOf(row.kind)} · ${issuedBy(row.issuer)}`,
          },
          { title: t.value, dataIndex: "value", render: (v: string) => <span className="mono">{v}</span> },
          {
            title: "",
            key: "state",
            render: (_, row) => (
              <>
                {row.verified && <Tag color="green">{t.verified}</Tag>}
                {row.contested !== null && (
                  <Tag color="orange" title={ruleOf(row.contested.rule)}>
                    {t.contested}
                  </Tag>
                )}
              </>
            ),
          },
          {
            title: t.when,
            key: "when",
            render: (_, row) =>
              row.evidence[0] &&
              say(t.observed, {
                first: date(row.evidence[0].firstObserved),
                last: month(`${row.evidence[0].lastObservedMonth}-01`),
              }),
          },
          {
            title: t.source,
            key: "source",
            render: (_, row) =>
              [...new Set(row.evidence.map((e) => profile.sources[e.source]?.name ?? e.source))].join(", "),
          },
        ]}
      />
    </Card>
  );
}

function Attributes({ profile }: { readonly profile: Profile }) {
  const t = useWords(MEMBERS);
  const { time } = useFormats();
  const rows: Row[] = Object.entries(profile.attributes).map(([name, field]) => ({ ...field, name }));
  const traitOf = useCodes(TRAITS);
  const text = (value: unknown) => {
    if (typeof value !== "string") return JSON.stringify(value);
    return MOMENT.test(value) ? time(value) : value;
  };
  const because = useCodes(LINEAGE);
  return (
    <Card title={t.attributes}>
      <Table<Row>
        rowKey="name"
        size="small"
        pagination={false}
        scroll={{ x: "max-content" }}
        dataSource={rows}
        expandable={{
          rowExpandable: (row) => row.candidates.length > 1,
          expandedRowRender: (row) => (
            <dl className="kv">
              {row.candidates.map((candidate) => (
                <Candidate
                  key={candidate.valueHash}
                  value={text(candidate.value)}
                  who={[
                    ...new Set(candidate.lineage.map((l) => profile.sources[l.source]?.name ?? l.source)),
                  ].join(", ")}
                  when={time(candidate.lastObserved)}
                />
              ))}
            </dl>
          ),
        }}
        columns={[
          { title: t.field, dataIndex: "name", render: traitOf },
          { title: t.shown, key: "value", render: (_, row) => text(row.value) },
          { title: t.why, key: "why", render: (_, row) => because(row.because) },
          {
            title: t.source,
            key: "source",
            render: (_, row) => profile.sources[row.source]?.name ?? row.source,
          },
          { title: t.when, key: "when", render: (_, row) => time(row.observedAt) },
        ]}
      />
    </Card>
  );
}

function Candidate(props: { readonly value: string; readonly who: string; readonly when: string }) {
  return (
    <>
      <dt>{props.value}</dt>
      <dd>
        {props.who} · {props.when}
      </dd>
    </>
  );
}

function Withheld({ profile }: { readonly profile: Profile }) {
  const t = useWords(MEMBERS);
  const kindOf = useCodes(DATA_KINDS);
  const decisionOf = useCodes(DECISION_WORDS);
  const held = Object.entries(profile.withheld);
  if (held.length === 0) return null;
  return (
    <Card title={t.withheld}>
      <p className="quiet" style={{ marginTop: 0 }}>
        {t.withheldText}
      </p>
      <dl className="kv">
        {held.map(([category, reason]) => (
          <Pair key={category} term={kindOf(category)}>
            {decisionOf(reason.rule)}
          </Pair>
        ))}
      </dl>
    </Card>
  );
}
