-- An access package, a preview, an erasure and its verification look in every table for the rows of one person. Without
-- these they read whole tables, which grow with the population.
create index receipt_subject on receipt (subject_id) where subject_id is not null;
create index recipient_change_member on recipient_change (member_id);
create index identity_link_left on identity_link (left_subject);
create index contested_parties on contested using gin (parties);
create index opt_in_token_subject on opt_in_token (subject_id);
create index survey_case_note_subject on survey_case_note (subject_id) where subject_id is not null;
create index erasure_certificate_subjects on erasure_certificate using gin (subjects);
create index privacy_key_subject on privacy_key (subject_id);
create index privacy_package_subjects on privacy_package using gin (subjects);
-- Holds that were lifted are found too.
drop index privacy_hold_subjects;
create index privacy_hold_subjects on privacy_hold using gin (subjects);
