import { type Db, raw, type Sql, sql, type Tx, uuids } from "../../src/db/index.ts";
import {
  COLUMN,
  DIMENSIONS,
  type Dimension,
  onlyOf,
  PERIODS,
  type Period,
  type ResultFilter,
} from "./results.store.ts";

/** How often one score was given in one group. `by` null: over all. */
export interface ScoreCount {
  readonly by: Dimension | Period | null;
  readonly key: string | null;
  readonly score: number;
  readonly n: number;
}

/** Subjects that answered and whose member has others that answered too: their answers are one person's. */
interface Joined {
  readonly subjectIds: readonly string[];
  readonly memberIds: readonly string[];
}

/**
 * Counts scores over all groupings: of each member the latest answer of the window, and in each period the latest of
 * that period. Members are those of now, however many subjects answered for them; anonymous answers each stand for
 * themselves. What each grouping and what each period counts are two statements, side by side where the store has
 * several connections.
 */
export async function countScores(
  db: Db,
  filter: ResultFilter,
): Promise<{ readonly scores: readonly ScoreCount[]; readonly regionOf: ReadonlyMap<string, string> }> {
  const joined = await readJoined(db, filter);
  const [latest, days] = await Promise.all([
    db.tx((tx) => countLatest(tx, filter, joined)),
    db.tx((tx) => countDays(tx, filter, joined)),
  ]);
  return { scores: [...latest.flatMap(ofDimension), ...ofPeriods(days)], regionOf: regionsOf(latest) };
}

async function readJoined(db: Pick<Tx, "query">, filter: ResultFilter): Promise<Joined> {
  const found = await db.query<{ subjectId: string; memberId: string }>(sql`
    with answering as (
      select s.subject_id, s.member_id from subject s
      where s.member_id in (select o.member_id from subject o where o.member_id <> o.subject_id)
        and exists (select 1 from survey_score sc where sc.subject_id = s.subject_id
          and sc.survey_id = ${filter.surveyId} and sc.question = ${filter.question})
    )
    select subject_id as "subjectId", member_id as "memberId"
    from (select *, count(*) over (partition by member_id) as n from answering) a where n > 1`);
  return { subjectIds: found.map((r) => r.subjectId), memberIds: found.map((r) => r.memberId) };
}

/**
 * The lists of joined subjects are looked through once for each answer: only a plan made for them hashes them. A few
 * hundred days are joined without a sort. All of it ends with the transaction.
 */
async function prepare(tx: Tx): Promise<void> {
  await tx.query(sql`select set_config('plan_cache_mode', 'force_custom_plan', true), set_config('jit', 'off', true),
    set_config('work_mem', '64MB', true), set_config('enable_mergejoin', 'off', true)`);
}

/**
 * Every answer of a window with the day of the same person's next one. Most people are one subject: their answers lie
 * in order in the index `survey_score_latest`, which holds all that is counted, so that a million of them are neither
 * fetched nor sorted. Only those of joined subjects are.
 */
function placed(filter: ResultFilter, joined: Joined, columns: Sql): Sql {
  const of = sql`sc.survey_id = ${filter.surveyId} and sc.question = ${filter.question}
    and sc.answered_on >= ${filter.from}::date and sc.answered_on < ${filter.to}::date ${onlyOf(filter.only, "sc")}`;
  const several =
    joined.subjectIds.length === 0
      ? sql``
      : sql`union all
    select ${columns},
      lead(sc.answered_on) over (partition by j.member_id order by sc.answered_at nulls first, sc.response_id) as next
    from survey_score sc
    join unnest(${uuids(joined.subjectIds)}, ${uuids(joined.memberIds)}) as j(subject_id, member_id)
      on j.subject_id = sc.subject_id
    where ${of}`;
  const alone =
    joined.subjectIds.length === 0 ? sql`` : sql`and sc.subject_id <> all(${[...joined.subjectIds]}::uuid[])`;
  return sql`
    select ${columns},
      lead(sc.answered_on) over (partition by sc.subject_id order by sc.answered_at nulls first, sc.response_id) as next
    from survey_score sc where ${of} and sc.subject_id is not null ${alone}
    ${several}
    union all
    select ${columns}, null::date as next from survey_score sc where ${of} and sc.subject_id is null`;
}

interface LatestRow extends Readonly<Record<Dimension, string | null>> {
  /** Null in the rows of stores by region. */
  readonly v: number | null;
  readonly g: number;
  readonly n: number;
}

async function countLatest(tx: Tx, filter: ResultFilter, joined: Joined): Promise<LatestRow[]> {
  await prepare(tx);
  const columns = DIMENSIONS.map((by) => COLUMN[by]);
  const sets = columns.map((c) => `(${c}, v)`).join(", ");
  const wanted = sql`sc.value::int as v, sc.store_id, sc.region, sc.channel, sc.category, sc.level, sc.tenure`;
  return tx.query<LatestRow>(sql`
    select v, ${raw(DIMENSIONS.map((by) => `${COLUMN[by]} as "${by}"`).join(", "))},
      grouping(${raw(columns.join(", "))}) as g, count(*) as n
    from (${placed(filter, joined, wanted)}) p
    where next is null group by grouping sets ((v), (store_id, region), ${raw(sets)})`);
}

interface DayRow extends Readonly<Record<Period, number>> {
  readonly v: number;
  readonly day: string;
}

/** By day, how many answers were the last of their week, month and quarter. */
async function countDays(tx: Tx, filter: ResultFilter, joined: Joined): Promise<DayRow[]> {
  await prepare(tx);
  return tx.query<DayRow>(sql`
    with day as materialized (
      select d::date as day, (date_trunc('week', d) + interval '7 days')::date as week_end,
        (date_trunc('month', d) + interval '1 month')::date as month_end,
        (date_trunc('quarter', d) + interval '3 months')::date as quarter_end
      from generate_series(${filter.from}::date::timestamp, ${filter.to}::date::timestamp - interval '1 day', interval '1 day') d
    )
    select v, d.day::text as day,
      count(*) filter (where next is null or next >= week_end) as week,
      count(*) filter (where next is null or next >= month_end) as month,
      count(*) filter (where next is null or next >= quarter_end) as quarter
    from (${placed(filter, joined, sql`sc.value::int as v, sc.answered_on`)}) p
    join day d on d.day = p.answered_on group by d.day, v`);
}

/** grouping() has a bit for each column, the first the highest; 0 means that the row is grouped by it. */
function ofDimension(row: LatestRow): ScoreCount[] {
  if (row.v === null) return [];
  const by = DIMENSIONS.find((_, i) => (row.g & (1 << (DIMENSIONS.length - 1 - i))) === 0) ?? null;
  return [{ by, key: by === null ? null : row[by], score: row.v, n: row.n }];
}

/** The region in which most of a store's answers were given: what the store's figures are nested in. */
function regionsOf(found: readonly LatestRow[]): Map<string, string> {
  const most = new Map<string, { region: string; n: number }>();
  for (const { v, store, region, n } of found) {
    if (v !== null || store === null || region === null) continue;
    const known = most.get(store);
    if (known === undefined || n > known.n || (n === known.n && region < known.region))
      most.set(store, { region, n });
  }
  return new Map([...most].map(([store, { region }]) => [store, region]));
}

function ofPeriods(found: readonly DayRow[]): ScoreCount[] {
  const sums = new Map<string, ScoreCount>();
  for (const row of found) {
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
