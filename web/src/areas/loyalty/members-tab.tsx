import Select from "antd/es/select";
import { useNavigate } from "react-router";
import type { Static } from "typebox";
import type { MembersByLevelSchema } from "../../../../src/loyalty/answers.schema.ts";
import { useFormats, useLocale, useWords } from "../../i18n.ts";
import { ServerList, useView } from "../../parts/list.tsx";
import { useLevelNames, useRules } from "./use-rules.ts";
import { LOYALTY } from "./words.ts";

type Row = Static<typeof MembersByLevelSchema>["items"][number];

/** The scored members of a condition, a tier or both; each leads to what made their level. */
export function MembersTab() {
  const t = useWords(LOYALTY);
  const locale = useLocale();
  const { number, time } = useFormats();
  const navigate = useNavigate();
  const [read, write] = useView();
  const rules = useRules().data?.rules;
  const names = useLevelNames(rules);
  const condition = read("condition");
  /** `structure tier`, as one choice. */
  const chosen = read("tier");
  const [structure, tier] = chosen?.split(" ") ?? [];
  const tiersOf = (row: Row) =>
    Object.entries(row.tiers)
      .map(([of, id]) => names.level(of, id))
      .join(", ");
  return (
    <ServerList<Row>
      label={t.levelMembers}
      path="/v1/loyalty/members"
      query={{ purpose: "profiling", condition, structure, tier }}
      cursor="after"
      rowKey={(row) => row.memberId}
      empty={t.noLevelMembers}
      csv="loyalty-members"
      onOpen={(row) => void navigate(`/console/members/${row.memberId}?purpose=profiling&tab=loyalty`)}
      filters={
        <>
          <Select<string | null>
            allowClear
            aria-label={t.condition}
            placeholder={t.condition}
            value={condition ?? null}
            popupMatchSelectWidth={false}
            style={{ minWidth: 180 }}
            options={Object.keys(rules?.conditions ?? {}).map((id) => ({
              value: id,
              label: names.level("condition", id),
            }))}
            onChange={(next) => write("condition", next ?? undefined)}
          />
          <Select<string | null>
            allowClear
            aria-label={t.tier}
            placeholder={t.tier}
            value={chosen ?? null}
            popupMatchSelectWidth={false}
            style={{ minWidth: 160 }}
            options={(rules?.structures ?? []).map((s) => ({
              label: s.name[locale],
              options: [s.base, ...s.tiers].map((rung) => ({
                value: `${s.id} ${rung.id}`,
                label: rung.name[locale],
              })),
            }))}
            onChange={(next) => write("tier", next ?? undefined)}
          />
        </>
      }
      columns={[
        {
          title: t.member,
          dataIndex: "memberId",
          render: (id: string) => <span className="mono">…{id.slice(-12)}</span>,
        },
        {
          title: t.score,
          key: "score",
          // The server has no order of scores within a tier.
          ...(tier === undefined ? { sort: "score" } : {}),
          align: "right",
          render: (_, row) => (row.scoreMicro === null ? "–" : number(row.scoreMicro / 1e6, 2)),
          csv: (row) => (row.scoreMicro === null ? null : row.scoreMicro / 1e6),
        },
        {
          title: t.condition,
          key: "condition",
          render: (_, row) => names.level("condition", row.condition),
          csv: (row) => names.level("condition", row.condition),
        },
        { title: t.tier, key: "tier", render: (_, row) => tiersOf(row), csv: tiersOf },
        { title: t.scoredAt, dataIndex: "scoredAt", render: time },
      ]}
    />
  );
}
