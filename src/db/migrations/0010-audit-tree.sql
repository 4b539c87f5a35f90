-- Roots of complete subtrees of the audit log: level 8 over 256 leaves, level 16 over 65,536, and so on.
create table audit_node (
  level smallint not null check (level > 0 and level % 8 = 0),
  idx bigint not null check (idx >= 0),
  hash bytea not null check (length(hash) = 32),
  primary key (level, idx)
);

-- Signed tree heads. Once signed, a head binds every entry below its size.
create table audit_tree_head (
  size bigint primary key check (size > 0),
  root bytea not null check (length(root) = 32),
  kid text not null,
  -- The signed head as a compact JWS (RFC 7515, EdDSA).
  jws text not null,
  signed_at timestamptz not null
);
create trigger audit_node_append_only before update or delete on audit_node
  for each row execute function audit_refuse_change();
create trigger audit_tree_head_append_only before update or delete on audit_tree_head
  for each row execute function audit_refuse_change();
create trigger audit_tree_head_no_truncate before truncate on audit_tree_head
  for each statement execute function audit_refuse_change();

-- Entries are found by their own id. In canonical JSON only the entry's id stands before its outcome.
create unique index audit_entry_id on audit_entry ((substring(entry from '"id":"([0-9a-f-]{36})","outcome":"')));

-- Whom an entry speaks of, so that the salts of somebody's entries are found when they are erased, and the entries while
-- they are not. SHA-256 of kind and id, cut to 16 bytes; it goes together with its salt.
alter table audit_salt add column target_hash bytea check (length(target_hash) = 16);
create index audit_salt_target on audit_salt (target_hash);
