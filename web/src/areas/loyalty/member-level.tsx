import { useQuery } from "@tanstack/react-query";
import Card from "antd/es/card";
import Table from "antd/es/table";
import Tag from "antd/es/tag";
import type { Static } from "typebox";
import type { LevelSchema } from "../../../../src/loyalty/answers.schema.ts";
import { get } from "../../api.ts";
import { DECISION_KINDS, DECISION_REASONS, LEVEL_REASONS } from "../../codes/levels.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { useFormats, useLocale, useWords } from "../../i18n.ts";
import { Loaded } from "../../parts/page.tsx";
import { DecideLevel } from "./decide-level.tsx";
import { TryAnswer } from "./try-answer.tsx";
import { useLevelNames, useRules } from "./use-rules.ts";
import { Waterfall } from "./waterfall.tsx";
import { LOYALTY } from "./words.ts";

type Level = Static<typeof LevelSchema>;

/** A member's level with what made it, how it came about, and what a person decided. */
export function MemberLevel({ id, mayDecide }: { readonly id: string; readonly mayDecide: boolean }) {
  const t = useWords(LOYALTY);
  const locale = useLocale();
  const rules = useRules();
  const names = useLevelNames(rules.data?.rules);
  const loyalty = useQuery({
    queryKey: ["loyalty", id, locale],
    queryFn: () => get<Level>(`/v1/members/${id}/loyalty`, { purpose: "profiling", locale }),
  });
  return (
    <Loaded query={loyalty}>
      {(level) => (
        <div className="stack">
          <div className="row">
            {level.score === null ? (
              <Tag>{t.notScored}</Tag>
            ) : (
              <Tag color="blue">
                {t.score}: {level.explanation.total ?? level.score}
              </Tag>
            )}
            {level.condition !== null && (
              <Tag color="green">
                {t.condition}: {names.level("condition", level.condition)}
              </Tag>
            )}
            {level.tiers.map((tier) => (
              <Tag key={tier.structure} color="gold">
                {names.structure(tier.structure)}: {names.level(tier.structure, tier.tier)}
              </Tag>
            ))}
          </div>
          <Card title={t.explanation}>
            {level.explanation.sentences.map((sentence) => (
              <p key={sentence} style={{ marginTop: 0 }}>
                {sentence}
              </p>
            ))}
          </Card>
          {level.explanation.parts.length > 0 && (
            <Waterfall parts={level.explanation.parts} total={level.explanation.total} />
          )}
          {level.state !== "not_scored" && <TryAnswer id={id} names={names} />}
          <DecideLevel id={id} mayDecide={mayDecide} structures={rules.data?.rules.structures ?? []} />
          {level.decisions.length > 0 && <Decisions decisions={level.decisions} names={names} />}
          {level.history.length > 0 && <History history={level.history} names={names} />}
        </div>
      )}
    </Loaded>
  );
}

type Names = ReturnType<typeof useLevelNames>;

/** Every change of the level with its reason. */
function History({ history, names }: Pick<Level, "history"> & { readonly names: Names }) {
  const t = useWords(LOYALTY);
  const { time } = useFormats();
  const reasonOf = useCodes(LEVEL_REASONS);
  return (
    <Card title={t.history} styles={{ body: { padding: 16 } }}>
      <Table
        rowKey={(row) => `${row.at} ${row.of} ${row.after} ${row.reason}`}
        size="small"
        pagination={{ pageSize: 20, hideOnSinglePage: true }}
        scroll={{ x: "max-content" }}
        dataSource={history}
        columns={[
          { title: t.at, dataIndex: "at", render: time },
          { title: t.level, dataIndex: "of", render: names.structure },
          { title: t.before, key: "before", render: (_, row) => names.level(row.of, row.before) },
          { title: t.after, key: "after", render: (_, row) => names.level(row.of, row.after) },
          { title: t.reason, dataIndex: "reason", render: reasonOf },
        ]}
      />
    </Card>
  );
}

/** Reviews that were asked for, and what people decided. */
function Decisions({ decisions, names }: Pick<Level, "decisions"> & { readonly names: Names }) {
  const t = useWords(LOYALTY);
  const { time, date } = useFormats();
  const reasonOf = useCodes(DECISION_REASONS);
  const kindOf = useCodes(DECISION_KINDS);
  return (
    <Card title={t.decisions} styles={{ body: { padding: 16 } }}>
      <Table
        rowKey={(row) => `${row.at} ${row.kind}`}
        size="small"
        pagination={false}
        scroll={{ x: "max-content" }}
        dataSource={decisions}
        columns={[
          { title: t.at, dataIndex: "at", render: time },
          { title: t.decision, dataIndex: "kind", render: kindOf },
          { title: t.reason, dataIndex: "reason", render: reasonOf },
          {
            title: t.tier,
            key: "tier",
            render: (_, row) => (row.structure === null ? "–" : names.level(row.structure, row.tier)),
          },
          { title: t.until, dataIndex: "until", render: date },
        ]}
      />
    </Card>
  );
}
