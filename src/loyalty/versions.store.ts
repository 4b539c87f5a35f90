import { type Db, rows, sql, type Tx } from "../db/index.ts";
import type { CohortModel } from "./model.ts";
import type { Rules } from "./rules.ts";

type Reader = Pick<Tx, "query">;

export interface RulesRow {
  readonly version: number;
  readonly rules: Rules;
  readonly publishedAt: Date;
}

/** The newest rules, or those of a version; null before any were published. */
export async function readRules(db: Reader, version: number | null = null): Promise<RulesRow | null> {
  const [row] = await db.query<RulesRow>(sql`
    select version, rules, published_at as "publishedAt" from loyalty_rules
    where ${version}::int is null or version = ${version}::int order by version desc limit 1`);
  return row ?? null;
}

/** Publishes rules under the next number; the caller holds the row of `loyalty_current`. */
export async function insertRules(tx: Tx, rules: Rules, at: Date, by: string): Promise<number> {
  const [row] = await tx.query<{ version: number }>(sql`
    insert into loyalty_rules (version, rules, published_at, published_by)
    select coalesce(max(version), 0) + 1, ${JSON.stringify(rules)}::jsonb, ${at}, ${by} from loyalty_rules
    returning version`);
  return row?.version ?? 0;
}

export async function listRules(db: Reader): Promise<{ version: number; publishedAt: Date }[]> {
  return db.query(
    sql`select version, published_at as "publishedAt" from loyalty_rules order by version desc limit 100`,
  );
}

export interface ModelRow {
  readonly id: string;
  readonly kind: string;
  readonly fittedOn: number;
  readonly members: number;
  readonly report: unknown;
  readonly createdAt: Date;
}

export async function insertModel(
  tx: Tx,
  model: Omit<ModelRow, "report"> & { readonly report: object; readonly by: string },
  cohorts: readonly CohortModel[],
): Promise<void> {
  const { id } = model;
  await tx.query(sql`
    insert into loyalty_model (model_id, kind, fitted_on, fitted_to, report, created_at, created_by)
    values (${id}::uuid, ${model.kind}, ${model.fittedOn}, ${model.members}, ${JSON.stringify(model.report)}::jsonb,
      ${model.createdAt}, ${model.by})`);
  // One by one: a frozen distribution may hold thousands of steps.
  for (const { rates, spends, ...model } of cohorts)
    await tx.query(sql`
      insert into loyalty_model_cohort (model_id, cohort, model, rate_values, rate_below, spend_values, spend_below)
      values (${id}::uuid, ${model.cohort}, ${JSON.stringify(model)}::jsonb, ${[...rates.values]}::float8[],
        ${[...rates.below]}::int[], ${[...spends.values]}::float8[], ${[...spends.below]}::int[])`);
}

const modelColumns = sql`model_id as id, kind, fitted_on as "fittedOn", fitted_to as members, report, created_at as "createdAt"`;

export async function findModel(db: Reader, id: string): Promise<ModelRow | null> {
  const [row] = await db.query<ModelRow>(
    sql`select ${modelColumns} from loyalty_model where model_id = ${id}::uuid`,
  );
  return row ?? null;
}

export async function listModels(db: Reader, limit: number): Promise<ModelRow[]> {
  return db.query(
    sql`select ${modelColumns} from loyalty_model order by created_at desc, model_id desc limit ${limit}`,
  );
}

export async function readCohorts(db: Reader, modelId: string): Promise<CohortModel[]> {
  const found = await db.query<{
    model: Omit<CohortModel, "rates" | "spends">;
    rv: number[];
    rb: number[];
    sv: number[];
    sb: number[];
  }>(sql`
    select model, rate_values as rv, rate_below as rb, spend_values as sv, spend_below as sb
    from loyalty_model_cohort where model_id = ${modelId}::uuid order by cohort`);
  return found.map(({ model, rv, rb, sv, sb }) => ({
    ...model,
    rates: { values: rv, below: rb },
    spends: { values: sv, below: sb },
  }));
}

export interface Current {
  readonly modelId: string | null;
  readonly everyoneOn: number | null;
}

export async function readCurrent(db: Reader): Promise<Current> {
  const [row] = await db.query<Current>(
    sql`select model_id as "modelId", everyone_on as "everyoneOn" from loyalty_current`,
  );
  return row ?? { modelId: null, everyoneOn: null };
}

/** Locks what is current, so that models and rules change one after the other. */
export async function lockCurrent(tx: Tx): Promise<Current> {
  const [row] = await tx.query<Current>(
    sql`select model_id as "modelId", everyone_on as "everyoneOn" from loyalty_current for update`,
  );
  return row ?? { modelId: null, everyoneOn: null };
}

/** Makes a model the one that scores; everybody is due to be scored again. */
export async function setCurrentModel(tx: Tx, modelId: string): Promise<void> {
  await tx.query(sql`update loyalty_current set model_id = ${modelId}::uuid, everyone_on = null`);
}

export async function setEveryoneOn(tx: Pick<Tx, "query">, day: number | null): Promise<void> {
  await tx.query(sql`update loyalty_current set everyone_on = ${day}::int`);
}

export async function insertBacktest(
  tx: Tx,
  test: { readonly id: string; readonly modelId: string; readonly report: object; readonly at: Date },
): Promise<void> {
  await tx.query(sql`
    insert into loyalty_backtest (backtest_id, model_id, report, created_at)
    values (${test.id}::uuid, ${test.modelId}::uuid, ${JSON.stringify(test.report)}::jsonb, ${test.at})`);
}

export async function listBacktests(
  db: Reader,
  modelId: string,
): Promise<{ id: string; report: unknown; createdAt: Date }[]> {
  return db.query(sql`
    select backtest_id as id, report, created_at as "createdAt" from loyalty_backtest
    where model_id = ${modelId}::uuid order by created_at desc limit 20`);
}

/** One member's row of features, as its columns are named. */
export interface FeatureRow {
  readonly member_id: string;
  readonly cohort: string;
  readonly currency: string;
  readonly unit: number;
  readonly days: readonly number[];
  readonly amounts: readonly number[];
}

/**
 * Writes features and answers of some members anew, and forgets those of the others named. `bySubject`: the accounts
 * whose answers may count.
 */
export async function saveInputs(
  tx: Tx,
  memberIds: readonly string[],
  features: readonly FeatureRow[],
  bySubject: readonly string[],
  at: Date,
): Promise<void> {
  const kept = features.map((f) => f.member_id);
  const gone = memberIds.filter((id) => !kept.includes(id));
  await forgetScored(tx, gone);
  if (kept.length === 0) return;
  await tx.query(sql`
    insert into loyalty_feature (member_id, cohort, currency, unit, days, amounts, x, first_day, last_day, repeat_minor,
      refreshed_at)
    select member_id, cohort, currency, unit, days, amounts, cardinality(days) - 1, days[1], days[cardinality(days)],
      coalesce((select sum(v) from unnest(amounts[2:]) v), 0), ${at}
    from jsonb_to_recordset(${rows(features)}::jsonb) as f(member_id uuid, cohort text, currency text, unit int, days int[],
      amounts bigint[])
    on conflict (member_id) do update set cohort = excluded.cohort, currency = excluded.currency, unit = excluded.unit,
      days = excluded.days, amounts = excluded.amounts, x = excluded.x, first_day = excluded.first_day,
      last_day = excluded.last_day, repeat_minor = excluded.repeat_minor, refreshed_at = excluded.refreshed_at`);
  // Answers are events that never change: only what is not there yet comes in, and what is no longer theirs goes.
  await tx.query(sql`
    with told as (
      select s.member_id, e.event_id, e.plain->'properties'->>'question_kind' as kind,
        coalesce((e.plain->'properties'->>'relational')::boolean, false) as relational,
        ((e.plain->'properties'->>'score')::float8 - (e.plain->'properties'->>'scale_min')::float8)
          / ((e.plain->'properties'->>'scale_max')::float8 - (e.plain->'properties'->>'scale_min')::float8) as y,
        e.occurred_at
      from subject s join event e using (subject_id)
      where s.subject_id = any(${[...bySubject]}::uuid[]) and s.member_id = any(${kept}::uuid[]) and s.state = 'live'
        and e.type = 'survey.answered'
        and e.plain->'properties'->>'question_kind' in ('nps', 'csat', 'ces', 'comparative')
        and e.plain->'properties' ?& array['score', 'scale_min', 'scale_max']
        and (e.plain->'properties'->>'scale_max')::float8 > (e.plain->'properties'->>'scale_min')::float8
    ), gone as (
      delete from loyalty_answer a where a.member_id = any(${kept}::uuid[])
        and not exists (select 1 from told t where t.member_id = a.member_id and t.event_id = a.event_id)
    )
    insert into loyalty_answer (member_id, event_id, kind, relational, y, answered_at)
    select member_id, event_id, kind, relational, y, occurred_at from told
    on conflict (member_id, event_id) do nothing`);
}

/** Forgets everything that profiling has made of members: features, answers and scores. */
export async function forgetScored(tx: Tx, memberIds: readonly string[]): Promise<void> {
  if (memberIds.length === 0) return;
  const ids = [...memberIds];
  await tx.query(sql`delete from loyalty_feature where member_id = any(${ids}::uuid[])`);
  await tx.query(sql`delete from loyalty_answer where member_id = any(${ids}::uuid[])`);
  await tx.query(sql`delete from loyalty_score where member_id = any(${ids}::uuid[])`);
}

/**
 * Forgets what was kept under ids that name no member any more. Their scores go; history and decisions of those that
 * were joined to others stay where they are (see `readHistory`), those of the erased go too.
 */
export async function forgetMembers(tx: Tx, memberIds: readonly string[]): Promise<void> {
  if (memberIds.length === 0) return;
  const ids = [...memberIds];
  await forgetScored(tx, ids);
  const erased = sql`member_id = any(${ids}::uuid[])
    and member_id not in (select subject_id from subject where subject_id = any(${ids}::uuid[]) and state = 'live')`;
  await tx.query(sql`delete from loyalty_tier where ${erased}`);
  await tx.query(sql`delete from loyalty_history where ${erased}`);
  await tx.query(sql`delete from loyalty_decision where ${erased}`);
}

export interface StoredFeature extends FeatureRow {
  readonly x: number;
}

export async function readFeatures(db: Reader, memberIds: readonly string[]): Promise<FeatureRow[]> {
  if (memberIds.length === 0) return [];
  return db.query(sql`
    select member_id, cohort, currency, unit, days, amounts::float8[] as amounts from loyalty_feature
    where member_id = any(${[...memberIds]}::uuid[])`);
}

/** Features of everybody, a page at a time by id. */
export async function readFeaturePage(
  db: Pick<Db, "query">,
  after: string | null,
  limit: number,
): Promise<FeatureRow[]> {
  return db.query(sql`
    select member_id, cohort, currency, unit, days, amounts::float8[] as amounts from loyalty_feature
    where member_id > coalesce(${after}::uuid, '00000000-0000-0000-0000-000000000000')
    order by member_id limit ${limit}`);
}

export interface AnswerRow {
  readonly memberId: string;
  readonly eventId: string;
  readonly kind: "nps" | "csat" | "ces" | "comparative";
  readonly relational: boolean;
  readonly y: number;
  readonly at: Date;
}

export async function readAnswers(db: Reader, memberIds: readonly string[]): Promise<AnswerRow[]> {
  if (memberIds.length === 0) return [];
  return db.query(sql`
    select member_id as "memberId", event_id as "eventId", kind, relational, y, answered_at as at
    from loyalty_answer where member_id = any(${[...memberIds]}::uuid[]) order by answered_at, event_id`);
}

/** How many members each cohort has, and the mean of its answers weighed as they are when new. */
export async function readCohortMeans(
  db: Reader,
): Promise<{ cohort: string; members: number; answers: number; mean: number | null }[]> {
  return db.query(sql`
    select f.cohort, count(distinct f.member_id)::int as members, count(a.event_id)::int as answers, avg(a.y) as mean
    from loyalty_feature f left join loyalty_answer a using (member_id) group by f.cohort order by f.cohort`);
}
