-- API keys. Only the SHA-256 of a 256-bit random secret is kept, so the table lets nobody in.
create table api_key (
  id uuid primary key,
  name text not null,
  hash bytea not null unique check (length(hash) = 32),
  role text not null check (role in ('admin', 'compliance', 'cx', 'store', 'analyst', 'auditor', 'ingest', 'recipient')),
  scopes text[] not null default '{}',
  purposes text[] not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  ended_at timestamptz,
  -- The day is enough to find forgotten keys and says little about people's working hours.
  last_used date
);

-- Entries written by the transactions they tell of, in their final form, waiting for a number.
create table audit_stage (
  id uuid primary key,
  action text not null,
  entry text not null
);

-- Salts of the commitments in entries. Erasing one makes its commitment meaningless for ever, and changes no entry.
create table audit_salt (
  entry_id uuid not null,
  target smallint not null,
  salt bytea not null check (length(salt) = 16),
  primary key (entry_id, target)
);

-- The log. seq is the leaf index of RFC 6962 (from 0, without gaps); leaf_hash is SHA-256(0x00 || entry), its section 2.1.
create table audit_entry (
  seq bigint primary key check (seq >= 0),
  -- For looking up only. The entry, which says it too, is what counts.
  action text not null,
  entry text not null check (position('"action":"' || action || '"' in entry) > 0),
  leaf_hash bytea not null check (length(leaf_hash) = 32),
  sequenced_at timestamptz not null default now()
);
create index audit_entry_action on audit_entry (action, seq);

create function audit_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log is append-only: % on % is refused', tg_op, tg_table_name using errcode = 'restrict_violation';
end
$$;
create trigger audit_entry_append_only before update or delete on audit_entry
  for each row execute function audit_refuse_change();
create trigger audit_entry_no_truncate before truncate on audit_entry
  for each statement execute function audit_refuse_change();
create trigger audit_stage_final before update on audit_stage
  for each row execute function audit_refuse_change();

-- Answers to writes that carried an Idempotency-Key. status is null while the first request is being worked on.
-- The key itself is never stored, so request_mac (keyed with it) tells nothing about the request.
create table idempotency_key (
  principal text not null,
  route text not null,
  key_hash bytea not null check (length(key_hash) = 32),
  request_mac bytea not null check (length(request_mac) = 32),
  started_at timestamptz not null,
  expires_at timestamptz not null,
  status int,
  headers json,
  body json,
  primary key (principal, route, key_hash)
);
create index idempotency_key_expiry on idempotency_key (expires_at);
