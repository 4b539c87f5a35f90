import { useQuery } from "@tanstack/react-query";
import Alert from "antd/es/alert";
import Card from "antd/es/card";
import Empty from "antd/es/empty";
import Segmented from "antd/es/segmented";
import Table from "antd/es/table";
import Tag from "antd/es/tag";
import { useMemo, useState } from "react";
import { get, Problem } from "../../api.ts";
import { say, useFormats, useWords } from "../../i18n.ts";
import { Chart } from "../../parts/chart.tsx";
import { Figure } from "../../parts/figure.tsx";
import { Loaded } from "../../parts/page.tsx";
import type { SurveyDetail } from "./survey.tsx";
import { VOICE } from "./words.ts";

interface Estimate {
  readonly n: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

interface Group {
  readonly key: string;
  readonly withheld?: unknown;
  readonly estimate?: Estimate | null;
  readonly againstOthers?: { readonly significant?: boolean; readonly p?: number } | null;
  readonly responseRate?: number | null;
}

interface Results {
  readonly metric: "nps" | "csat" | "ces" | "comparative";
  readonly rules: { readonly smallestGroup: number };
  readonly total: Estimate | null;
  readonly withheld: unknown;
  readonly distribution: readonly number[] | null;
  readonly response: {
    readonly invited: number;
    readonly answered: number;
    readonly declined: number;
    readonly bounced: number;
    readonly rate: number | null;
  } | null;
  readonly by: Readonly<Record<string, { readonly groups: readonly Group[] }>>;
  readonly trends: Readonly<
    Record<
      string,
      { readonly points: readonly { readonly period: string; readonly estimate: Estimate | null }[] }
    >
  >;
  readonly withheldGroups: number;
}

interface Themes {
  readonly themes: readonly {
    readonly theme: string;
    readonly comments: number;
    readonly share?: { readonly value: number } | number | null;
    readonly phrases?: readonly (string | { readonly phrase: string })[];
  }[];
}

const DIMENSIONS = ["store", "region", "channel", "category", "level", "tenure"] as const;

/** Figures with their intervals, trend, distribution, groups and themes; what is withheld is said. */
export function ResultsTab({ survey }: { readonly survey: SurveyDetail }) {
  const t = useWords(VOICE);
  const { number, percent } = useFormats();
  const results = useQuery({
    queryKey: ["survey-results", survey.id],
    queryFn: () =>
      get<Results>(`/v1/surveys/${survey.id}/results`).catch((error: unknown) => {
        if (error instanceof Problem && error.code === "not-found") return null;
        throw error;
      }),
  });
  return (
    <Loaded query={results}>
      {(r) => {
        if (r === null || (r.total === null && r.withheld === null))
          return (
            <Card>
              <Empty description={t.noResults} />
            </Card>
          );
        if (r.total === null)
          return <Alert type="info" showIcon title={say(t.tooFew, { n: r.rules.smallestGroup })} />;
        const isShare = r.metric === "csat";
        const show = (n: number) => (isShare ? percent(n > 1 ? n / 100 : n, 1) : number(n, 1));
        return (
          <div className="stack">
            <div className="grid">
              <Figure
                label={r.metric.toUpperCase()}
                value={show(r.total.value)}
                note={`${say(t.answers, { n: number(r.total.n) })} · ${say(t.interval, { low: show(r.total.low), high: show(r.total.high) })}`}
              />
              {r.response !== null && (
                <Figure
                  label={t.rate}
                  value={percent(r.response.rate, 1)}
                  note={say(t.invited, {
                    invited: number(r.response.invited),
                    answered: number(r.response.answered),
                    declined: number(r.response.declined),
                    bounced: number(r.response.bounced),
                  })}
                />
              )}
            </div>
            <div className="two">
              <Trend points={r.trends.month?.points ?? []} />
              {r.distribution !== null && <Distribution counts={r.distribution} metric={r.metric} />}
            </div>
            <Groups results={r} show={show} />
            <ThemesCard survey={survey} />
          </div>
        );
      }}
    </Loaded>
  );
}

function Trend({
  points,
}: {
  readonly points: readonly { readonly period: string; readonly estimate: Estimate | null }[];
}) {
  const t = useWords(VOICE);
  const option = useMemo(() => {
    const told = points.filter((p) => p.estimate !== null);
    const round = (n: number) => Math.round(n * 100) / 100;
    return {
      tooltip: { trigger: "axis" },
      grid: { left: 44, right: 16, top: 16, bottom: 32 },
      xAxis: { type: "category", data: told.map((p) => p.period) },
      yAxis: { type: "value", scale: true },
      series: [
        {
          type: "line",
          name: "low",
          stack: "band",
          symbol: "none",
          lineStyle: { opacity: 0 },
          data: told.map((p) => round(p.estimate?.low ?? 0)),
          tooltip: { show: false },
        },
        {
          type: "line",
          name: "band",
          stack: "band",
          stackStrategy: "all",
          symbol: "none",
          lineStyle: { opacity: 0 },
          areaStyle: { color: "#0f6e63", opacity: 0.16 },
          data: told.map((p) => round((p.estimate?.high ?? 0) - (p.estimate?.low ?? 0))),
          tooltip: { show: false },
        },
        {
          type: "line",
          name: t.figure,
          data: told.map((p) => round(p.estimate?.value ?? 0)),
          lineStyle: { color: "#0f6e63", width: 2.5 },
          itemStyle: { color: "#0f6e63" },
        },
      ],
    };
  }, [points, t]);
  return (
    <Card title={t.trend}>
      <Chart option={option} height={280} label={t.trend} />
    </Card>
  );
}

function Distribution({ counts, metric }: { readonly counts: readonly number[]; readonly metric: string }) {
  const t = useWords(VOICE);
  const option = useMemo(() => {
    const first = metric === "nps" ? 0 : 1;
    const colour = (score: number) => {
      if (metric !== "nps") return "#0f6e63";
      return score >= 9 ? "#0f6e63" : score >= 7 ? "#c28a1b" : "#b4532a";
    };
    return {
      tooltip: {},
      grid: { left: 40, right: 12, top: 16, bottom: 28 },
      xAxis: { type: "category", data: counts.map((_, i) => i + first) },
      yAxis: { type: "value" },
      series: [
        { type: "bar", data: counts.map((n, i) => ({ value: n, itemStyle: { color: colour(i + first) } })) },
      ],
    };
  }, [counts, metric]);
  return (
    <Card title={t.distribution}>
      <Chart option={option} height={280} label={t.distribution} />
    </Card>
  );
}

function Groups(props: { readonly results: Results; readonly show: (n: number) => string }) {
  const t = useWords(VOICE);
  const { number, percent } = useFormats();
  const { results, show } = props;
  const has = DIMENSIONS.filter((d) => (results.by[d]?.groups.length ?? 0) > 0);
  const [by, setBy] = useState<(typeof DIMENSIONS)[number]>(has[0] ?? "store");
  return (
    <Card
      title={t.by}
      extra={
        <Segmented value={by} onChange={setBy} options={has.map((value) => ({ value, label: t[value] }))} />
      }
      styles={{ body: { padding: 16 } }}
    >
      <Table<Group>
        rowKey="key"
        size="small"
        pagination={false}
        scroll={{ x: "max-content" }}
        dataSource={[...(results.by[by]?.groups ?? [])]}
        columns={[
          { title: t.group, dataIndex: "key" },
          {
            title: t.figure,
            key: "figure",
            sorter: (a, b) => (a.estimate?.value ?? -1e9) - (b.estimate?.value ?? -1e9),
            render: (_, row) => {
              if (row.withheld !== undefined) return <span className="quiet">{t.withheld}</span>;
              if (row.estimate == null) return "–";
              const { value, low, high, n } = row.estimate;
              return (
                <>
                  <strong>{show(value)}</strong>{" "}
                  <span className="quiet">
                    {show(low)} – {show(high)} · n {number(n)}
                  </span>
                </>
              );
            },
          },
          {
            title: t.against,
            key: "against",
            render: (_, row) =>
              row.againstOthers?.significant === true && <Tag color="purple">{t.significant}</Tag>,
          },
          { title: t.rate, key: "rate", align: "right", render: (_, row) => percent(row.responseRate, 1) },
        ]}
      />
      {results.withheldGroups > 0 && (
        <p className="quiet">{say(t.withheldCount, { count: number(results.withheldGroups) })}</p>
      )}
    </Card>
  );
}

function ThemesCard({ survey }: { readonly survey: SurveyDetail }) {
  const t = useWords(VOICE);
  const { number, percent } = useFormats();
  const themes = useQuery({
    queryKey: ["survey-themes", survey.id],
    queryFn: () => get<Themes>(`/v1/surveys/${survey.id}/themes`),
  });
  return (
    <Card title={t.themes} styles={{ body: { padding: 16 } }}>
      <Loaded query={themes}>
        {(found) => (
          <Table
            rowKey="theme"
            size="small"
            pagination={false}
            scroll={{ x: "max-content" }}
            dataSource={found.themes}
            locale={{ emptyText: <Empty description={t.noThemes} /> }}
            columns={[
              { title: t.theme, dataIndex: "theme" },
              { title: t.answer, dataIndex: "comments", align: "right", render: (n: number) => number(n) },
              {
                title: t.share,
                key: "share",
                align: "right",
                render: (_, row) => percent(typeof row.share === "object" ? row.share?.value : row.share),
              },
              {
                title: t.phrases,
                key: "phrases",
                render: (_, row) => (
                  <div className="quiet" style={{ maxWidth: 420, whiteSpace: "normal" }}>
                    {(row.phrases ?? [])
                      .slice(0, 8)
                      .map((p) => (typeof p === "string" ? p : p.phrase))
                      .join(", ")}
                  </div>
                ),
              },
            ]}
          />
        )}
      </Loaded>
    </Card>
  );
}
