import { useMutation, useQuery } from "@tanstack/react-query";
import App from "antd/es/app";
import Button from "antd/es/button";
import Card from "antd/es/card";
import Table from "antd/es/table";
import Tag from "antd/es/tag";
import { useMemo } from "react";
import { get, post } from "../../api.ts";
import { useFormats, useLocale, useWords } from "../../i18n.ts";
import { Chart } from "../../parts/chart.tsx";
import { Loaded } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { LOYALTY } from "../loyalty/words.ts";

interface Loyalty {
  readonly state: string;
  readonly score: number | string | null;
  readonly condition: string | null;
  readonly tiers: readonly { readonly structure: string; readonly tier: string }[];
  readonly history: readonly {
    readonly at: string;
    readonly structure: string | null;
    readonly before: string | null;
    readonly after: string | null;
    readonly reason: string;
  }[];
  readonly explanation: {
    readonly sentences: readonly string[];
    readonly parts: readonly { readonly of: string; readonly text: string; readonly points: string }[];
    readonly total: string | null;
  };
}

/** A member's level with what made it, as a waterfall that adds up. */
export function LoyaltyTab({ id }: { readonly id: string }) {
  const t = useWords(LOYALTY);
  const locale = useLocale();
  const { time } = useFormats();
  const { message } = App.useApp();
  const loyalty = useQuery({
    queryKey: ["loyalty", id, locale],
    queryFn: () => get<Loyalty>(`/v1/members/${id}/loyalty`, { purpose: "profiling", locale }),
  });
  const review = useMutation({
    mutationFn: () => post(`/v1/members/${id}/loyalty/reviews`),
    onSuccess: () => void message.success(t.reviewed),
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
                {t.condition}: {level.condition}
              </Tag>
            )}
            {level.tiers.map((tier) => (
              <Tag key={tier.structure} color="gold">
                {t.tier}: {tier.tier}
              </Tag>
            ))}
            <span style={{ flex: 1 }} />
            <Button onClick={() => review.mutate()} loading={review.isPending}>
              {t.review}
            </Button>
          </div>
          <ProblemNote error={review.error} />
          <Card title={t.explanation}>
            {level.explanation.sentences.map((sentence) => (
              <p key={sentence} style={{ marginTop: 0 }}>
                {sentence}
              </p>
            ))}
          </Card>
          {level.explanation.parts.length > 0 && <Waterfall parts={level.explanation.parts} />}
          {level.history.length > 0 && (
            <Card title={t.history} styles={{ body: { padding: 16 } }}>
              <Table
                rowKey={(row) => `${row.at} ${row.structure} ${row.after}`}
                size="small"
                pagination={false}
                scroll={{ x: "max-content" }}
                dataSource={level.history}
                columns={[
                  { title: t.at, dataIndex: "at", render: time },
                  { title: t.tier, key: "s", render: (_, row) => row.structure ?? t.condition },
                  { title: t.before, dataIndex: "before" },
                  { title: t.after, dataIndex: "after" },
                  { title: t.reason, dataIndex: "reason" },
                ]}
              />
            </Card>
          )}
        </div>
      )}
    </Loaded>
  );
}

function Waterfall({ parts }: { readonly parts: Loyalty["explanation"]["parts"] }) {
  const t = useWords(LOYALTY);
  const option = useMemo(() => {
    let sum = 0;
    const bars = parts.map((part) => {
      const points = Number(part.points.replace(/[^\d.-]/g, ""));
      const from = sum;
      sum += points;
      return { name: part.of, from: Math.min(from, sum), size: Math.abs(points), up: points >= 0 };
    });
    return {
      grid: { left: 120, right: 24, top: 12, bottom: 32 },
      xAxis: { type: "value" },
      yAxis: { type: "category", inverse: true, data: [...bars.map((b) => b.name), t.score] },
      series: [
        {
          type: "bar",
          stack: "w",
          itemStyle: { color: "transparent" },
          data: [...bars.map((b) => b.from), 0],
          silent: true,
        },
        {
          type: "bar",
          stack: "w",
          label: { show: true, position: "right" },
          data: [
            ...bars.map((b) => ({
              value: Math.round(b.size * 100) / 100,
              itemStyle: { color: b.up ? "#0f6e63" : "#b4532a" },
            })),
            { value: Math.round(sum * 100) / 100, itemStyle: { color: "#c28a1b" } },
          ],
        },
      ],
    };
  }, [parts, t]);
  return (
    <Card title={t.adds}>
      <Chart option={option} height={60 + 40 * (parts.length + 1)} label={t.adds} />
      <dl className="kv">
        {parts.map((part) => (
          <Part key={part.of} text={part.text} points={part.points} />
        ))}
      </dl>
    </Card>
  );
}

function Part({ text, points }: { readonly text: string; readonly points: string }) {
  return (
    <>
      <dt className="mono">{points}</dt>
      <dd>{text}</dd>
    </>
  );
}
