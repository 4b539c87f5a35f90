-- After how many months what goes by itself. One row; without it nothing of members does.
create table retention_schedule (
  only_row boolean primary key default true check (only_row),
  schedule jsonb not null,
  set_by text not null,
  set_at timestamptz not null
);
