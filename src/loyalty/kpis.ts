import { wilson } from "./backtest.ts";
import type { KpiMonth } from "./everyone.store.ts";

/** What each figure means, word for word as it is computed. */
export const KPI_FORMULAS = {
  members: "Members who had bought by the end of the month.",
  growth: "Members who first bought in the month / members at its beginning.",
  activeRate: "Members who bought in the month / members by its end.",
  retention:
    "Members who bought in the month and in the month before / members who bought in the month before.",
  churn: "1 − retention.",
  repurchase: "Members who bought in the month and had bought before it / members who bought in the month.",
  responseRate:
    "Members invited to a survey in the month who answered one within 30 days / members invited to one in the month.",
  interval: "Wilson's 95 % interval of the share, taking the month's members as a sample of such members.",
} as const;

interface Share {
  /** Null where fewer than five members stand behind it. */
  readonly value: number | null;
  readonly of: number;
  readonly interval: readonly [number, number] | null;
}

const SMALL = 5;

function share(part: number, whole: number): Share {
  if (whole < SMALL) return { value: null, of: 0, interval: null };
  return { value: part / whole, of: whole, interval: wilson(part, whole) };
}

/** KPIs by month and currency with their formulas. The running month is marked: its figures still grow. */
export function showKpis(rows: readonly KpiMonth[], today: number) {
  const running = new Date(today * 86_400_000).toISOString().slice(0, 7);
  return {
    formulas: KPI_FORMULAS,
    months: rows.map((r) => {
      const retention = share(r.retained, r.activeBefore);
      const begin = r.members - r.joined;
      return {
        month: r.month,
        currency: r.cohort,
        running: r.month === running,
        members: r.members < SMALL ? null : r.members,
        growth: begin < SMALL ? null : r.joined / begin,
        activeRate: share(r.active, r.members),
        retention,
        churn:
          retention.value === null || retention.interval === null
            ? retention
            : {
                value: 1 - retention.value,
                of: retention.of,
                interval: [1 - retention.interval[1], 1 - retention.interval[0]] as const,
              },
        repurchase: share(r.repeated, r.active),
        responseRate: share(r.answered, r.asked),
      };
    }),
  };
}
