import { empty, type Sql, sql, type Tx } from "../db/index.ts";
import { LEAST_WEIGHT } from "./attitude.ts";
import type { CohortModel } from "./model.ts";
import type { Rules } from "./rules.ts";

/** A member whose condition is another than before. */
export interface ChangedCondition {
  readonly memberId: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** Φ⁻¹(0.65): above it the probability of a high attitude is at least 0.65, below its opposite at most 0.35. */
const FIRM_Z = 0.385_320_466_407_568;

export interface ScoreAsk {
  readonly modelId: string;
  readonly rulesVersion: number;
  readonly rules: Rules;
  readonly cohort: CohortModel;
  /** The members' cohorts that are held against this model. */
  readonly cohorts: readonly string[];
  /** Null: all members of those cohorts. */
  readonly memberIds: readonly string[] | null;
  readonly at: Date;
}

/** Members to be scored under one model. */
export type ScoreGroup = Pick<ScoreAsk, "cohort" | "cohorts" | "memberIds">;

/** Scores members group by group, as `scoreCohort` does; answers those of all groups whose condition changed. */
export async function scoreCohorts(
  tx: Tx,
  ask: Omit<ScoreAsk, keyof ScoreGroup>,
  groups: Iterable<ScoreGroup>,
): Promise<ChangedCondition[]> {
  const changed: ChangedCondition[][] = [];
  for (const group of groups) changed.push(await scoreCohort(tx, { ...ask, ...group }));
  // Never spread into a call: a cohort may have more members than a call can have arguments.
  return changed.flat();
}

/** The midrank of `value` in frozen ranks; see `midrank` in behaviour.ts, which this repeats in SQL. */
function midrankSql(value: Sql, values: Sql, below: Sql): Sql {
  return sql`(
    select case when n.all = 0 then 0.5 when k.i > 0 and ${values}[k.i] = k.v
      then (${below}[k.i] + ${below}[k.i + 1]) / 2.0::float8 / n.all else ${below}[k.i + 1]::float8 / n.all end
    from (select ${below}[cardinality(${below})] as all) n,
      (select v.v, width_bucket(v.v, ${values}) as i from (select round(${value} * 1e9) / 1e9 as v) v) k)`;
}

/**
 * Scores members of one cohort's model with one statement: the same arithmetic as `attitudeOf`, `behaviourOf` and
 * `scoreOf`, which tests compare. Only beta-geometric models have a P(alive) that SQL can state. Answers whose
 * condition changed.
 */
export async function scoreCohort(tx: Tx, ask: ScoreAsk): Promise<ChangedCondition[]> {
  const { rules, cohort, at } = ask;
  const day = Math.floor(at.getTime() / 86_400_000);
  const { r, alpha, a, b } = cohort.parameters as Record<"r" | "alpha" | "a" | "b", number>;
  const { p, q, gamma } = cohort.spend;
  const { weights } = rules.behaviour;
  const isBg = cohort.model === "bg-nbd";
  const w = rules.attitude.weights;
  const dies = sql`(${b - (isBg ? 1 : 0)}::float8 + x)`;
  const alive = sql`1 / (1 + exp(greatest(-700, least(700, ln(${a}::float8 / ${dies})
    + (${r}::float8 + x) * ln((${alpha}::float8 + t) / (${alpha}::float8 + tx))))))`;
  const own = sql`(${p}::float8 * x / (${p}::float8 * x + ${q - 1}::float8))`;
  const all = (p * gamma) / (q - 1);
  const chosen = sql`f.cohort = any(${[...ask.cohorts]}::text[])
    ${ask.memberIds === null ? empty : sql`and f.member_id = any(${[...ask.memberIds]}::uuid[])`}`;
  const micro = (weight: number, value: Sql): Sql =>
    sql`round(${50e6 * weight}::float8 * (${value} - 0.5))::bigint`;
  return tx.query<ChangedCondition>(sql`
    with ranks as materialized (
      -- Joined to nothing, so that the arrays are unpacked once and not for every member.
      select rate_values || '{}' as rv, rate_below || '{}' as rb, spend_values || '{}' as sv, spend_below || '{}' as sb
      from loyalty_model_cohort where model_id = ${ask.modelId}::uuid and cohort = ${cohort.cohort}
    ), f as materialized (
      select f.member_id, f.x, (f.last_day - f.first_day) / 7.0::float8 as tx,
        (${day}::int - f.first_day) / 7.0::float8 as t,
        case when f.x = 0 then 0 else f.repeat_minor::float8 / f.x / f.unit end as z
      from loyalty_feature f where ${chosen}
    ), weighed as (
      select g.member_id, g.event_id, g.y, g.answered_at,
        case g.kind when 'nps' then case when g.relational then ${w.npsRelational}::float8 else ${w.npsTransactional}::float8 end
          when 'comparative' then ${w.comparative}::float8 when 'csat' then ${w.csat}::float8 else ${w.ces}::float8 end
        * power(2::float8, greatest(-1000, -greatest(0, extract(epoch from ${at}::timestamptz - g.answered_at)::float8 / 86400)
          / ${rules.attitude.halfLifeDays}::float8)) as w
      from loyalty_answer g join f using (member_id)
    ), totals as (
      select member_id, event_id, y, answered_at, w, sum(w) over member as n, sum(w * y) over member as wy,
        max(y) filter (where w >= ${LEAST_WEIGHT}::float8) over member as best,
        min(y) filter (where w >= ${LEAST_WEIGHT}::float8) over member as worst
      from weighed window member as (partition by member_id)
    ), said as (
      select member_id, n, wy, coalesce(best - worst, 0) as spread,
        jsonb_agg(jsonb_build_array(event_id, w, y,
          round(50e6 * w * (y - ${cohort.mean}::float8) / (${rules.attitude.kappa}::float8 + n))::bigint)
          order by answered_at, event_id) as answers,
        sum(round(50e6 * w * (y - ${cohort.mean}::float8) / (${rules.attitude.kappa}::float8 + n))::bigint)::bigint as micro
      from totals group by member_id, n, wy, best, worst
    ), parts as materialized (
      select f.*, ${alive} as alive,
        ${midrankSql(sql`((${r}::float8 + x) / (${alpha}::float8 + t))`, sql`ranks.rv`, sql`ranks.rb`)} as rate,
        case when x = 0 then 0.5
          else ${midrankSql(sql`((1 - ${own}) * ${all}::float8 + ${own} * z)`, sql`ranks.sv`, sql`ranks.sb`)} end as spend
      from ranks cross join f
    ), made as (
      select p.*, ${weights.alive}::float8 * alive + ${weights.rate}::float8 * rate + ${weights.spend}::float8 * spend as b,
        ${micro(weights.alive, sql`alive`)} as alive_micro, ${micro(weights.rate, sql`rate`)} as rate_micro,
        ${micro(weights.spend, sql`spend`)} as spend_micro, coalesce(s.n, 0) as n, s.answers, s.micro as said_micro,
        s.spread, case when s.n >= ${LEAST_WEIGHT}::float8
          then (${rules.attitude.kappa * cohort.mean}::float8 + s.wy) / (${rules.attitude.kappa}::float8 + s.n) end as a
      from parts p left join said s using (member_id)
    ), judged as (
      select m.*, sqrt(a * (1 - a) / (${rules.attitude.kappa + 1}::float8 + n)) as sd,
        x = 0 or t * 7 < ${rules.behaviour.provisionalDays}::int as early
      from made m
    ), told as (
      select j.*, case when a is null then 'unknown' when spread >= 0.5 - 1e-9 then 'conflicted'
          when abs(a - ${rules.attitude.high}::float8) >= ${FIRM_Z}::float8 * sd then 'firm' else 'provisional' end as state,
        case when a is null then null when a > ${rules.attitude.high}::float8
          then case when b > ${rules.behaviour.high}::float8 then 'true' else 'latent' end
          else case when b > ${rules.behaviour.high}::float8 then 'spurious' else 'none' end end as condition,
        round(50e6 * ${cohort.mean}::float8 + 25e6)::bigint as base_micro
      from judged j
    ), old as (
      select s.member_id, s.condition from loyalty_score s join told using (member_id)
    ), saved as (
      insert into loyalty_score as k (member_id, model_id, rules_version, model_cohort, scored_on, scored_at, x, tx, t, z, alive,
        rate, spend, b, mean, n, a, sd, attitude_state, base_micro, alive_micro, rate_micro, spend_micro, answers,
        score_micro, condition, condition_state)
      select member_id, ${ask.modelId}::uuid, ${ask.rulesVersion}, ${cohort.cohort}, ${day}, ${at}, x, tx, t, z, alive, rate,
        spend, b, ${cohort.mean}::float8, n, a, sd, state, base_micro, alive_micro, rate_micro, spend_micro,
        coalesce(answers, '[]'::jsonb),
        case when a is not null then base_micro + said_micro + alive_micro + rate_micro + spend_micro end, condition,
        case when state in ('unknown', 'conflicted') or not early then state else 'provisional' end
      from told
      on conflict (member_id) do update set model_id = excluded.model_id, rules_version = excluded.rules_version,
        model_cohort = excluded.model_cohort, scored_on = excluded.scored_on, scored_at = excluded.scored_at,
        x = excluded.x, tx = excluded.tx, t = excluded.t, z = excluded.z, alive = excluded.alive, rate = excluded.rate,
        spend = excluded.spend, b = excluded.b, mean = excluded.mean, n = excluded.n, a = excluded.a, sd = excluded.sd,
        attitude_state = excluded.attitude_state, base_micro = excluded.base_micro, alive_micro = excluded.alive_micro,
        rate_micro = excluded.rate_micro, spend_micro = excluded.spend_micro, answers = excluded.answers,
        score_micro = excluded.score_micro, condition = excluded.condition, condition_state = excluded.condition_state
      returning k.member_id, k.condition)
    select s.member_id as "memberId", o.condition as before, s.condition as after
    from saved s left join old o using (member_id) where s.condition is distinct from o.condition`);
}

export interface ScoreRow {
  readonly memberId: string;
  readonly modelId: string;
  readonly rulesVersion: number;
  readonly modelCohort: string;
  readonly scoredAt: Date;
  readonly x: number;
  readonly tx: number;
  readonly t: number;
  readonly z: number;
  readonly alive: number;
  readonly rate: number;
  readonly spend: number;
  readonly b: number;
  readonly mean: number;
  readonly n: number;
  readonly a: number | null;
  readonly sd: number | null;
  readonly attitudeState: string;
  readonly baseMicro: number;
  readonly aliveMicro: number;
  readonly rateMicro: number;
  readonly spendMicro: number;
  /** Event, weight, value, millionths. */
  readonly answers: readonly (readonly [string, number, number, number])[];
  readonly scoreMicro: number | null;
  readonly condition: string | null;
  readonly conditionState: string;
}

export async function readScores(db: Pick<Tx, "query">, memberIds: readonly string[]): Promise<ScoreRow[]> {
  if (memberIds.length === 0) return [];
  return db.query<ScoreRow>(sql`
    select member_id as "memberId", model_id as "modelId", rules_version as "rulesVersion", model_cohort as "modelCohort",
      scored_at as "scoredAt", x, tx, t, z, alive, rate, spend, b, mean, n, a, sd, attitude_state as "attitudeState",
      base_micro as "baseMicro", alive_micro as "aliveMicro", rate_micro as "rateMicro", spend_micro as "spendMicro",
      answers, score_micro as "scoreMicro", condition, condition_state as "conditionState"
    from loyalty_score where member_id = any(${[...memberIds]}::uuid[])`);
}
