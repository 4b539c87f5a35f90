import { type Static, Type } from "typebox";
import { addSpan } from "../../../consent/index.ts";
import { DAY } from "../../kernel/clock.ts";
import type { RequestDeps } from "./deps.ts";
import { countDenials, countRequests, type MetricRow } from "./metrics.store.ts";

const Count = Type.Integer();
const MaybeNumber = Type.Union([Type.Number(), Type.Null()]);

export const METRICS_SCHEMA = Type.Object({
  from: Type.String({ format: "date" }),
  to: Type.String({ format: "date", description: "The last day, included." }),
  items: Type.Array(
    Type.Object({
      regime: Type.String(),
      kind: Type.String(),
      received: Count,
      compliedInWhole: Count,
      compliedInPart: Count,
      denied: Count,
      deniedBecause: Type.Record(Type.String(), Count),
      withdrawn: Count,
      expired: Count,
      duplicate: Count,
      open: Count,
      late: Type.Integer({ description: "Open past the deadline, or ended after it." }),
      medianDays: MaybeNumber,
      meanDays: MaybeNumber,
      medianDaysToAcknowledge: MaybeNumber,
      onTimeShare: Type.Union([Type.Number(), Type.Null()], {
        description: "Of the answered ones, from 0 to 1; null when none has been answered.",
      }),
    }),
  ),
});
type Metrics = Static<typeof METRICS_SCHEMA>;

const number = (text: string | null): number | null => (text === null ? null : Number(text));

function show(row: MetricRow, because: Readonly<Record<string, number>>): Metrics["items"][number] {
  return {
    regime: row.regime,
    kind: row.kind,
    received: row.received,
    compliedInWhole: row.done,
    compliedInPart: row.doneInPart,
    denied: row.denied,
    deniedBecause: because,
    withdrawn: row.withdrawn,
    expired: row.expired,
    duplicate: row.duplicate,
    open: row.open,
    late: row.late,
    medianDays: number(row.medianDays),
    meanDays: number(row.meanDays),
    medianDaysToAcknowledge: number(row.medianAckDays),
    onTimeShare: row.answered === 0 ? null : Math.round((row.onTime / row.answered) * 10_000) / 10_000,
  };
}

/**
 * The figures of a span of days (UTC, by day of receipt): what 11 CCR §7102 asks large businesses to publish yearly, and
 * what an officer watches. A year ago to today unless stated.
 */
export async function requestMetrics(
  deps: Pick<RequestDeps, "db" | "clock">,
  ask: { readonly from?: string; readonly to?: string; readonly year?: number; readonly regime?: string },
): Promise<Metrics> {
  const now = deps.clock.now();
  const today = now.toISOString().slice(0, 10);
  const to = ask.year === undefined ? (ask.to ?? today) : `${ask.year}-12-31`;
  const from =
    ask.year === undefined
      ? (ask.from ??
        addSpan(new Date(`${to}T00:00:00Z`), { months: -12, days: 1 })
          .toISOString()
          .slice(0, 10))
      : `${ask.year}-01-01`;
  const span = {
    from: new Date(`${from}T00:00:00Z`),
    to: new Date(new Date(`${to}T00:00:00Z`).getTime() + DAY),
    regime: ask.regime ?? null,
  };
  const [rows, denials] = [await countRequests(deps.db, { ...span, now }), await countDenials(deps.db, span)];
  return {
    from,
    to,
    items: rows.map((row) =>
      show(
        row,
        Object.fromEntries(
          denials.filter((d) => d.regime === row.regime && d.kind === row.kind).map((d) => [d.reason, d.n]),
        ),
      ),
    ),
  };
}
