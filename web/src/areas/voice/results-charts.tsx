import Card from "antd/es/card";
import { useMemo } from "react";
import { useFormats, useWords } from "../../i18n.ts";
import { Chart } from "../../parts/chart.tsx";
import type { Estimate } from "./metric.ts";
import { VOICE } from "./words.ts";

/** The figure month by month, with its interval as a band; months with too few answers are left out. */
export function Trend({
  points,
}: {
  readonly points: readonly { readonly period: string; readonly estimate: Estimate | null }[];
}) {
  const t = useWords(VOICE);
  const { month } = useFormats();
  const option = useMemo(() => {
    const told = points.filter((p) => p.estimate !== null);
    const round = (n: number) => Math.round(n * 100) / 100;
    return {
      tooltip: { trigger: "axis" },
      grid: { left: 44, right: 16, top: 16, bottom: 32 },
      xAxis: { type: "category", data: told.map((p) => month(p.period)) },
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
  }, [points, t, month]);
  return (
    <Card title={t.trend}>
      <Chart option={option} height={280} label={t.trend} />
    </Card>
  );
}

/** How often each score was given. */
export function Distribution({
  counts,
  metric,
}: {
  readonly counts: readonly number[];
  readonly metric: string;
}) {
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
