import { sql, type Tx } from "../../src/db/index.ts";

/** The scores of one complete answer, with the coarse facts they are grouped by. */
export interface ExportRow {
  readonly responseId: string;
  readonly subjectId: string | null;
  readonly answeredOn: string;
  readonly version: number;
  readonly wave: string | null;
  readonly channel: string;
  readonly store: string | null;
  readonly region: string | null;
  readonly category: string | null;
  readonly level: string | null;
  readonly tenure: string | null;
  readonly scores: Readonly<Record<string, number>>;
}

/** Complete answers of a window in the order of their ids, a page at a time. */
export async function readExportPage(
  db: Pick<Tx, "query">,
  ask: {
    readonly surveyId: string;
    readonly from: string;
    readonly to: string;
    readonly after: string | null;
    readonly limit: number;
  },
): Promise<ExportRow[]> {
  return db.query<ExportRow>(sql`
    select response_id as "responseId", min(subject_id::text) as "subjectId", min(answered_on)::text as "answeredOn",
      min(version) as version, min(wave) as wave, min(channel) as channel, min(store_id) as store, min(region) as region,
      min(category) as category, min(level) as level, min(tenure) as tenure, jsonb_object_agg(question, value) as scores
    from survey_score
    where survey_id = ${ask.surveyId} and answered_on >= ${ask.from}::date and answered_on < ${ask.to}::date
      and response_id > ${ask.after ?? "00000000-0000-0000-0000-000000000000"}::uuid
    group by response_id order by response_id limit ${ask.limit}`);
}

/** How many answers each group of each dimension has, to know which of them are too small to be named in a row. */
export async function countGroups(
  db: Pick<Tx, "query">,
  ask: { readonly surveyId: string; readonly from: string; readonly to: string },
): Promise<{ dimension: string; key: string; n: number }[]> {
  return db.query(sql`
    select d.dimension, d.key, count(distinct sc.response_id) as n
    from survey_score sc cross join lateral (values ('store', sc.store_id), ('region', sc.region), ('channel', sc.channel),
      ('category', sc.category), ('level', sc.level), ('tenure', sc.tenure)) as d(dimension, key)
    where sc.survey_id = ${ask.surveyId} and sc.answered_on >= ${ask.from}::date and sc.answered_on < ${ask.to}::date
      and d.key is not null
    group by d.dimension, d.key`);
}
