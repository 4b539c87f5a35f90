-- What erased people were known by, as keyed hashes, beside the erasures themselves: data restored from before an
-- erasure get their list of suppressions back from here, also for people who came and went since.
create table erasure_listed (
  run_id text not null,
  mac bytea not null check (length(mac) = 16),
  strength text not null check (strength in ('strong', 'weak')),
  erased_at timestamptz not null,
  rejoined_at timestamptz,
  primary key (run_id, mac)
);
