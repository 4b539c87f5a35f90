-- Purposes: every version that was ever in force, and when it ended. Never changed, so that a decision of any past
-- date can be recomputed.
create table purpose_version (
  purpose_id text not null,
  applied_at timestamptz not null,
  version int not null,
  -- Null: the purpose was taken out of the registry at that time.
  definition jsonb,
  applied_by text not null,
  primary key (purpose_id, applied_at)
);

-- Notices: the words that people saw, kept for as long as anybody may ask for them.
create table notice_version (
  notice_id text not null,
  version int not null,
  purposes text[] not null,
  material boolean not null,
  published_at timestamptz not null,
  published_by text not null,
  primary key (notice_id, version)
);
create table notice_text (
  notice_id text not null,
  version int not null,
  locale text not null,
  sha256 bytea not null check (length(sha256) = 32),
  content jsonb not null,
  primary key (notice_id, version, locale),
  foreign key (notice_id, version) references notice_version
);

-- Who answers for the data: the company as notices and receipts name it. Each change is a row of its own.
create table controller_version (
  since timestamptz primary key,
  details jsonb not null,
  set_by text not null
);

-- Which purposes the categories of a source's consent banner stand for.
create table source_consent (
  source_id uuid primary key,
  categories jsonb not null,
  updated_at timestamptz not null
);

-- The head of each subject's chain, and the row that writers of the subject's ledger lock.
create table consent_chain (
  subject_id uuid primary key,
  -- The evidence key that seals what is personal in the entries; null before the first and after an erasure.
  key_id uuid,
  length int not null default 0,
  tip bytea not null default '\x0000000000000000000000000000000000000000000000000000000000000000' check (length(tip) = 32),
  -- Whether a restriction was ever recorded, or the subject erased: ingestion asks this before it asks anything else.
  flagged boolean not null default false,
  erased boolean not null default false
);
create index consent_chain_flagged on consent_chain (subject_id) where flagged;

-- The ledger. Ids, states and times stand in the clear, so that decisions over many people are set-based;
-- who acted, evidence and guardians are sealed in `cell`.
create table consent_record (
  subject_id uuid not null,
  sequence int not null check (sequence >= 1),
  record_id uuid not null unique,
  previous bytea not null check (length(previous) = 32),
  commitment bytea not null check (length(commitment) = 32),
  hash bytea not null check (length(hash) = 32),
  state text not null,
  purpose_id text not null,
  purpose_version int,
  channel text,
  recipient_id text,
  regime text,
  separate_consent text,
  refers_to uuid,
  notice_id text,
  notice_version int,
  notice_locale text,
  notice_sha256 bytea,
  conflict_shown boolean not null,
  valid_until timestamptz,
  recorded_at timestamptz not null,
  occurred_at timestamptz,
  clock text not null,
  method text not null,
  source_id uuid,
  store_id text,
  actor_kind text not null,
  signal jsonb,
  prompt jsonb,
  double_opt_in text not null,
  by_guardian boolean not null,
  -- The same message sent again writes nothing twice: a keyed MAC of what makes it the same.
  dedupe_mac bytea,
  key_id uuid,
  cell bytea,
  primary key (subject_id, sequence),
  unique (subject_id, previous)
);
create unique index consent_record_dedupe on consent_record (subject_id, dedupe_mac) where dedupe_mac is not null;

-- Salts of the commitments. Deleting one makes its commitment meaningless for ever and leaves the chain whole.
create table consent_salt (
  subject_id uuid not null,
  sequence int not null,
  salt bytea not null check (length(salt) = 32),
  primary key (subject_id, sequence)
);

-- What allows an erasure: named in the erasing transaction, kept as its proof.
create table erasure_certificate (
  certificate_id uuid primary key,
  subjects uuid[] not null check (cardinality(subjects) > 0),
  issued_at timestamptz not null
);

create function erasure_allows(subject uuid) returns boolean language sql stable as $$
  select exists (
    select 1 from erasure_certificate
    where certificate_id = nullif(current_setting('candor.erasure', true), '')::uuid and subject = any (subjects))
$$;

create function consent_refuse_change() returns trigger language plpgsql as $$
begin
  if tg_level = 'ROW' then
    if tg_table_name = 'consent_salt' and tg_op = 'DELETE' then
      if erasure_allows(old.subject_id) then
        return old;
      end if;
    elsif tg_table_name = 'consent_record' and tg_op = 'UPDATE' then
      -- Only what erase_consent clears may differ; the chain and the fact of the choice stay.
      if erasure_allows(old.subject_id)
         and (to_jsonb(new) - '{cell,key_id,source_id,store_id,signal,prompt,dedupe_mac}'::text[])
           = (to_jsonb(old) - '{cell,key_id,source_id,store_id,signal,prompt,dedupe_mac}'::text[])
         and new.cell is null and new.key_id is null and new.source_id is null and new.store_id is null
         and new.signal is null and new.prompt is null and new.dedupe_mac is null then
        return new;
      end if;
    end if;
  end if;
  raise exception 'the consent ledger is append-only: % on % is refused', tg_op, tg_table_name using errcode = 'restrict_violation';
end
$$;
create trigger consent_record_append_only before update or delete on consent_record
  for each row execute function consent_refuse_change();
create trigger consent_record_no_truncate before truncate on consent_record
  for each statement execute function consent_refuse_change();
create trigger consent_salt_append_only before update or delete on consent_salt
  for each row execute function consent_refuse_change();
create trigger consent_salt_no_truncate before truncate on consent_salt
  for each statement execute function consent_refuse_change();
create trigger purpose_version_append_only before update or delete on purpose_version
  for each row execute function consent_refuse_change();
create trigger notice_version_append_only before update or delete on notice_version
  for each row execute function consent_refuse_change();
create trigger notice_text_append_only before update or delete on notice_text
  for each row execute function consent_refuse_change();

-- Clears what is personal in a subject's ledger. The certificate must name the subject. Answers how many entries it cleared.
create function erase_consent(subject uuid, certificate uuid) returns int language plpgsql as $$
declare
  cleared int;
begin
  if not exists (select 1 from erasure_certificate where certificate_id = certificate and subject = any (subjects)) then
    raise exception 'no erasure certificate names this subject' using errcode = 'restrict_violation';
  end if;
  perform set_config('candor.erasure', certificate::text, true);
  update consent_record
  set cell = null, key_id = null, source_id = null, store_id = null, signal = null, prompt = null, dedupe_mac = null
  where subject_id = subject;
  get diagnostics cleared = row_count;
  delete from consent_salt where subject_id = subject;
  delete from subject_clue where subject_id = subject;
  delete from opt_in_token where subject_id = subject;
  insert into consent_chain (subject_id, flagged, erased) values (subject, true, true)
  on conflict (subject_id) do update set key_id = null, flagged = true, erased = true;
  perform set_config('candor.erasure', '', true);
  return cleared;
end
$$;

-- What is known of where a subject lives and how old it may be: coarse values, dated by month, so that the order in
-- which events arrive leaves no trace. `recorded_at` lets a decision of a past date see what was known then.
create table subject_clue (
  subject_id uuid not null,
  clue text not null check (clue in ('declared', 'country', 'storeCountry', 'phoneRegion', 'language', 'birthYear')),
  value text not null,
  first_on date not null,
  last_on date not null,
  recorded_at timestamptz not null,
  primary key (subject_id, clue, value)
);

-- Keys that sign receipts. The public half is published; the private half is sealed.
create table signing_key (
  kid text primary key,
  public_jwk jsonb not null,
  key_id uuid not null,
  cell bytea not null,
  created_at timestamptz not null
);

-- Confirmations asked for by a message to the address itself. Only the token's hash is kept.
create table opt_in_token (
  token_hash bytea primary key check (length(token_hash) = 32),
  subject_id uuid not null,
  record_id uuid not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index opt_in_token_record on opt_in_token (record_id);
create index opt_in_token_expiry on opt_in_token (expires_at);

-- Who was given which categories of whose data for which purpose, first and last.
create table disclosure (
  subject_id uuid not null,
  reader_kind text not null,
  reader_id text not null,
  purpose_id text not null,
  categories text[] not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  primary key (subject_id, reader_kind, reader_id, purpose_id)
);

-- What happened, without anybody to whom it happened: events of people who allow no more than counting.
create table anonymous_count (
  source_id uuid not null,
  day date not null,
  type text not null,
  channel text not null,
  store_id text not null default '',
  count bigint not null,
  primary key (source_id, day, type, channel, store_id)
);
