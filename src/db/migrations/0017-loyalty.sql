-- The rules of the loyalty programme, version by version. Published ones never change.
create table loyalty_rules (
  version int primary key,
  rules jsonb not null,
  published_at timestamptz not null,
  published_by text not null
);

-- Fitted models. A version never changes: scores name the one they were made with.
create table loyalty_model (
  model_id uuid primary key,
  kind text not null,
  -- Days count from 1970: the last day that the fit saw.
  fitted_on int not null,
  -- How many members.
  fitted_to int not null,
  -- How each cohort's fit came about, refusals with their reasons included.
  report jsonb not null,
  created_at timestamptz not null,
  created_by text not null
);
create table loyalty_model_cohort (
  model_id uuid not null references loyalty_model,
  cohort text not null,
  -- Parameters, their origin and the mean attitude.
  model jsonb not null,
  -- The frozen distributions of midranks: distinct values, and how many members lie below each and in all.
  rate_values float8[] not null,
  rate_below int[] not null,
  spend_values float8[] not null,
  spend_below int[] not null,
  primary key (model_id, cohort)
);
-- What a model would have foretold, held against what came; charts and tables are drawn from it.
create table loyalty_backtest (
  backtest_id uuid primary key,
  model_id uuid not null references loyalty_model,
  report jsonb not null,
  created_at timestamptz not null
);

create function loyalty_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'versions of rules and models are immutable: % on % is refused', tg_op, tg_table_name using errcode = 'restrict_violation';
end
$$;
create trigger loyalty_rules_immutable before update or delete on loyalty_rules
  for each row execute function loyalty_refuse_change();
create trigger loyalty_model_immutable before update or delete on loyalty_model
  for each row execute function loyalty_refuse_change();
create trigger loyalty_model_cohort_immutable before update or delete on loyalty_model_cohort
  for each row execute function loyalty_refuse_change();

-- Which model scores now, and the day on which everybody was last scored.
create table loyalty_current (
  only_row boolean primary key default true check (only_row),
  model_id uuid references loyalty_model,
  everyone_on int
);
insert into loyalty_current default values;

-- What a score is made from, of members whose profiling is allowed: purchase days net of returns, and answers.
create table loyalty_feature (
  member_id uuid primary key,
  cohort text not null,
  currency text not null,
  -- Minor units in one major unit.
  unit int not null,
  days int[] not null,
  amounts bigint[] not null,
  x int not null,
  first_day int not null,
  last_day int not null,
  repeat_minor bigint not null,
  refreshed_at timestamptz not null
);
create index loyalty_feature_cohort on loyalty_feature (cohort);
create table loyalty_answer (
  member_id uuid not null,
  event_id uuid not null,
  kind text not null,
  relational boolean not null,
  y float8 not null,
  answered_at timestamptz not null,
  primary key (member_id, event_id)
);

create table loyalty_score (
  member_id uuid primary key,
  model_id uuid not null,
  rules_version int not null,
  model_cohort text not null,
  scored_on int not null,
  scored_at timestamptz not null,
  x int not null,
  tx float8 not null,
  t float8 not null,
  z float8 not null,
  alive float8 not null,
  rate float8 not null,
  spend float8 not null,
  b float8 not null,
  mean float8 not null,
  n float8 not null,
  a float8,
  sd float8,
  attitude_state text not null,
  -- Contributions in millionths of a point; the score is their sum.
  base_micro bigint not null,
  alive_micro bigint not null,
  rate_micro bigint not null,
  spend_micro bigint not null,
  answers jsonb not null,
  score_micro bigint,
  condition text,
  condition_state text not null
) with (fillfactor = 70);

create table loyalty_tier (
  member_id uuid not null,
  structure text not null,
  -- `scored`: by the score; `published`: by purchase days alone, as the member is not profiled.
  mode text not null check (mode in ('scored', 'published')),
  tier text not null,
  since int not null,
  held_until int not null,
  breaches int not null,
  breach_month text,
  grace_until int,
  reached_on int,
  reached_from text,
  -- The purchases that carried it: how many days and how much by then.
  reached_days int,
  reached_minor bigint,
  -- Set by staff until that day; no figure moves it before.
  fixed_until int,
  primary key (member_id, structure)
);

create table loyalty_history (
  member_id uuid not null,
  entry_id uuid not null,
  at timestamptz not null,
  -- Null: the condition; else the tier structure.
  structure text,
  before text,
  after text,
  reason text not null,
  figure float8,
  model_id uuid,
  rules_version int,
  primary key (member_id, entry_id)
);

-- Reviews that members asked for and decisions of staff about tiers (GDPR Art. 22, PIPL Art. 24).
create table loyalty_decision (
  member_id uuid not null,
  decision_id uuid not null,
  kind text not null check (kind in ('review-requested', 'review-closed', 'override')),
  reason text not null,
  structure text,
  tier text,
  fixed_until int,
  decided_by text not null,
  at timestamptz not null,
  primary key (member_id, decision_id)
);
