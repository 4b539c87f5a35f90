import { type Db, sql, type Tx } from "../db/index.ts";

type Reader = Pick<Db, "query"> | Pick<Tx, "query">;

export async function readCohortNames(db: Reader): Promise<string[]> {
  const found = await db.query<{ cohort: string }>(
    sql`select distinct cohort from loyalty_feature order by cohort`,
  );
  return found.map((r) => r.cohort);
}

async function idsOf(db: Reader, statement: ReturnType<typeof sql>): Promise<string[]> {
  return (await db.query<{ id: string }>(statement)).map((r) => r.id);
}

/** Members with features after an id. */
export function readScoredPage(db: Reader, after: string | null, limit: number): Promise<string[]> {
  return idsOf(
    db,
    sql`select member_id as id from loyalty_feature
      where member_id > coalesce(${after}::uuid, '00000000-0000-0000-0000-000000000000')
      order by member_id limit ${limit}`,
  );
}

/** Members whose tier follows the published rule, after an id. */
export function readPublishedPage(db: Reader, after: string | null, limit: number): Promise<string[]> {
  return idsOf(
    db,
    sql`select distinct member_id as id from loyalty_tier
      where mode = 'published' and member_id > coalesce(${after}::uuid, '00000000-0000-0000-0000-000000000000')
      order by member_id limit ${limit}`,
  );
}

/** How many scored members are in each condition and in each tier. */
export async function countLevels(
  db: Reader,
): Promise<{ of: "condition" | "tier"; structure: string | null; name: string; members: number }[]> {
  return db.query(sql`
    select 'condition' as of, null as structure, coalesce(condition, 'unknown') as name, count(*)::int as members
    from loyalty_score group by condition
    union all
    select 'tier', structure, tier, count(*)::int from loyalty_tier group by structure, tier
    order by 1, 2, 3`);
}

export interface KpiMonth {
  readonly month: string;
  readonly cohort: string;
  readonly members: number;
  readonly joined: number;
  readonly active: number;
  readonly activeBefore: number;
  readonly retained: number;
  readonly repeated: number;
  readonly asked: number;
  readonly answered: number;
}

/**
 * Counts by calendar month (UTC) and currency, over scored members: `members` who had bought by the end of the month,
 * `joined` who first bought in it, `active` who bought in it, `activeBefore` who bought in the month before, `retained`
 * in both, `repeated` who bought in it and had bought before, `asked` who were sent an invitation to a survey in it,
 * `answered` those of them who answered one within 30 days.
 */
export async function readKpis(db: Reader, fromDay: number, months: number): Promise<KpiMonth[]> {
  return db.query(sql`
    with month as (
      select to_char(m, 'YYYY-MM') as name, (m::date - date '1970-01-01') as first,
        ((m + interval '1 month')::date - date '1970-01-01') as next,
        ((m - interval '1 month')::date - date '1970-01-01') as before
      from generate_series(date_trunc('month', date '1970-01-01' + ${fromDay}::int),
        date_trunc('month', date '1970-01-01' + ${fromDay}::int) + (${months - 1} * interval '1 month'), interval '1 month') m
    ), said as materialized (
      select s.member_id, e.type, e.occurred_at from subject s join event e using (subject_id)
      where s.state = 'live' and e.type in ('survey.invited', 'survey.answered')
        and e.occurred_at >= date_trunc('month', date '1970-01-01' + ${fromDay}::int) at time zone 'UTC'
    ), response as (
      select f.currency, to_char(i.occurred_at at time zone 'UTC', 'YYYY-MM') as name,
        count(distinct i.member_id)::int as asked,
        count(distinct i.member_id) filter (where exists (
          select 1 from said a where a.member_id = i.member_id and a.type = 'survey.answered'
            and a.occurred_at >= i.occurred_at and a.occurred_at < i.occurred_at + interval '30 days'))::int as answered
      from said i join loyalty_feature f using (member_id) where i.type = 'survey.invited' group by 1, 2
    )
    select m.name as month, f.currency as cohort,
      count(*)::int as members,
      count(*) filter (where f.first_day >= m.first)::int as joined,
      count(*) filter (where a.now)::int as active,
      count(*) filter (where a.before)::int as "activeBefore",
      count(*) filter (where a.now and a.before)::int as retained,
      count(*) filter (where a.now and f.first_day < m.first)::int as repeated,
      coalesce(max(r.asked), 0)::int as asked, coalesce(max(r.answered), 0)::int as answered
    from month m join loyalty_feature f on f.first_day < m.next
    cross join lateral (
      select coalesce(bool_or(d >= m.first and d < m.next), false) as now,
        coalesce(bool_or(d >= m.before and d < m.first), false) as before
      from unnest(f.days) d where d >= m.before and d < m.next) a
    left join response r on r.name = m.name and r.currency = f.currency
    group by m.name, f.currency order by m.name, f.currency`);
}
