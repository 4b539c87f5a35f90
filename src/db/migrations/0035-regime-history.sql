-- The regime packs that have been in force, so that a decision as of a past moment asks the rules of that moment.
create table regime_version (
  regime_id text not null,
  in_force_from timestamptz not null,
  -- SHA-256 of the pack's canonical JSON; null with the pack.
  sha256 bytea,
  -- Null: the pack was taken out at that time.
  pack jsonb,
  primary key (regime_id, in_force_from)
);
create trigger regime_version_append_only before update or delete on regime_version
  for each row execute function consent_refuse_change();
