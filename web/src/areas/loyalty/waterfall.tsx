import Card from "antd/es/card";
import { useMemo } from "react";
import type { Static } from "typebox";
import type { LevelSchema } from "../../../../src/loyalty/answers.schema.ts";
import { SUM_PARTS } from "../../codes/levels.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { useLocale, useWords } from "../../i18n.ts";
import { Chart } from "../../parts/chart.tsx";
import { LOYALTY } from "./words.ts";

type Part = Static<typeof LevelSchema>["explanation"]["parts"][number];

/** Points as they are written in explanations, as a number. */
export function pointsOf(text: string): number {
  return Number(text.replace("−", "-"));
}

/** What makes the score, part by part, as a waterfall and in words. */
export function Waterfall({
  parts,
  total,
}: {
  readonly parts: readonly Part[];
  readonly total: string | null;
}) {
  const t = useWords(LOYALTY);
  const locale = useLocale();
  const partOf = useCodes(SUM_PARTS);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the words follow from the language alone.
  const option = useMemo(() => {
    let sum = 0;
    const bars = parts.map((part) => {
      const points = pointsOf(part.points);
      const from = sum;
      sum += points;
      return {
        name: partOf(part.of),
        from: Math.min(from, sum),
        size: Math.abs(points),
        up: points >= 0,
        label: part.points,
      };
    });
    return {
      grid: { left: 96, right: 56, top: 12, bottom: 32 },
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
          data: [
            ...bars.map((b) => ({
              value: b.size,
              itemStyle: { color: b.up ? "#0f6e63" : "#b4532a" },
              label: { show: true, position: "right", formatter: b.label },
            })),
            {
              value: Math.round(sum * 100) / 100,
              itemStyle: { color: "#c28a1b" },
              label: { show: true, position: "right", formatter: total ?? sum.toFixed(2) },
            },
          ],
        },
      ],
    };
  }, [parts, total, locale]);
  return (
    <Card title={t.adds}>
      <Chart option={option} height={60 + 40 * (parts.length + 1)} label={t.adds} />
      <table className="sum">
        <tbody>
          {parts.map((part, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two answers may say the same.
            <tr key={i}>
              <td className="mono">{part.points}</td>
              <td>{part.text}</td>
            </tr>
          ))}
        </tbody>
        {total !== null && (
          <tfoot>
            <tr>
              <td className="mono">{total}</td>
              <td>{t.score}</td>
            </tr>
          </tfoot>
        )}
      </table>
    </Card>
  );
}
