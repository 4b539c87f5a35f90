-- Which jobs are under way is asked every two seconds, beside any number that are done and not archived yet.
create index job_under_way on pgboss.job (name) where state = 'active';
