-- Whose word counts before whose, field by field, and how far those whose profiles this may change have been noted.
create table source_priority (
  only_row boolean primary key default true check (only_row),
  priorities jsonb not null default '{}',
  changed_at timestamptz,
  concerned uuid[] not null default '{}',
  noted_to uuid,
  note_from timestamptz
);
insert into source_priority default values;
