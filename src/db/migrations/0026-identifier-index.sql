-- Rotation of the key of blind indexes (docs/keys.md). What a node is called, its `bi`, never changes: evidence, members
-- and decisions keep their names. What changes is how a value leads to it: an alias under the newer key.
create table identifier_epoch (
  one boolean primary key default true check (one),
  -- The version of the key under which new identifiers are written.
  version int not null check (version > 0),
  -- The version by which alone every identifier is found; behind `version` while they are being indexed anew.
  complete int not null check (complete <= version)
);
insert into identifier_epoch (version, complete) values (1, 1);

alter table identifier_node add column indexed int not null default 0;

create table identifier_alias (
  mac bytea primary key check (length(mac) = 16),
  bi bytea not null references identifier_node on delete cascade,
  version int not null
);
create index identifier_alias_bi on identifier_alias (bi);
