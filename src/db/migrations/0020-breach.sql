-- Incidents with personal data, whom they concern, and what was told to whom.
create table breach_incident (
  incident_id uuid primary key,
  aspects text[] not null check (cardinality(aspects) > 0),
  occurred_from timestamptz not null,
  occurred_to timestamptz not null,
  discovered_at timestamptz not null,
  risk text check (risk in ('unlikely', 'risk', 'high')),
  state text not null check (state in ('open', 'closed')),
  -- Readers whose access is in question, and whether everybody's data is.
  readers jsonb not null,
  everybody boolean not null,
  counted_at timestamptz,
  key_id uuid not null,
  -- Title, description, consequences, measures.
  sealed bytea not null,
  created_at timestamptz not null,
  closed_at timestamptz
);

create table breach_member (
  incident_id uuid not null references breach_incident on delete cascade,
  member_id uuid not null,
  regime text,
  categories text[] not null,
  primary key (incident_id, member_id)
);
create index breach_member_of on breach_member (member_id);

create table breach_notice (
  incident_id uuid not null references breach_incident on delete cascade,
  regime text not null,
  audience text not null check (audience in ('authority', 'persons')),
  due_at timestamptz,
  state text not null check (state in ('due', 'sent', 'not-needed')),
  decided_at timestamptz,
  -- How it was sent, or why it is not needed; sealed, since it may name people.
  note bytea,
  warned_at timestamptz,
  late_at timestamptz,
  primary key (incident_id, regime, audience)
);
