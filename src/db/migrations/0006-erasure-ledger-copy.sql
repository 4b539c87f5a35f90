-- A copy of the keystore's erasure ledger: the data knows who was erased, and how far the ledger has come. A keystore
-- that is behind this copy is an old one and is refused.
create table erasure_ledger_copy (
  seq bigint primary key check (seq > 0),
  subject_id uuid not null unique,
  key_ids uuid[] not null,
  run_id text not null,
  reason text not null,
  erased_at timestamptz not null,
  hash bytea not null check (length(hash) = 32),
  -- The data still held rows of this subject when the entry arrived: an erasure under way, or a restored backup.
  has_rows boolean not null
);
create index erasure_ledger_copy_rows on erasure_ledger_copy (seq) where has_rows;
