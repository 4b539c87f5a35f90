import Card from "antd/es/card";
import Segmented from "antd/es/segmented";
import { useMemo, useState } from "react";
import { say, useFormats, useWords } from "../../i18n.ts";
import { Chart } from "../../parts/chart.tsx";
import type { Results } from "./results.ts";
import { VOICE } from "./words.ts";
import { RESULTS } from "./words-results.ts";

const PERIODS = ["week", "month", "quarter"] as const;

/** The figure period by period, with its interval as a band; periods with too few answers are left out. */
export function Trend(props: {
  readonly trends: Results["trends"];
  readonly metric: string;
  readonly show: (value: number) => string;
}) {
  const t = useWords(VOICE);
  const words = useWords(RESULTS);
  const { month, quarter, day } = useFormats();
  const [period, setPeriod] = useState<(typeof PERIODS)[number]>("month");
  const { points, slope } = props.trends[period];
  const option = useMemo(() => {
    const told = points.filter((p) => p.estimate !== null);
    const nameOf = { week: day, month, quarter }[period];
    const round = (n: number) => Math.round(n * 100) / 100;
    return {
      tooltip: { trigger: "axis" },
      grid: { left: 44, right: 16, top: 16, bottom: 32 },
      xAxis: { type: "category", data: told.map((p) => nameOf(p.period)) },
      // An NPS is never beyond 100 on either side, and no axis should look as if it were.
      yAxis: { type: "value", ...(props.metric === "nps" ? { min: -100, max: 100 } : { scale: true }) },
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
  }, [points, t, period, day, month, quarter, props.metric]);
  return (
    <Card
      title={t.trend}
      extra={
        <Segmented
          aria-label={words.periods}
          size="small"
          value={period}
          onChange={setPeriod}
          options={PERIODS.map((value) => ({ value, label: words[value] }))}
        />
      }
    >
      <Chart option={option} height={256} label={t.trend} />
      {slope !== null && (
        <div className="quiet">
          {slope.significant
            ? say(words.slope, {
                change: `${slope.perPeriod > 0 ? "+" : ""}${props.show(slope.perPeriod)}`,
                low: props.show(slope.low),
                high: props.show(slope.high),
              })
            : words.noSlope}
        </div>
      )}
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
      yAxis: { type: "value", minInterval: 1 },
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
