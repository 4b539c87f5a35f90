-- A key of the role `store` sees what belongs to these shops, as store staff do.
alter table api_key add column stores text[] not null default '{}';
