-- Sources: registered origins of data.
create table source (
  source_id uuid primary key,
  name text not null,
  kind text not null,
  platform text,
  purposes text[] not null,
  locale text,
  region text,
  time_zone text not null,
  currency text,
  identifiers jsonb not null,
  blocked_values jsonb not null,
  mapping jsonb,
  key_id uuid,
  secrets bytea,
  state text not null default 'active' check (state in ('active', 'ended')),
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create table source_key (
  source_id uuid not null references source,
  key_hash bytea not null unique,
  created_at timestamptz not null,
  expires_at timestamptz,
  primary key (source_id, key_hash)
);

-- The smallest unit of identity. Its events, attributes and consent records never move to another.
create table subject (
  subject_id uuid primary key,
  anchor_bi bytea not null unique,
  anchor_kind text not null,
  anchor_issuer text not null,
  anchor_class smallint not null,
  member_id uuid not null,
  -- The smallest subject id among those joined to this one by class 1 or 2 evidence or by staff: grants of consent
  -- are shared inside it and do not cross weaker joins.
  core_id uuid not null,
  key_id uuid not null,
  state text not null default 'live' check (state in ('live', 'erasing')),
  next_change_at timestamptz,
  created_at timestamptz not null
);
create index subject_member on subject (member_id);
create index subject_next_change on subject (next_change_at) where next_change_at is not null;

-- One row per identifier ever named: what concurrent transactions lock before they add evidence on it.
create table identifier_node (
  bi bytea primary key,
  blocked boolean not null default false,
  touched boolean not null default false
);

-- Who named which identifier, by source and trust; the value is sealed under the subject's own key.
create table evidence (
  subject_id uuid not null,
  bi bytea not null,
  kind text not null,
  issuer text not null,
  class smallint not null,
  source_id uuid not null,
  first_at timestamptz not null,
  first_event uuid not null,
  last_month date not null,
  cell bytea not null,
  primary key (subject_id, bi, kind, class, source_id)
);
create index evidence_bi on evidence (bi);

-- Identifiers that link nobody, and why.
create table contested (
  bi bytea not null,
  level smallint not null,
  kind text not null,
  issuer text not null,
  rule text not null,
  parties uuid[] not null,
  party_count int not null,
  review boolean not null,
  since timestamptz not null,
  primary key (bi, level)
);

-- Signed decisions of staff about two subjects.
create table identity_link (
  link_id uuid primary key,
  kind text not null check (kind in ('cannot', 'must')),
  left_subject uuid not null,
  right_subject uuid not null,
  actor text not null,
  signature bytea not null,
  created_at timestamptz not null,
  unique (kind, left_subject, right_subject)
);
create index identity_link_right on identity_link (right_subject);

create table event (
  subject_id uuid not null,
  occurred_at timestamptz not null,
  event_id uuid not null,
  source_id uuid not null,
  type text not null,
  name text,
  channel text not null,
  store_id text,
  received_at timestamptz not null,
  plain jsonb,
  sealed bytea,
  primary key (subject_id, occurred_at, event_id)
);

-- What people said about themselves, once per distinct statement of a source.
create table attribute_set (
  subject_id uuid not null,
  source_id uuid not null,
  category text not null,
  set_mac bytea not null,
  first_at timestamptz not null,
  first_event uuid not null,
  last_at timestamptz not null,
  last_event uuid not null,
  cell bytea not null,
  primary key (subject_id, source_id, category, set_mac)
);

-- Orders as their facts and the fold of them. All plain: accounting, not persons.
create table order_state (
  subject_id uuid not null,
  order_key text not null,
  facts jsonb not null,
  folded jsonb not null,
  primary key (subject_id, order_key)
);

create table subject_aggregate (
  subject_id uuid primary key,
  aggregate jsonb not null
);

-- What became of every message of a source. event_id is a keyed MAC of source and message id.
create table receipt (
  source_id uuid not null,
  event_id uuid not null,
  verdict text not null check (verdict in ('accepted', 'quarantined', 'refused')),
  code text,
  content_mac bytea not null,
  subject_id uuid,
  occurred_at timestamptz,
  quarantine_id uuid,
  received_at timestamptz not null,
  primary key (source_id, event_id)
);

create table quarantine (
  quarantine_id uuid primary key,
  source_id uuid not null,
  event_id uuid,
  content_mac bytea not null,
  code text not null,
  detail text not null,
  door text not null,
  place text,
  key_id uuid not null,
  cell bytea not null,
  state text not null default 'open' check (state in ('open', 'replayed', 'discarded')),
  attempts int not null default 0,
  received_at timestamptz not null,
  expires_at timestamptz not null,
  resolved_at timestamptz
);
create unique index quarantine_open_content on quarantine (source_id, content_mac) where state = 'open';
create index quarantine_event on quarantine (source_id, event_id) where state = 'open';
create index quarantine_code on quarantine (code, quarantine_id) where state = 'open';

-- Counts by source, verdict and reason, per day: the health of a source without counting its events.
create table source_count (
  source_id uuid not null,
  day date not null,
  verdict text not null,
  code text not null,
  count bigint not null,
  primary key (source_id, day, verdict, code)
);

-- Changed subjects, staged in the changing transaction and numbered behind it by one sequencer.
create table change_stage (
  stage_id uuid primary key,
  reason text not null,
  subjects uuid[] not null,
  staged_at timestamptz not null
);
create table subject_change (
  subject_id uuid primary key,
  position bigint not null unique,
  reason text not null,
  changed_at timestamptz not null
);
create table feed_position (
  only_row boolean primary key default true check (only_row),
  position bigint not null
);
insert into feed_position (position) values (0);

-- Nonces of webhooks whose signature does not cover the body.
create table webhook_nonce (
  source_id uuid not null,
  nonce_mac bytea not null,
  body_hash bytea not null,
  expires_at timestamptz not null,
  primary key (source_id, nonce_mac)
);

-- Issuers seen for each kind of identifier, so that a look-up need not name one.
create table identifier_issuer (
  kind text not null,
  issuer text not null,
  primary key (kind, issuer)
);
