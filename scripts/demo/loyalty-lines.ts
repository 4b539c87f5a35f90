import type { BacktestRow, LoyaltySummary } from "./loyalty.ts";
import { columns } from "./table.ts";

const WIDTH = 40;
const percent = (v: number): string => `${(100 * v).toFixed(0)} %`;

/** One row of the plot: a bar as long as the share that bought, with a mark where the model had foretold it. */
export function plotBar(row: Pick<BacktestRow, "foretold" | "observed">): string {
  if (row.foretold === null || row.observed === null) return "fewer than 5";
  const bar = "█"
    .repeat(Math.round(row.observed * WIDTH))
    .padEnd(WIDTH, "·")
    .split("");
  bar[Math.min(WIDTH - 1, Math.round(row.foretold * WIDTH))] = "◆";
  return bar.join("");
}

function backtestLines(b: LoyaltySummary["backtest"]): string[] {
  const told = b.plot.filter((row) => row.members > 0);
  return [
    `Back-test: fitted up to ${b.fittedUntil}, held against the ${b.weeks} weeks after it, ${b.members} members.`,
    `  Purchase days expected ${b.expected.toFixed(0)}, observed ${b.observed}; Brier score ${b.brier.toFixed(3)} (overall share alone ${b.brierOfShare.toFixed(3)})`,
    ...columns(
      [
        ["probability", "members", "foretold", "bought", "█ bought   ◆ foretold"],
        ...told.map((row) => [
          `${row.from.toFixed(1)}–${row.to.toFixed(1)}`,
          String(row.members),
          row.foretold === null ? "–" : percent(row.foretold),
          row.observed === null ? "–" : percent(row.observed),
          plotBar(row),
        ]),
      ],
      1,
      [4],
    ).map((line) => `  ${line}`),
  ];
}

/** What the demo shows of loyalty, as people read it. */
export function loyaltyLines(s: LoyaltySummary): string[] {
  return [
    "",
    "Loyalty",
    `  consents to profiling: ${s.forms.recorded} recorded${s.forms.known > 0 ? `, ${s.forms.known} by an earlier run` : ""}`,
    ...s.fits.map((f) => `  ${f}`),
    ...columns(
      s.counts.map((c) => [c.of, c.name, c.members === null ? "fewer than 5" : String(c.members)]),
      2,
    ).map((line) => `  ${line}`),
    "",
    ...backtestLines(s.backtest),
    "",
    `Preview of a rule: ${s.preview}.`,
    ...s.examples.flatMap((e) => [
      "",
      `Why is member ${e.memberId} “${e.condition}”?`,
      ...e.sentences.map((t) => `  ${t}`),
      ...columns(
        e.sum.map(([points, text]) => [points, text]),
        0,
        [1],
      ).map((line) => `  ${line}`),
      ...e.history.map((t) => `  ${t}`),
    ]),
    ...s.stories.flatMap((story) => [
      "",
      `Member ${story.memberId} ${story.what}:`,
      ...story.history.map((t) => `  ${t}`),
    ]),
    "",
    "Why: npx candor loyalty explain <member> --history",
    `The rules as members read them: ${s.rulebook}`,
  ];
}
