-- How far each follower of the members' changes has worked. One row is locked by whoever works it.
create table change_follower (
  name text primary key,
  position bigint not null
);

-- Segments: a rule, and the purpose for which its members may be told apart.
create table segment (
  segment_id uuid primary key,
  name text not null,
  purpose_id text not null,
  rule jsonb not null,
  state text not null default 'active' check (state in ('active', 'ended')),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  -- When all members were last looked at; null: not yet under this rule.
  evaluated_at timestamptz
);
create unique index segment_active_name on segment (name) where state = 'active';

-- What segments may ask of a member, one row each: coarse values, counts and what the decisions of consent allow.
create table segment_fact (
  member_id uuid primary key,
  -- Purposes that are allowed now; `purpose:channel` where a purpose is decided channel by channel.
  allowed text[] not null,
  age_band text,
  country text,
  region text,
  language text,
  home_store text,
  joined_on date,
  first_seen timestamptz,
  last_seen timestamptz,
  orders int,
  returns int,
  first_order_on date,
  last_order_on date,
  spend jsonb,
  stores jsonb,
  categories jsonb,
  channels jsonb,
  loyalty jsonb,
  refreshed_at timestamptz not null
);
create index segment_fact_refreshed on segment_fact (refreshed_at);

create table segment_member (
  segment_id uuid not null references segment,
  member_id uuid not null,
  since timestamptz not null,
  primary key (segment_id, member_id)
);
create index segment_member_member on segment_member (member_id);
