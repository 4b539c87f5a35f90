import { type Db, raw, sql, type Tx } from "../../src/db/index.ts";

type Reader = Pick<Tx, "query">;

/** What results may be grouped by; each is a plain column of a score. */
export const DIMENSIONS = ["store", "region", "channel", "category", "level", "tenure"] as const;
export type Dimension = (typeof DIMENSIONS)[number];
export const PERIODS = ["week", "month", "quarter"] as const;
export type Period = (typeof PERIODS)[number];

const COLUMN: Readonly<Record<Dimension, string>> = {
  store: "store_id",
  region: "region",
  channel: "channel",
  category: "category",
  level: "level",
  tenure: "tenure",
};

export interface ResultFilter {
  readonly surveyId: string;
  readonly question: string;
  /** UTC days, `from` included and `to` not. */
  readonly from: string;
  readonly to: string;
  /** One group of one dimension; the caller has checked that it may be shown. */
  readonly only?: { readonly dimension: Dimension; readonly value: string };
}

/** How often one score was given in one group. `by` null: over all. */
export interface ScoreCount {
  readonly by: Dimension | Period | null;
  readonly key: string | null;
  readonly score: number;
  readonly n: number;
}

const SETS: readonly (Dimension | Period)[] = [...DIMENSIONS, ...PERIODS];
const columnOf = (by: Dimension | Period): string =>
  (PERIODS as readonly string[]).includes(by) ? by : COLUMN[by as Dimension];

const onlyOf = (only: ResultFilter["only"], table: string) =>
  only === undefined ? sql`` : sql`and ${raw(`${table}.${COLUMN[only.dimension]}`)} = ${only.value}`;

/**
 * Counts scores over all groupings with one statement: of each member the latest answer of the window, and in each
 * period the latest of that period. Members are those of now, however many subjects answered for them; anonymous
 * answers each stand for themselves.
 */
export async function countScores(
  db: Db,
  filter: ResultFilter,
): Promise<{ readonly scores: readonly ScoreCount[]; readonly regionOf: ReadonlyMap<string, string> }> {
  const columns = DIMENSIONS.map((by) => COLUMN[by]);
  const sets = columns.map((c) => `(${c}, v)`).join(", ");
  const { from, to } = filter;
  const found = await db.tx(async (tx) => {
    // A sort of a million short rows fits; joining a few hundred days needs no sort. Both end with the transaction.
    await tx.query(sql`select set_config('work_mem', '192MB', true), set_config('jit', 'off', true),
      set_config('enable_mergejoin', 'off', true)`);
    return tx.query<CountedRow>(sql`
      with day as materialized (
        select d::date as day, (date_trunc('week', d) + interval '7 days')::date as week_end,
          (date_trunc('month', d) + interval '1 month')::date as month_end,
          (date_trunc('quarter', d) + interval '3 months')::date as quarter_end
        from generate_series(${from}::date::timestamp, ${to}::date::timestamp - interval '1 day', interval '1 day') d
      ), given as (
        select coalesce(m.member_id, sc.response_id) as who, sc.response_id, sc.value::int as v, sc.answered_on,
          sc.answered_at, sc.store_id, sc.region, sc.channel, sc.category, sc.level, sc.tenure
        from survey_score sc left join subject m on m.subject_id = sc.subject_id
        where sc.survey_id = ${filter.surveyId} and sc.question = ${filter.question}
          and sc.answered_on >= ${from}::date and sc.answered_on < ${to}::date ${onlyOf(filter.only, "sc")}
      ), placed as materialized (
        select v, answered_on, store_id, region, channel, category, level, tenure,
          lead(answered_on) over (partition by who order by answered_at nulls first, response_id) as next
        from given
      )
      select v, ${raw(DIMENSIONS.map((by) => `${COLUMN[by]} as "${by}"`).join(", "))},
        grouping(${raw(columns.join(", "))}) as g, null::text as day, count(*) as n, 0 as week, 0 as month, 0 as quarter
      from placed where next is null group by grouping sets ((v), (store_id, region), ${raw(sets)})
      union all
      select v, null, null, null, null, null, null, -1, d.day::text, 0,
        count(*) filter (where next is null or next >= week_end),
        count(*) filter (where next is null or next >= month_end),
        count(*) filter (where next is null or next >= quarter_end)
      from placed join day d on d.day = placed.answered_on group by d.day, v`);
  });
  return { scores: [...found.flatMap(ofDimension), ...ofPeriods(found)], regionOf: regionsOf(found) };
}

interface CountedRow extends Readonly<Record<Dimension, string | null>> {
  /** Null in the rows of stores by region. */
  readonly v: number | null;
  readonly g: number;
  readonly day: string | null;
  readonly n: number;
  readonly week: number;
  readonly month: number;
  readonly quarter: number;
}

/** grouping() has a bit for each column, the first the highest; 0 means that the row is grouped by it. */
function ofDimension(row: CountedRow): ScoreCount[] {
  if (row.g === -1 || row.v === null) return [];
  const by = DIMENSIONS.find((_, i) => (row.g & (1 << (DIMENSIONS.length - 1 - i))) === 0) ?? null;
  return [{ by, key: by === null ? null : row[by], score: row.v, n: row.n }];
}

/** The region in which most of a store's answers were given: what the store's figures are nested in. */
function regionsOf(found: readonly CountedRow[]): Map<string, string> {
  const most = new Map<string, { region: string; n: number }>();
  for (const { v, store, region, n } of found) {
    if (v !== null || store === null || region === null) continue;
    const known = most.get(store);
    if (known === undefined || n > known.n || (n === known.n && region < known.region))
      most.set(store, { region, n });
  }
  return new Map([...most].map(([store, { region }]) => [store, region]));
}

function ofPeriods(found: readonly CountedRow[]): ScoreCount[] {
  const sums = new Map<string, ScoreCount>();
  for (const row of found) {
    if (row.day === null || row.v === null) continue;
    for (const by of PERIODS) {
      if (row[by] === 0) continue;
      const key = periodOf(by, row.day);
      const id = `${by}|${key}|${row.v}`;
      sums.set(id, { by, key, score: row.v, n: (sums.get(id)?.n ?? 0) + row[by] });
    }
  }
  return [...sums.values()];
}

/** The first day of the week (Monday), month or quarter that a UTC day belongs to. */
export function periodOf(period: Period, day: string): string {
  if (period === "month") return `${day.slice(0, 7)}-01`;
  if (period === "quarter") {
    const start = Math.floor((Number(day.slice(5, 7)) - 1) / 3) * 3 + 1;
    return `${day.slice(0, 5)}${String(start).padStart(2, "0")}-01`;
  }
  const at = new Date(`${day}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() - ((at.getUTCDay() + 6) % 7));
  return at.toISOString().slice(0, 10);
}

/** How many invitations went out and what became of them, in one group. */
export interface InvitedCount {
  readonly by: Dimension | Period | null;
  readonly key: string | null;
  readonly invited: number;
  readonly answered: number;
  readonly declined: number;
  readonly bounced: number;
}

/** Counts the invitations of a window by the same groupings, without the secrets of any. */
export async function countInvited(
  db: Reader,
  filter: Pick<ResultFilter, "surveyId" | "from" | "to" | "only">,
): Promise<InvitedCount[]> {
  const groupings = SETS.map((by) => `(${columnOf(by)})`).join(", ");
  const found = await db.query<
    Record<string, unknown> & {
      g: number;
      invited: number;
      answered: number;
      declined: number;
      bounced: number;
    }
  >(sql`
    with asked as (
      select i.context->>'store' as store_id, i.context->>'region' as region, i.channel, i.context->>'category' as category,
        i.context->>'level' as level, i.context->>'tenure' as tenure, i.ended_as,
        date_trunc('week', i.created_at at time zone 'UTC')::date as week,
        date_trunc('month', i.created_at at time zone 'UTC')::date as month,
        date_trunc('quarter', i.created_at at time zone 'UTC')::date as quarter,
        exists (select 1 from survey_ask a join survey_message b on b.subject_id = a.subject_id and b.ask_id = a.ask_id
                where a.invitation_id = i.invitation_id and b.state = 'bounced') as bounced
      from survey_invitation i
      where i.survey_id = ${filter.surveyId} and i.created_at >= ${filter.from}::date and i.created_at < ${filter.to}::date
    ), kept as (select * from asked s where true ${onlyOf(filter.only, "s")})
    select ${raw(SETS.map((by) => `${columnOf(by)}::text as "${by}"`).join(", "))}, grouping(${raw(SETS.map(columnOf).join(", "))}) as g,
      count(*) as invited, count(*) filter (where ended_as = 'answered') as answered,
      count(*) filter (where ended_as = 'declined') as declined, count(*) filter (where bounced) as bounced
    from kept group by grouping sets ((), ${raw(groupings)})`);
  return found.map((row) => {
    const at = SETS.findIndex((_, i) => (row.g & (1 << (SETS.length - 1 - i))) === 0);
    const by = SETS[at] ?? null;
    return {
      by,
      key: by === null ? null : ((row[by] as string | null) ?? null),
      invited: row.invited,
      answered: row.answered,
      declined: row.declined,
      bounced: row.bounced,
    };
  });
}

/** How many half-done answers of a window there are. */
export async function countPartial(
  db: Reader,
  filter: Pick<ResultFilter, "surveyId" | "from" | "to">,
): Promise<number> {
  const [row] = await db.query<{ n: number }>(sql`
    select count(*) as n from survey_response
    where survey_id = ${filter.surveyId} and state = 'partial'
      and updated_at >= ${filter.from}::date and updated_at < ${filter.to}::date`);
  return row?.n ?? 0;
}

/** Answers from which drivers are read: enough for an interval of a hundredth. */
const PAIRED = 50_000;

/**
 * How often each pair of a metric's score and another closed question's value was given by the same person, among the
 * newest 50,000 answers of a window.
 */
export async function countPairs(
  db: Reader,
  filter: Pick<ResultFilter, "surveyId" | "question" | "from" | "to">,
): Promise<{ question: string; answer: number; score: number; n: number }[]> {
  return db.query(sql`
    with newest as (
      select response_id, value from survey_score
      where survey_id = ${filter.surveyId} and question = ${filter.question}
        and answered_on >= ${filter.from}::date and answered_on < ${filter.to}::date
      order by answered_on desc, response_id limit ${PAIRED})
    select o.question, o.value as answer, n.value as score, count(*) as n
    from newest n join survey_score o on o.survey_id = ${filter.surveyId} and o.response_id = n.response_id
    where o.question <> ${filter.question}
    group by o.question, o.value, n.value`);
}

/** Comments and what they speak of. `theme` null: all comments, with a theme or without. */
export interface ThemeCount {
  readonly theme: string | null;
  readonly comments: number;
  readonly negative: number;
  readonly positive: number;
  readonly phrases: readonly string[];
}

/** Counts themes of a window; a comment counts once for each theme. */
export async function countThemes(
  db: Reader,
  filter: Pick<ResultFilter, "surveyId" | "from" | "to" | "only">,
): Promise<ThemeCount[]> {
  const where = sql`m.survey_id = ${filter.surveyId} and m.answered_on >= ${filter.from}::date
    and m.answered_on < ${filter.to}::date ${onlyOf(filter.only, "m")}`;
  const [all] = await db.query<{ n: number }>(
    sql`select count(distinct (m.response_id, m.question)) as n from survey_mention m where ${where}`,
  );
  const themes = await db.query<ThemeCount>(sql`
    select m.theme, count(*) as comments, count(*) filter (where m.polarity = 'negative') as negative,
      count(*) filter (where m.polarity = 'positive') as positive,
      array(select p from (select unnest(x.phrases) as p from survey_mention x
            where x.survey_id = ${filter.surveyId} and x.theme = m.theme and x.answered_on >= ${filter.from}::date
              and x.answered_on < ${filter.to}::date ${onlyOf(filter.only, "x")}) u
            group by p order by count(*) desc, p limit 12) as phrases
    from survey_mention m where ${where} and m.theme <> '' group by m.theme order by count(*) desc, m.theme`);
  return [{ theme: null, comments: all?.n ?? 0, negative: 0, positive: 0, phrases: [] }, ...themes];
}

/** The newest comments that speak of a theme. */
export async function readMentions(
  db: Reader,
  filter: Pick<ResultFilter, "surveyId" | "from" | "to" | "only"> & {
    readonly theme: string;
    readonly limit: number;
  },
): Promise<
  {
    responseId: string;
    question: string;
    subjectId: string | null;
    answeredOn: string;
    polarity: string;
    phrases: string[];
  }[]
> {
  return db.query(sql`
    select m.response_id as "responseId", m.question, m.subject_id as "subjectId", m.answered_on::text as "answeredOn",
      m.polarity, m.phrases
    from survey_mention m
    where m.survey_id = ${filter.surveyId} and m.theme = ${filter.theme} and m.answered_on >= ${filter.from}::date
      and m.answered_on < ${filter.to}::date ${onlyOf(filter.only, "m")}
    order by m.answered_on desc, m.response_id limit ${filter.limit}`);
}
