-- Downstream systems: what each may be given, for what, and where its notices go.
create table recipient (
  recipient_id text primary key check (recipient_id ~ '^[a-z][a-z0-9-]{0,62}$'),
  name text not null,
  role text not null check (role in ('processor', 'third-party')),
  purposes text[] not null check (cardinality(purposes) > 0),
  categories text[] not null check (cardinality(categories) > 0),
  -- Null: every field of its categories.
  fields text[],
  -- Purposes for which it shares its member ids with others that name them too.
  join_purposes text[] not null default '{}',
  country text,
  region text,
  -- In which language its contact is written to.
  locale text not null check (locale in ('en', 'zh-CN', 'zh-TW')),
  webhook_url text,
  ack_hours int not null check (ack_hours between 1 and 2160),
  key_id uuid not null,
  -- The contact's address and the webhook secret.
  sealed bytea not null,
  state text not null default 'active' check (state in ('active', 'ended')),
  -- Counts up whenever a change may alter what it is given.
  revision int not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

alter table api_key add column recipient_id text references recipient;

-- One feed for each purpose of a recipient, and how far it has been worked.
create table recipient_feed (
  recipient_id text not null references recipient,
  purpose_id text not null,
  -- A cursor of another epoch is of a history that this store no longer has.
  epoch uuid not null,
  -- Up to here members who left have been noticed, and messages queued for the webhook.
  noticed_position bigint not null,
  -- Notices up to here have been forgotten.
  compacted_position bigint not null,
  -- The rules and settings that the last sweep saw.
  rules_mark text not null,
  swept_at timestamptz not null,
  primary key (recipient_id, purpose_id)
);

-- Whom a recipient holds: members that it was given and not yet told to drop, under the id that it knows.
create table recipient_member (
  recipient_id text not null,
  purpose_id text not null,
  member_id uuid not null,
  alias uuid not null,
  since timestamptz not null,
  primary key (recipient_id, purpose_id, member_id)
);
create unique index recipient_member_alias on recipient_member (recipient_id, purpose_id, alias);
create index recipient_member_of on recipient_member (member_id);

-- Members whose line in one feed changes although nothing of theirs did: an expiry, a new notice, new settings.
create table recipient_change (
  recipient_id text not null,
  purpose_id text not null,
  member_id uuid not null,
  position bigint not null,
  changed_at timestamptz not null,
  primary key (recipient_id, purpose_id, member_id)
);
create index recipient_change_position on recipient_change (recipient_id, purpose_id, position);

-- What a recipient was told to drop, why, by when it must confirm, and when it did.
create table recipient_notice (
  notice_id uuid primary key,
  recipient_id text not null,
  purpose_id text not null,
  member_id uuid not null,
  alias uuid not null,
  position bigint not null,
  reason text not null,
  merged_into uuid,
  noticed_at timestamptz not null,
  due_at timestamptz not null,
  acknowledged_at timestamptz,
  escalated_at timestamptz
);
create index recipient_notice_position on recipient_notice (recipient_id, purpose_id, position);
create index recipient_notice_member on recipient_notice (member_id);
create index recipient_notice_open on recipient_notice (due_at) where acknowledged_at is null;

-- Webhook messages. They hold no content: that is made anew, from what is allowed then, at each attempt.
create table webhook_message (
  message_id uuid primary key,
  recipient_id text not null,
  purpose_id text not null,
  member_id uuid not null,
  position bigint not null,
  state text not null check (state in ('waiting', 'sent', 'nothing', 'dead')),
  attempts int not null default 0,
  next_at timestamptz not null,
  leased_until timestamptz,
  last_status int,
  last_error text,
  created_at timestamptz not null,
  ended_at timestamptz,
  unique (recipient_id, purpose_id, member_id, position)
);
create index webhook_message_waiting on webhook_message (recipient_id, member_id, position) where state = 'waiting';
create index webhook_message_recent on webhook_message (recipient_id, message_id);
create index webhook_message_member on webhook_message (member_id);

-- Mail: sealed until it is sent, emptied afterwards. Without a mail server it stays here to be read.
create table mail_message (
  mail_id uuid primary key,
  template text not null,
  subject_id uuid,
  key_id uuid not null,
  cell bytea,
  state text not null check (state in ('waiting', 'sent', 'kept', 'failed')),
  attempts int not null default 0,
  last_error text,
  created_at timestamptz not null,
  ended_at timestamptz
);
create index mail_message_subject on mail_message (subject_id) where subject_id is not null;
create index mail_message_waiting on mail_message (created_at) where state = 'waiting';

-- The job queue: the schema that pg-boss 10.4.2 constructs (version 24), so that a job commits with what caused it.
CREATE SCHEMA pgboss;

CREATE TYPE pgboss.job_state AS ENUM (
  'created',
  'retry',
  'active',
  'completed',
  'cancelled',
  'failed'
);

CREATE TABLE pgboss.version (
  version int primary key,
  maintained_on timestamp with time zone,
  cron_on timestamp with time zone,
  monitored_on timestamp with time zone
);

CREATE TABLE pgboss.queue (
  name text,
  policy text,
  retry_limit int,
  retry_delay int,
  retry_backoff bool,
  expire_seconds int,
  retention_minutes int,
  dead_letter text REFERENCES pgboss.queue (name),
  partition_name text,
  created_on timestamp with time zone not null default now(),
  updated_on timestamp with time zone not null default now(),
  PRIMARY KEY (name)
);

CREATE TABLE pgboss.schedule (
  name text REFERENCES pgboss.queue ON DELETE CASCADE,
  cron text not null,
  timezone text,
  data jsonb,
  options jsonb,
  created_on timestamp with time zone not null default now(),
  updated_on timestamp with time zone not null default now(),
  PRIMARY KEY (name)
);

CREATE TABLE pgboss.subscription (
  event text not null,
  name text not null REFERENCES pgboss.queue ON DELETE CASCADE,
  created_on timestamp with time zone not null default now(),
  updated_on timestamp with time zone not null default now(),
  PRIMARY KEY(event, name)
);

CREATE TABLE pgboss.job (
  id uuid not null default gen_random_uuid(),
  name text not null,
  priority integer not null default(0),
  data jsonb,
  state pgboss.job_state not null default('created'),
  retry_limit integer not null default(2),
  retry_count integer not null default(0),
  retry_delay integer not null default(0),
  retry_backoff boolean not null default false,
  start_after timestamp with time zone not null default now(),
  started_on timestamp with time zone,
  singleton_key text,
  singleton_on timestamp without time zone,
  expire_in interval not null default interval '15 minutes',
  created_on timestamp with time zone not null default now(),
  completed_on timestamp with time zone,
  keep_until timestamp with time zone NOT NULL default now() + interval '14 days',
  output jsonb,
  dead_letter text,
  policy text
) PARTITION BY LIST (name);
ALTER TABLE pgboss.job ADD PRIMARY KEY (name, id);
CREATE TABLE pgboss.archive (LIKE pgboss.job);
ALTER TABLE pgboss.archive ADD PRIMARY KEY (name, id);
ALTER TABLE pgboss.archive ADD archived_on timestamptz NOT NULL DEFAULT now();
CREATE INDEX archive_i1 ON pgboss.archive(archived_on);

CREATE FUNCTION pgboss.create_queue(queue_name text, options json)
RETURNS VOID AS
$$
DECLARE
  table_name varchar := 'j' || encode(sha224(queue_name::bytea), 'hex');
  queue_created_on timestamptz;
BEGIN

  WITH q as (
  INSERT INTO pgboss.queue (
    name,
    policy,
    retry_limit,
    retry_delay,
    retry_backoff,
    expire_seconds,
    retention_minutes,
    dead_letter,
    partition_name
  )
  VALUES (
    queue_name,
    options->>'policy',
    (options->>'retryLimit')::int,
    (options->>'retryDelay')::int,
    (options->>'retryBackoff')::bool,
    (options->>'expireInSeconds')::int,
    (options->>'retentionMinutes')::int,
    options->>'deadLetter',
    table_name
  )
  ON CONFLICT DO NOTHING
  RETURNING created_on
  )
  SELECT created_on into queue_created_on from q;

  IF queue_created_on IS NULL THEN
    RETURN;
  END IF;

  EXECUTE format('CREATE TABLE pgboss.%I (LIKE pgboss.job INCLUDING DEFAULTS)', table_name);

  EXECUTE format('ALTER TABLE pgboss.%1$I ADD PRIMARY KEY (name, id)', table_name);
  EXECUTE format('ALTER TABLE pgboss.%1$I ADD CONSTRAINT q_fkey FOREIGN KEY (name) REFERENCES pgboss.queue (name) ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED', table_name);
  EXECUTE format('ALTER TABLE pgboss.%1$I ADD CONSTRAINT dlq_fkey FOREIGN KEY (dead_letter) REFERENCES pgboss.queue (name) ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED', table_name);
  EXECUTE format('CREATE UNIQUE INDEX %1$s_i1 ON pgboss.%1$I (name, COALESCE(singleton_key, '''')) WHERE state = ''created'' AND policy = ''short''', table_name);
  EXECUTE format('CREATE UNIQUE INDEX %1$s_i2 ON pgboss.%1$I (name, COALESCE(singleton_key, '''')) WHERE state = ''active'' AND policy = ''singleton''', table_name);
  EXECUTE format('CREATE UNIQUE INDEX %1$s_i3 ON pgboss.%1$I (name, state, COALESCE(singleton_key, '''')) WHERE state <= ''active'' AND policy = ''stately''', table_name);
  EXECUTE format('CREATE UNIQUE INDEX %1$s_i4 ON pgboss.%1$I (name, singleton_on, COALESCE(singleton_key, '''')) WHERE state <> ''cancelled'' AND singleton_on IS NOT NULL', table_name);
  EXECUTE format('CREATE INDEX %1$s_i5 ON pgboss.%1$I (name, start_after) INCLUDE (priority, created_on, id) WHERE state < ''active''', table_name);

  EXECUTE format('ALTER TABLE pgboss.%I ADD CONSTRAINT cjc CHECK (name=%L)', table_name, queue_name);
  EXECUTE format('ALTER TABLE pgboss.job ATTACH PARTITION pgboss.%I FOR VALUES IN (%L)', table_name, queue_name);
END;
$$
LANGUAGE plpgsql;

CREATE FUNCTION pgboss.delete_queue(queue_name text)
RETURNS VOID AS
$$
DECLARE
  table_name varchar;
BEGIN
  WITH deleted as (
    DELETE FROM pgboss.queue
    WHERE name = queue_name
    RETURNING partition_name
  )
  SELECT partition_name from deleted INTO table_name;

  EXECUTE format('DROP TABLE IF EXISTS pgboss.%I', table_name);
END;
$$
LANGUAGE plpgsql;
INSERT INTO pgboss.version(version) VALUES ('24');

select pgboss.create_queue('mail', '{"policy":"standard","retryLimit":8,"retryDelay":30,"retryBackoff":true,"expireInSeconds":300}');
