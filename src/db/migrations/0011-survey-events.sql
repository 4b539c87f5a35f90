-- What happened around surveys, until it stands on the member's profile as an event.
create table survey_event_waiting (
  message_id text primary key,
  subject_id uuid not null,
  survey_id text not null,
  type text not null,
  occurred_at timestamptz not null,
  store_id text,
  -- Ids, codes and counts only.
  properties jsonb not null
);
create index survey_event_waiting_subject on survey_event_waiting (subject_id);
