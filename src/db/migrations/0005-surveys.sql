-- Surveys. `anonymous` never changes once anything refers to it: invitations and answers of people can only refer to
-- a survey that is not, tickets and answers of nobody only to one that is.
create table survey (
  survey_id text primary key check (survey_id ~ '^[a-z][a-z0-9-]{0,62}$'),
  name jsonb not null,
  class text not null check (class in ('relational', 'transactional', 'research')),
  anonymous boolean not null,
  state text not null default 'draft' check (state in ('draft', 'running', 'ended')),
  current_version int,
  settings jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (survey_id, anonymous)
);

create table survey_version (
  survey_id text not null references survey,
  version int not null check (version > 0),
  document jsonb not null,
  sha256 bytea not null,
  -- Seals the answers that belong to no known person.
  key_id uuid,
  created_at timestamptz not null,
  published_at timestamptz,
  primary key (survey_id, version)
);

-- What people have answered stays as they saw it.
create function refuse_published_change() returns trigger language plpgsql as $$
begin
  raise exception 'a published version of a survey does not change' using errcode = 'check_violation';
end
$$;
create trigger survey_version_stays_published
  before update on survey_version
  for each row when (old.published_at is not null)
  execute function refuse_published_change();

create table survey_invitation (
  invitation_id uuid primary key,
  survey_id text not null,
  anonymous boolean not null default false check (not anonymous),
  version int not null,
  subject_id uuid,
  member_id uuid,
  channel text not null,
  locale text,
  wave text,
  -- Coarse and closed: store, region, category, level, tenure.
  context jsonb not null,
  order_key text,
  token_hash bytea not null unique,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  opened_at timestamptz,
  ended_at timestamptz,
  ended_as text check (ended_as in ('answered', 'declined', 'cancelled')),
  check ((ended_at is null) = (ended_as is null)),
  foreign key (survey_id, anonymous) references survey (survey_id, anonymous),
  foreign key (survey_id, version) references survey_version
);
create index survey_invitation_subject on survey_invitation (subject_id) where subject_id is not null;
create index survey_invitation_survey on survey_invitation (survey_id, invitation_id);
create index survey_invitation_expiry on survey_invitation (expires_at) where ended_at is null;

-- One row for each answer of a survey that is not anonymous, partial ones with them.
create table survey_response (
  response_id uuid primary key,
  survey_id text not null,
  anonymous boolean not null default false check (not anonymous),
  version int not null,
  invitation_id uuid unique,
  subject_id uuid,
  channel text not null,
  locale text not null,
  wave text,
  context jsonb not null,
  state text not null check (state in ('partial', 'complete')),
  key_id uuid not null,
  cell bytea not null,
  contact_wanted boolean not null default false,
  started_at timestamptz not null,
  updated_at timestamptz not null,
  answered_at timestamptz,
  -- When its events were stored on the member's profile.
  told_at timestamptz,
  check ((state = 'complete') = (answered_at is not null)),
  foreign key (survey_id, anonymous) references survey (survey_id, anonymous),
  foreign key (survey_id, version) references survey_version
);
create index survey_response_subject on survey_response (subject_id) where subject_id is not null;
create index survey_response_survey on survey_response (survey_id, response_id);
create index survey_response_untold on survey_response (response_id)
  where state = 'complete' and told_at is null and subject_id is not null;
create index survey_response_partial on survey_response (updated_at) where state = 'partial';

-- The right to answer an anonymous survey once. No row says whose it is.
create table survey_ticket (
  ticket_hash bytea primary key,
  survey_id text not null,
  anonymous boolean not null default true check (anonymous),
  version int not null,
  channel text not null,
  wave text,
  context jsonb not null,
  expires_on date not null,
  -- A hash of the form that spent it, which no answer can be found by.
  spent_by bytea,
  foreign key (survey_id, anonymous) references survey (survey_id, anonymous),
  foreign key (survey_id, version) references survey_version
);
create index survey_ticket_survey on survey_ticket (survey_id);

-- Forms of open links that have been handed in, so that none counts twice.
create table survey_form_used (
  form_hash bytea primary key,
  survey_id text not null,
  used_on date not null
);
create index survey_form_used_day on survey_form_used (used_on);

-- Anonymous answers wait here until enough of them enter in random order. Random ids, no time but the day.
create table survey_anonymous_inbox (
  entry_id uuid primary key,
  survey_id text not null,
  anonymous boolean not null default true check (anonymous),
  version int not null,
  channel text not null,
  locale text not null,
  wave text,
  context jsonb not null,
  answered_on date not null,
  receipt_hash bytea not null unique,
  cell bytea not null,
  contact_cell bytea,
  foreign key (survey_id, anonymous) references survey (survey_id, anonymous),
  foreign key (survey_id, version) references survey_version
);
create table survey_anonymous_answer (
  answer_id uuid primary key,
  survey_id text not null,
  anonymous boolean not null default true check (anonymous),
  version int not null,
  channel text not null,
  locale text not null,
  wave text,
  context jsonb not null,
  answered_on date not null,
  receipt_hash bytea not null unique,
  cell bytea not null,
  -- How to reach the person, where it asked for that.
  contact_cell bytea,
  foreign key (survey_id, anonymous) references survey (survey_id, anonymous),
  foreign key (survey_id, version) references survey_version
);
create index survey_anonymous_answer_survey on survey_anonymous_answer (survey_id, answered_on);

-- One row for each counted answer of a complete response: what results are made of. `subject_id` and the moment are
-- null for an anonymous answer, whose response id is random.
create table survey_score (
  survey_id text not null,
  response_id uuid not null,
  question text not null,
  version int not null,
  kind text not null check (kind in ('nps', 'csat', 'ces', 'comparative')),
  value double precision not null,
  scale_min double precision not null,
  scale_max double precision not null,
  subject_id uuid,
  invitation_id uuid,
  wave text,
  answered_on date not null,
  answered_at timestamptz,
  channel text not null,
  store_id text,
  region text,
  category text,
  level text,
  tenure text,
  primary key (survey_id, response_id, question)
);
create index survey_score_day on survey_score (survey_id, kind, answered_on);
create index survey_score_subject on survey_score (subject_id) where subject_id is not null;
