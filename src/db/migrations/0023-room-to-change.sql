-- Aggregates are written anew with every event of their subject. Room in their pages lets the new version stand beside
-- the old one, and then no index is touched.
alter table subject_aggregate set (fillfactor = 70);

-- When a subject last changed in a way that may not wait (a choice, a correction, an erasure): events since then must
-- not hide it from those who let what follows from events wait.
alter table subject_change add column urgent_at timestamptz;
