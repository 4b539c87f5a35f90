import { empty, join, type Sql, sql } from "../db/index.ts";
import { standardEventName } from "../events/index.ts";
import { assertNever } from "../kernel/assert-never.ts";
import { DAY } from "../kernel/clock.ts";
import type { AttributeName, Bounds, Condition, MeasureName, Rule } from "./rule.schema.ts";

const COLUMN: Readonly<Record<AttributeName, Sql>> = {
  ageBand: sql`f.age_band`,
  country: sql`f.country`,
  region: sql`f.region`,
  language: sql`f.language`,
  homeStore: sql`f.home_store`,
};

/**
 * A rule as a predicate over `segment_fact f`. Every value is a parameter. A condition about something that is not
 * known is false, never null, so that `not` means "not known to be so".
 */
export function compileRule(rule: Rule, at: Date): Sql {
  if ("all" in rule) return joined(rule.all, " and ", at);
  if ("any" in rule) return joined(rule.any, " or ", at);
  if ("not" in rule) return sql`(not ${compileRule(rule.not, at)})`;
  return sql`coalesce(${compileCondition(rule, at)}, false)`;
}

function joined(rules: readonly Rule[], by: " and " | " or ", at: Date): Sql {
  return sql`(${join(
    rules.map((r) => compileRule(r, at)),
    by,
  )})`;
}

function compileCondition(c: Condition, at: Date): Sql {
  if ("attribute" in c) {
    const column = COLUMN[c.attribute];
    if ("known" in c) return c.known ? sql`${column} is not null` : sql`${column} is null`;
    return sql`${column} = any(${[...c.is]}::text[])`;
  }
  if ("measure" in c) return within(measureOf(c.measure, c.currency, at), c);
  if ("bought" in c) {
    const { store, category } = c.bought;
    return join(
      [
        ...(store === undefined ? [] : [sql`coalesce((f.stores->>${store})::numeric, 0) > 0`]),
        ...(category === undefined ? [] : [sql`coalesce((f.categories->>${category})::numeric, 0) > 0`]),
      ],
      " and ",
    );
  }
  if ("event" in c) {
    const since = c.withinDays === undefined ? null : new Date(at.getTime() - c.withinDays * DAY);
    const counted = sql`(select count(*) from subject s join event e using (subject_id)
      where s.member_id = f.member_id and s.state = 'live' and e.type = ${c.event}
      ${c.name === undefined ? empty : sql`and e.name = ${standardEventName(c.name)}`}
      ${c.channel === undefined ? empty : sql`and e.channel = ${c.channel}`}
      ${c.store === undefined ? empty : sql`and e.store_id = ${c.store}`}
      ${since === null ? empty : sql`and e.occurred_at > ${since}`} and e.occurred_at <= ${at})`;
    return within(counted, c);
  }
  if ("consent" in c) {
    const key = c.channel === undefined ? c.consent : `${c.consent}:${c.channel}`;
    return c.allowed ? sql`${key} = any(f.allowed)` : sql`not (${key} = any(f.allowed))`;
  }
  if ("score" in c) return within(sql`(f.loyalty->>${c.score})::numeric`, c);
  if (c.loyalty === "condition") return sql`f.loyalty->>'condition' = any(${[...c.is]}::text[])`;
  if (c.loyalty === "tier")
    return sql`f.loyalty->'tiers'->>${c.structure ?? "default"} = any(${[...c.is]}::text[])`;
  return assertNever(c.loyalty);
}

function measureOf(measure: MeasureName, currency: string | undefined, at: Date): Sql {
  const days = (day: Sql): Sql => sql`((${at}::timestamptz at time zone 'UTC')::date - ${day})`;
  switch (measure) {
    case "orders":
      return sql`f.orders`;
    case "returns":
      return sql`f.returns`;
    case "spend":
      return sql`coalesce((f.spend->>${currency ?? ""})::numeric, 0)`;
    case "daysSinceFirstOrder":
      return days(sql`f.first_order_on`);
    case "daysSinceLastOrder":
      return days(sql`f.last_order_on`);
    case "daysSinceLastSeen":
      return days(sql`(f.last_seen at time zone 'UTC')::date`);
    case "daysSinceJoined":
      return days(sql`coalesce(f.joined_on, f.first_order_on)`);
    default:
      return assertNever(measure);
  }
}

/** As a range, so that a value that is a count of events is counted once. */
function within(value: Sql, { atLeast, atMost }: Bounds): Sql {
  return sql`(${value})::numeric <@ numrange(${atLeast ?? null}::numeric, ${atMost ?? null}::numeric, '[]')`;
}
