-- A retired key-encryption key unwraps and no longer wraps; a destroyed one is remembered by its version alone.
alter table kek
  add column state text not null default 'live' check (state in ('live', 'retired', 'destroyed')),
  add column destroyed_at timestamptz,
  alter column wrapped drop not null,
  add check ((state = 'destroyed') = (wrapped is null)),
  add check ((state = 'destroyed') = (destroyed_at is not null));

-- Rotations: at most one of a kind runs. Whoever holds the lease works; work done twice changes nothing.
create table key_rotation (
  rotation_id uuid primary key,
  kind text not null check (kind in ('root', 'wrapping', 'index')),
  state text not null default 'running' check (state in ('running', 'done')),
  phase text not null,
  to_version text,
  -- The last key that was looked at in this pass.
  cursor text,
  done bigint not null default 0,
  total bigint not null default 0,
  started_at timestamptz not null,
  updated_at timestamptz not null,
  finished_at timestamptz,
  lease_owner text,
  lease_until timestamptz,
  check ((state = 'done') = (finished_at is not null))
);
create unique index key_rotation_running on key_rotation (kind) where state = 'running';
