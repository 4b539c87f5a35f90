import { empty, sql, type Tx } from "../../db/index.ts";

export interface MetricRow {
  readonly regime: string;
  readonly kind: string;
  readonly received: number;
  readonly done: number;
  readonly doneInPart: number;
  readonly denied: number;
  readonly withdrawn: number;
  readonly expired: number;
  readonly duplicate: number;
  readonly open: number;
  readonly late: number;
  readonly answered: number;
  readonly onTime: number;
  readonly medianDays: string | null;
  readonly meanDays: string | null;
  readonly medianAckDays: string | null;
}

/**
 * Counts requests received from `from` to before `to`. Answered: carried out, in part, or refused; a duplicate is
 * answered with the other. Days are days of 24 hours from receipt to the end.
 */
export function countRequests(
  db: Pick<Tx, "query">,
  ask: { readonly from: Date; readonly to: Date; readonly now: Date; readonly regime: string | null },
): Promise<MetricRow[]> {
  return db.query<MetricRow>(sql`
    with r as (
      select *, state in ('completed', 'completed_with_exceptions', 'denied') as answered,
        extract(epoch from closed_at - received_at) / 86400 as days
      from dsr_request where received_at >= ${ask.from} and received_at < ${ask.to}
        ${ask.regime === null ? empty : sql`and regime = ${ask.regime}`}
    )
    select regime, kind, count(*)::int as received,
      count(*) filter (where state = 'completed')::int as done,
      count(*) filter (where state = 'completed_with_exceptions')::int as "doneInPart",
      count(*) filter (where state = 'denied')::int as denied,
      count(*) filter (where state = 'withdrawn')::int as withdrawn,
      count(*) filter (where state = 'expired')::int as expired,
      count(*) filter (where state = 'duplicate')::int as duplicate,
      count(*) filter (where closed_at is null)::int as open,
      count(*) filter (where due_at is not null and coalesce(closed_at, ${ask.now}) >= due_at)::int as late,
      count(*) filter (where answered)::int as answered,
      count(*) filter (where answered and (due_at is null or closed_at < due_at))::int as "onTime",
      round((percentile_cont(0.5) within group (order by days) filter (where answered))::numeric, 2)::text as "medianDays",
      round((avg(days) filter (where answered))::numeric, 2)::text as "meanDays",
      round((percentile_cont(0.5) within group (order by extract(epoch from acknowledged_at - received_at) / 86400)
        filter (where acknowledged_at is not null))::numeric, 2)::text as "medianAckDays"
    from r group by regime, kind order by regime, kind`);
}

/** Refusals of the same time by their reason. */
export function countDenials(
  db: Pick<Tx, "query">,
  ask: { readonly from: Date; readonly to: Date; readonly regime: string | null },
): Promise<
  { readonly regime: string; readonly kind: string; readonly reason: string; readonly n: number }[]
> {
  return db.query(sql`
    select regime, kind, reason, count(*)::int as n from dsr_request
    where state = 'denied' and reason is not null and received_at >= ${ask.from} and received_at < ${ask.to}
      ${ask.regime === null ? empty : sql`and regime = ${ask.regime}`}
    group by regime, kind, reason order by regime, kind, reason`);
}
