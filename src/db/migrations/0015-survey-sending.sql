-- How often members may be asked: every set of rules that was ever in force.
create table survey_cadence (
  since timestamptz primary key,
  rules jsonb not null,
  set_by text not null
);

-- Stores and branches as surveys know them: where they are, when they sleep, who is told of a case.
create table survey_place (
  store_id text primary key,
  name text not null,
  region text,
  time_zone text,
  locale text not null check (locale in ('en', 'zh-CN', 'zh-TW')),
  key_id uuid not null,
  -- The addresses of who handles cases and of who is told when they are late.
  sealed bytea not null,
  updated_at timestamptz not null
);

-- Where links are handed over to be sent by LINE, WeChat or SMS.
create table survey_gateway (
  channel text primary key check (channel in ('sms', 'line', 'wechat', 'app')),
  url text not null,
  key_id uuid not null,
  sealed bytea not null,
  updated_at timestamptz not null
);

-- Who is to be asked what, when and how.
create table survey_campaign (
  campaign_id uuid primary key,
  survey_id text not null references survey,
  name text not null,
  kind text not null check (kind in ('once', 'recurring', 'event')),
  channel text not null,
  settings jsonb not null,
  state text not null check (state in ('draft', 'running', 'paused', 'ended')),
  -- The round being decided, and the last member of it that was looked at.
  wave text,
  cursor uuid,
  deciding boolean not null default false,
  next_run_at timestamptz,
  created_by text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index survey_campaign_due on survey_campaign (next_run_at) where state = 'running';

-- One row for each member that a campaign looked at: asked, waiting, or left out, and why.
create table survey_ask (
  subject_id uuid not null,
  ask_id uuid not null,
  campaign_id uuid not null references survey_campaign,
  survey_id text not null,
  class text not null,
  wave text not null,
  -- The order or event that it is about; empty for a round.
  occasion text not null,
  channel text not null,
  order_key text,
  store_id text,
  category text,
  occurred_at timestamptz,
  state text not null check (state in
    ('waiting', 'asked', 'skipped', 'answered', 'declined', 'cancelled', 'expired', 'failed')),
  reason text,
  detail text,
  again_at timestamptz,
  -- When to look again: at the first message, then at each reminder.
  due_at timestamptz,
  latest_at timestamptz,
  reminders int not null default 0,
  invitation_id uuid,
  -- The link, sealed: reminders lead to the answer that was begun. Gone when the invitation ends.
  key_id uuid,
  cell bytea,
  asked_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (subject_id, ask_id),
  unique (campaign_id, wave, subject_id, occasion)
);
create index survey_ask_due on survey_ask (due_at) where due_at is not null;
create index survey_ask_invitation on survey_ask (invitation_id) where invitation_id is not null;
create index survey_ask_campaign on survey_ask (campaign_id, state);

-- Every message about a survey, over all channels: what caps count, and what became of it.
create table survey_message (
  subject_id uuid not null,
  message_id uuid not null,
  ask_id uuid,
  survey_id text not null,
  class text not null,
  wave text,
  kind text not null check (kind in ('invitation', 'reminder')),
  channel text not null,
  state text not null check (state in ('queued', 'sending', 'sent', 'kept', 'unknown', 'failed', 'bounced')),
  error text,
  -- What a gateway is given, sealed until it was; mail is in the outbox.
  key_id uuid,
  cell bytea,
  at timestamptz not null,
  changed_at timestamptz not null,
  primary key (subject_id, message_id)
);
create unique index survey_message_id on survey_message (message_id);
create index survey_message_open on survey_message (channel, at) where state in ('queued', 'sending');
create index survey_message_campaign on survey_message (survey_id, state);

-- What comments speak of, in words of the lexicon. A comment without any theme has a row with the theme ''.
create table survey_mention (
  survey_id text not null,
  response_id uuid not null,
  question text not null,
  theme text not null,
  polarity text not null check (polarity in ('negative', 'positive', 'neutral')),
  phrases text[] not null,
  lexicon int not null,
  subject_id uuid,
  answered_on date not null,
  channel text not null,
  store_id text,
  region text,
  category text,
  level text,
  tenure text,
  primary key (survey_id, response_id, question, theme)
);
create index survey_mention_theme on survey_mention (survey_id, answered_on);
create index survey_mention_subject on survey_mention (subject_id) where subject_id is not null;

-- Somebody is to be called back.
create table survey_case (
  case_id uuid primary key,
  survey_id text not null,
  response_id uuid not null unique,
  subject_id uuid,
  reasons text[] not null,
  store_id text,
  region text,
  order_key text,
  owner text,
  state text not null check (state in ('open', 'contacted', 'closed')),
  outcome text,
  contact_wanted boolean not null,
  opened_at timestamptz not null,
  due_at timestamptz not null,
  contacted_at timestamptz,
  escalated_at timestamptz,
  closed_at timestamptz,
  -- From when on the member may be asked again, where somebody said so.
  ask_again_at timestamptz,
  updated_at timestamptz not null
);
create index survey_case_open on survey_case (due_at) where state <> 'closed';
create index survey_case_subject on survey_case (subject_id) where subject_id is not null;
create index survey_case_store on survey_case (store_id, case_id);

create table survey_case_note (
  case_id uuid not null references survey_case on delete cascade,
  note_id uuid not null,
  subject_id uuid,
  written_by text not null,
  written_at timestamptz not null,
  key_id uuid not null,
  cell bytea not null,
  primary key (case_id, note_id)
);

-- The outer loop: what was changed because of a theme, and when.
create table survey_action (
  action_id uuid primary key,
  survey_id text not null references survey,
  theme text not null,
  owner text not null,
  what text not null,
  store_id text,
  region text,
  state text not null check (state in ('planned', 'done', 'dropped')),
  done_on date,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

-- Mail sent once at most says so; what was in flight when a process died is unknown, and stays so.
alter table mail_message add column once boolean not null default false;
alter table mail_message add column claimed_at timestamptz;
alter table mail_message drop constraint mail_message_state_check;
alter table mail_message add constraint mail_message_state_check
  check (state in ('waiting', 'sending', 'sent', 'kept', 'failed', 'unknown'));
create index mail_message_sending on mail_message (claimed_at) where state = 'sending';
