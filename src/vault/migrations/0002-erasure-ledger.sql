-- The erasure ledger: who was erased, by minted ids alone. An entry is written in the transaction that destroys the
-- keys it names, and each covers the one before it by hash, so that a keystore which has forgotten some is recognised.
create table erasure_ledger (
  seq bigint primary key check (seq > 0),
  subject_id uuid not null unique,
  key_ids uuid[] not null,
  run_id text not null,
  reason text not null,
  erased_at timestamptz not null,
  -- SHA-256 over the hash before (32 zero bytes at the start) and the canonical JSON of this entry.
  hash bytea not null check (length(hash) = 32)
);

create function refuse_ledger_change() returns trigger language plpgsql as $$
begin
  raise exception 'the erasure ledger is append-only: % is refused', tg_op using errcode = 'restrict_violation';
end
$$;
create trigger erasure_ledger_append_only before update or delete on erasure_ledger
  for each row execute function refuse_ledger_change();
create trigger erasure_ledger_no_truncate before truncate on erasure_ledger
  for each statement execute function refuse_ledger_change();
