-- Lists whose order can be chosen are read from an index on the column and the row's id, whatever they are filtered by.
create index quarantine_reason on quarantine (code, quarantine_id);
create index quarantine_source on quarantine (source_id, quarantine_id);

create index dsr_request_by_due on dsr_request (coalesce(due_at, 'infinity'::timestamptz), request_id);
create index dsr_request_open_by_due on dsr_request (coalesce(due_at, 'infinity'::timestamptz), request_id) where closed_at is null;
create index dsr_request_open_received on dsr_request (received_at, request_id) where closed_at is null;
drop index dsr_request_received;
create index dsr_request_received on dsr_request (received_at, request_id);

drop index survey_case_open;
create index survey_case_open on survey_case (due_at, case_id) where state <> 'closed';
create index survey_case_due on survey_case (due_at, case_id);
create index survey_case_state on survey_case (state, case_id);

-- A score that is not known counts as less than any.
create index loyalty_score_points on loyalty_score (coalesce(score_micro, -1), member_id);
create index loyalty_score_condition_points on loyalty_score (condition, coalesce(score_micro, -1), member_id);

create index recipient_notice_recent on recipient_notice (recipient_id, notice_id);
create index recipient_notice_due on recipient_notice (recipient_id, due_at, notice_id);
create index recipient_notice_unconfirmed on recipient_notice (recipient_id, due_at, notice_id) where acknowledged_at is null;
create index webhook_message_dead on webhook_message (recipient_id, message_id) where state = 'dead';
create index mail_message_unsent on mail_message (state, mail_id) where state <> 'sent';
