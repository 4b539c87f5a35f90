-- Whether some account of the member allows profiling: rules on levels may ask about the member even where other
-- accounts, joined by a phone number or a browser alone, have not agreed. Filled when facts are written anew.
alter table segment_fact add column profiled boolean not null default false;
update segment_fact set profiled = true where 'profiling' = any(allowed);
