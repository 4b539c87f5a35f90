-- Somebody whom a recipient was told to drop is looked up by the id under which it knew them.
create index recipient_notice_alias on recipient_notice (recipient_id, purpose_id, alias);
