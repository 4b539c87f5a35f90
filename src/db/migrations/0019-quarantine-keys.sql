-- Quarantined items that name nobody share a key: it is destroyed with the last of them.
create index quarantine_key on quarantine (key_id);
