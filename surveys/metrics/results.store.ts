import { empty, raw, sql, type Tx } from "../../src/db/index.ts";

type Reader = Pick<Tx, "query">;

/** What results may be grouped by; each is a plain column of a score. */
export const DIMENSIONS = ["store", "region", "channel", "category", "level", "tenure"] as const;
export type Dimension = (typeof DIMENSIONS)[number];
export const PERIODS = ["week", "month", "quarter"] as const;
export type Period = (typeof PERIODS)[number];

export const COLUMN: Readonly<Record<Dimension, string>> = {
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

const SETS: readonly (Dimension | Period)[] = [...DIMENSIONS, ...PERIODS];
const columnOf = (by: Dimension | Period): string =>
  (PERIODS as readonly string[]).includes(by) ? by : COLUMN[by as Dimension];

export const onlyOf = (only: ResultFilter["only"], table: string) =>
  only === undefined ? sql`` : sql`and ${raw(`${table}.${COLUMN[only.dimension]}`)} = ${only.value}`;

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

/** Where a page of comments ended. */
export interface MentionPlace {
  /** The day as `YYYY-MM-DD`. */
  readonly answeredOn: string;
  readonly responseId: string;
  readonly question: string;
}

/** A page of the comments that speak of a theme, the newest first. */
export async function readMentions(
  db: Reader,
  filter: Pick<ResultFilter, "surveyId" | "from" | "to" | "only"> & {
    readonly theme: string;
    readonly after: MentionPlace | null;
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
  const { after } = filter;
  return db.query(sql`
    select m.response_id as "responseId", m.question, m.subject_id as "subjectId", m.answered_on::text as "answeredOn",
      m.polarity, m.phrases
    from survey_mention m
    where m.survey_id = ${filter.surveyId} and m.theme = ${filter.theme} and m.answered_on >= ${filter.from}::date
      and m.answered_on < ${filter.to}::date ${onlyOf(filter.only, "m")}
      ${
        after === null
          ? empty
          : sql`and (m.answered_on < ${after.answeredOn}::date or (m.answered_on = ${after.answeredOn}::date
              and (m.response_id, m.question) > (${after.responseId}::uuid, ${after.question})))`
      }
    order by m.answered_on desc, m.response_id, m.question limit ${filter.limit}`);
}
