-- To which member a subject belonged, and whose grants it shared, until it was grouped otherwise: decisions as of a past
-- moment ask for the member of that moment. What holds now stands with the subject.
create table subject_grouping (
  subject_id uuid not null,
  until timestamptz not null,
  member_id uuid not null,
  core_id uuid not null,
  primary key (subject_id, until)
);
create index subject_grouping_member on subject_grouping (member_id, until);
