-- People who log in to the console. Names and addresses are sealed under a data key of each account's own.
create table staff_account (
  account_id uuid primary key,
  key_id uuid not null,
  -- HMAC of the normalised e-mail address with which they log in.
  login_mac bytea not null unique check (length(login_mac) = 16),
  login bytea not null,
  name bytea not null,
  role text not null check (role in ('admin', 'compliance', 'cx', 'store', 'analyst', 'auditor')),
  purposes text[] not null,
  -- The shops that store staff may see.
  stores text[] not null default '{}',
  -- argon2id in the PHC string format; null until the person has chosen a password.
  password_hash text,
  totp bytea,
  totp_confirmed_at timestamptz,
  -- The last time step whose code was used: no code is taken twice (RFC 6238 section 5.2).
  totp_last_step bigint not null default -1,
  -- HMAC of issuer and subject at an OpenID provider.
  oidc_mac bytea unique check (length(oidc_mac) = 16),
  failed_attempts int not null default 0 check (failed_attempts >= 0),
  locked_until timestamptz,
  created_at timestamptz not null,
  last_login date,
  ended_at timestamptz
);

-- Sessions of the console. Only the SHA-256 of a 256-bit random token is kept.
create table staff_session (
  session_id uuid primary key,
  token_hash bytea not null unique check (length(token_hash) = 32),
  account_id uuid not null references staff_account,
  -- Browser and system in two words, for recognising one's own sessions.
  device text not null,
  created_at timestamptz not null,
  seen_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz
);
create index staff_session_account on staff_session (account_id, session_id);

-- One-time links by which people choose their password. Without an account: the first administrator's.
create table staff_invite (
  token_hash bytea primary key check (length(token_hash) = 32),
  account_id uuid references staff_account,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);

-- Acts that two people decide. The request itself is not kept, only a keyed digest of it: whoever asked repeats it.
create table staff_approval (
  approval_id uuid primary key,
  operation text not null,
  target text not null,
  request_mac bytea not null check (length(request_mac) = 16),
  asked_by uuid not null references staff_account,
  asked_at timestamptz not null,
  expires_at timestamptz not null,
  decided_by uuid references staff_account,
  decided_at timestamptz,
  decision text check (decision in ('approved', 'refused')),
  used_at timestamptz,
  check (decided_by is null or decided_by <> asked_by),
  check ((decision is null) = (decided_at is null))
);
create index staff_approval_open on staff_approval (approval_id) where used_at is null;
