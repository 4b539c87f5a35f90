-- Requests that came by OpenDSR, under the id that their controller gave them.
create table dsr_opendsr (
  controller_id text not null,
  subject_request_id uuid not null,
  request_id uuid not null unique references dsr_request on delete cascade,
  -- Which spelling of the protocol it speaks: OpenDSR 2.0 or OpenGDPR 1.
  dialect text not null check (dialect in ('opendsr', 'opengdpr')),
  -- HMAC of the body: the same id with another body is refused.
  body_mac bytea not null,
  received_at timestamptz not null,
  expected_at timestamptz not null,
  callback_urls text[] not null,
  -- The last status that was told; it never goes back.
  told text not null check (told in ('pending', 'in_progress', 'completed', 'cancelled')),
  primary key (controller_id, subject_request_id)
);

-- Status changes on their way to callback URLs.
create table dsr_callback (
  callback_id uuid primary key,
  request_id uuid not null references dsr_request on delete cascade,
  url text not null,
  status text not null,
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'dead')),
  attempts int not null default 0,
  next_at timestamptz not null,
  leased_until timestamptz,
  last_status int,
  last_error text
);
create index dsr_callback_due on dsr_callback (next_at) where state = 'waiting';
