-- A new version of an index key: the old ones look up only, until the data are indexed anew and nobody needs them.
alter table index_key
  add column state text not null default 'live' check (state in ('live', 'retired', 'destroyed')),
  add column destroyed_at timestamptz,
  alter column wrapped drop not null,
  add check ((state = 'destroyed') = (wrapped is null)),
  add check ((state = 'destroyed') = (destroyed_at is not null));
