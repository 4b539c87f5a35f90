-- Aggregates are written anew with every event of their subject. Room in their pages lets the new version stand beside
-- the old one, and then no index is touched.
alter table subject_aggregate set (fillfactor = 70);
