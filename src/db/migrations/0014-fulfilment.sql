-- Fulfilment: durable runs of erasures and packages, step by step. Ids, codes, counts and times only.
create table privacy_run (
  run_id uuid primary key,
  request_id uuid not null unique,
  kind text not null check (kind in ('erasure', 'access', 'portability')),
  state text not null check (state in ('running', 'held', 'awaiting-recipients', 'completed', 'completed-with-exceptions')),
  member_id uuid not null,
  subjects uuid[] not null check (cardinality(subjects) > 0),
  regime text,
  locale text not null,
  actor_kind text not null,
  actor_id text not null,
  -- The step that is next; null when all are done.
  step text,
  next_at timestamptz not null,
  failures int not null default 0,
  -- Aliases under which recipients knew the member, set when they were told.
  told_at timestamptz,
  package_id uuid,
  certificate_id uuid,
  started_at timestamptz not null,
  finished_at timestamptz
);
create index privacy_run_due on privacy_run (next_at) where finished_at is null;
create index privacy_run_subjects on privacy_run using gin (subjects);

create table privacy_step (
  run_id uuid not null references privacy_run,
  step text not null,
  state text not null check (state in ('running', 'done', 'failed')),
  started_at timestamptz not null,
  finished_at timestamptz,
  attempts int not null default 1,
  failure text,
  counts jsonb not null default '{}',
  primary key (run_id, step)
);

-- The keys that a run has to destroy, found before the rows that name them go.
create table privacy_key (
  run_id uuid not null references privacy_run,
  key_id uuid not null,
  subject_id uuid not null,
  destroyed_at timestamptz,
  primary key (run_id, key_id)
);

-- Orders of a court or an authority, and claims: while one stands, its subjects are not erased.
create table privacy_hold (
  hold_id uuid primary key,
  subjects uuid[] not null check (cardinality(subjects) > 0),
  ground text not null,
  reference text not null,
  set_by text not null,
  since timestamptz not null,
  until timestamptz,
  lifted_at timestamptz,
  lifted_by text
);
create index privacy_hold_subjects on privacy_hold using gin (subjects) where lifted_at is null;

-- Signed proofs of what was done. They name nobody.
create table privacy_certificate (
  certificate_id uuid primary key,
  run_id uuid,
  request_id uuid,
  kind text not null,
  issued_at timestamptz not null,
  body jsonb not null,
  jws text not null,
  audit_entry uuid not null
);
create index privacy_certificate_request on privacy_certificate (request_id) where request_id is not null;

-- Packages: OpenPGP messages, deleted when they were fetched or their time is over.
create table privacy_package (
  package_id uuid primary key,
  run_id uuid not null references privacy_run,
  subjects uuid[] not null,
  kind text not null check (kind in ('access', 'portability')),
  locale text not null,
  state text not null check (state in ('making', 'ready', 'fetched', 'expired')),
  -- Seals the OpenPGP key or passphrase until the package is made.
  key_id uuid not null,
  delivery bytea,
  token_hash bytea not null unique check (length(token_hash) = 32),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  content bytea,
  size bigint,
  sha256 bytea,
  made_at timestamptz,
  ended_at timestamptz
);
create index privacy_package_open on privacy_package (expires_at) where ended_at is null;
create index privacy_package_run on privacy_package (run_id);

-- What erased people were known by, as keyed hashes, so that they stay erased. Locked to that purpose.
create table suppression (
  mac bytea not null check (length(mac) = 16),
  run_id uuid not null,
  -- `strong`: names one person for good. `weak`: a contact point or device, which counts where nothing else speaks.
  strength text not null check (strength in ('strong', 'weak')),
  erased_at timestamptz not null,
  -- Events from this moment on are admitted again.
  rejoined_at timestamptz,
  primary key (mac, run_id)
);
create index suppression_run on suppression (run_id);

-- Sales that tax law keeps, without the buyer.
create table accounting_line (
  line_id uuid primary key,
  document_no text not null,
  kind text not null check (kind in ('order', 'return')),
  sold_on date not null,
  store_id text,
  channel text not null,
  currency text not null,
  gross_minor bigint not null,
  returned_minor bigint not null,
  net_minor bigint not null,
  units numeric not null,
  ground text not null,
  kept_until date not null
);
create index accounting_line_until on accounting_line (kept_until);

-- What retention has done, and when it last looked.
create table retention_run (
  retention_id uuid primary key,
  started_at timestamptz not null,
  finished_at timestamptz,
  counts jsonb not null default '{}',
  certificate_id uuid
);
