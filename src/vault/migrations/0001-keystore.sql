-- The keystore: a database of its own, never backed up together with the data it opens.

-- Key-encryption keys, wrapped by the root key. The highest version wraps new data keys.
create table kek (
  kek_id uuid primary key,
  label text not null,
  version int not null check (version > 0),
  wrapped bytea not null,
  provider text not null,
  provider_version text not null,
  created_at timestamptz not null,
  unique (label, version)
);

-- One key for each subject, quarantined batch, evidence or source, wrapped by a key-encryption key.
-- No foreign key to kek: it would lock one and the same row for every key made.
create table data_key (
  key_id uuid primary key,
  use text not null,
  state text not null default 'live' check (state in ('live', 'destroyed')),
  wrapped bytea,
  wrap_version int not null,
  kek_id uuid not null,
  created_at timestamptz not null,
  destroyed_at timestamptz,
  check ((state = 'live') = (wrapped is not null)),
  check ((state = 'destroyed') = (destroyed_at is not null))
);
create index data_key_live on data_key (use, key_id) where state = 'live';

-- Keys of blind indexes, of message authentication and of suppression, wrapped by the root key.
create table index_key (
  label text not null,
  version int not null check (version > 0),
  wrapped bytea not null,
  provider text not null,
  provider_version text not null,
  created_at timestamptz not null,
  primary key (label, version)
);

-- Destroyed is for good: neither a program nor a mistake at a console revives a key.
create function refuse_revival() returns trigger language plpgsql as $$
begin
  raise exception 'a destroyed key stays destroyed' using errcode = 'check_violation';
end
$$;
create trigger data_key_stays_destroyed
  before update on data_key
  for each row when (old.state = 'destroyed')
  execute function refuse_revival();
