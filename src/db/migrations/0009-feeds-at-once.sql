-- Feeds are swept by jobs that commit with the change of rules that asks for them.
select pgboss.create_queue('feed-sweep', '{"policy":"standard","retryLimit":10,"retryDelay":2,"retryBackoff":true,"expireInSeconds":300}');

-- Up to here consents that ended by time have been told to the feeds. One row.
create table consent_expiry (
  only_row boolean primary key default true check (only_row),
  looked_to timestamptz not null
);

-- To find the consents that end in a moment, by the end they state and by the period of their purpose.
create index consent_record_valid_until on consent_record (valid_until) where valid_until is not null;
create index consent_record_granted on consent_record
  (purpose_id, (case when occurred_at is null or clock = 'server' then recorded_at else least(occurred_at, recorded_at) end))
  where state in ('given', 'renewed');
