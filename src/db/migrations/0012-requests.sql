-- Data-subject requests: who asks for what, how far it is, and by when it must be answered.
create table dsr_request (
  request_id uuid primary key,
  kind text not null check (kind in ('access', 'portability', 'rectification', 'restriction', 'objection', 'erasure', 'opt-out', 'appeal')),
  filer text not null check (filer in ('self', 'agent', 'guardian')),
  door text not null check (door in ('api', 'form', 'letter', 'counter', 'phone', 'opendsr', 'import')),
  regime text not null,
  -- How the regime was found: declared by the person, known of the member, or the company's own.
  regime_from text not null check (regime_from in ('declared', 'member', 'controller', 'fallback')),
  country text,
  locale text not null check (locale in ('en', 'zh-CN', 'zh-TW')),
  state text not null,
  tier text not null check (tier in ('none', 'any-contact', 'verified-contact')),
  match text not null check (match in ('unknown', 'none', 'one', 'contested', 'unverified')),
  member_id uuid,
  subjects uuid[] not null default '{}',
  -- How identity was established; null: not yet.
  identity text,
  needs_declaration boolean not null,
  declared_at timestamptz,
  -- When somebody of ours accepted the proof of an agent or guardian.
  authority_at timestamptz,
  received_at timestamptz not null,
  acknowledged_at timestamptz,
  verified_at timestamptz,
  extended_at timestamptz,
  confirm_until timestamptz,
  confirmed_at timestamptz,
  cooling_until timestamptz,
  started_at timestamptz,
  closed_at timestamptz,
  -- [{from, to}]: times during which the clock stood still.
  pauses jsonb not null default '[]',
  -- Computed dates as they stand now, for lists and alarms; the truth is the facts above.
  ack_due_at timestamptz,
  due_at timestamptz,
  due_on text,
  held_at timestamptz,
  -- Of a refusal: the reason and the legal ground of the regime's pack.
  reason text,
  ground text,
  duplicate_of uuid references dsr_request,
  appeal_of uuid references dsr_request,
  -- The erasure preview that was approved.
  fingerprint text,
  -- How a package is to be encrypted; the key or passphrase itself is sealed below.
  delivery text check (delivery in ('openpgp', 'passphrase')),
  run_id uuid,
  certificate_id uuid,
  -- Keyed hash of the contact point: for limits on codes, never for finding anybody.
  contact_mac bytea,
  -- Hash of the secret in the person's link.
  token_hash bytea,
  key_id uuid not null,
  -- Contact point, words, agent, corrections, delivery; null once forgotten.
  sealed bytea,
  revision int not null default 1
);
create index dsr_request_open on dsr_request (due_at, request_id) where closed_at is null;
create index dsr_request_member on dsr_request (member_id) where member_id is not null;
create index dsr_request_received on dsr_request (received_at);
create index dsr_request_contact on dsr_request (contact_mac, received_at) where contact_mac is not null;
create unique index dsr_request_token on dsr_request (token_hash) where token_hash is not null;

-- What was done to a request, line by line, never changed.
create table dsr_history (
  request_id uuid not null references dsr_request on delete cascade,
  seq int not null,
  at timestamptz not null,
  act text not null,
  from_state text,
  to_state text not null,
  actor_kind text not null,
  actor_id text not null,
  code text,
  -- A reason in words, sealed under the request's key.
  note bytea,
  primary key (request_id, seq)
);

-- Codes that prove a contact point. Only keyed hashes of them are kept.
create table dsr_code (
  code_id uuid primary key,
  request_id uuid not null references dsr_request on delete cascade,
  code_hash bytea not null,
  contact_mac bytea not null,
  sent_at timestamptz not null,
  expires_at timestamptz not null,
  tries int not null default 0,
  used_at timestamptz
);
create index dsr_code_request on dsr_code (request_id, sent_at);
create index dsr_code_contact on dsr_code (contact_mac, sent_at);

-- Which warning and escalation has been sent, so that each goes once.
create table dsr_alert (
  request_id uuid not null references dsr_request on delete cascade,
  alert text not null,
  sent_at timestamptz not null,
  primary key (request_id, alert)
);
