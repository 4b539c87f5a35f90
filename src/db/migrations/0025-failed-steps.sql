-- A step that fails again and again is given up until a person looks: the run says so, and so does its request.
alter table privacy_run drop constraint privacy_run_state_check;
alter table privacy_run add constraint privacy_run_state_check
  check (state in ('running', 'held', 'failed', 'awaiting-recipients', 'completed', 'completed-with-exceptions'));
create index privacy_run_failed on privacy_run (started_at) where state = 'failed';
alter table dsr_request add column failed_step text;
