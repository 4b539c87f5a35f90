-- When a person was first contacted for marketing on a channel, and first offered a free way to refuse (Taiwan's
-- PDPA Art. 20(3); Art. 21(4) GDPR).
create table first_contact (
  subject_id uuid not null,
  channel text not null,
  contacted_at timestamptz not null,
  offered_at timestamptz,
  primary key (subject_id, channel)
);
