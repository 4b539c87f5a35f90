-- What accounts that were joined held alone, so that it can be given back when they part.
alter table loyalty_tier add column parts jsonb;
