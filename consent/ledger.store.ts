import { empty, hex, rows, sql, type Tx, uuids } from "../src/db/index.ts";
import type { Place } from "../src/kernel/place.ts";
import type { ChainLink } from "./chain.ts";
import type { ConsentRecord } from "./ledger.ts";

type Reader = Pick<Tx, "query">;

/** The head of a subject's chain. */
export interface ChainHead {
  readonly subjectId: string;
  readonly keyId: string | null;
  readonly length: number;
  readonly tip: Buffer;
  readonly flagged: boolean;
  readonly erased: boolean;
}

const headColumns = sql`subject_id as "subjectId", key_id as "keyId", length, tip, flagged, erased`;

/** Makes missing heads and locks them all, in the order of their ids: writers of one subject wait for each other. */
export async function lockHeads(tx: Tx, subjectIds: readonly string[]): Promise<ChainHead[]> {
  const ids = [...new Set(subjectIds)].sort();
  await tx.query(sql`
    insert into consent_chain (subject_id)
    select id from unnest(${ids}::uuid[]) as s(id) order by id
    on conflict (subject_id) do nothing`);
  return tx.query<ChainHead>(sql`
    select ${headColumns} from consent_chain where subject_id = any(${ids}::uuid[]) order by subject_id for update`);
}

export async function saveHeads(
  tx: Tx,
  heads: readonly Pick<ChainHead, "subjectId" | "keyId" | "length" | "tip" | "flagged">[],
): Promise<void> {
  const batch = heads.map((h) => ({ ...h, tip: hex(h.tip) }));
  await tx.query(sql`
    update consent_chain c set key_id = h."keyId", length = h.length, tip = h.tip, flagged = h.flagged
    from jsonb_to_recordset(${rows(batch)}::jsonb) as h("subjectId" uuid, "keyId" uuid, length int, tip bytea, flagged boolean)
    where c.subject_id = h."subjectId"`);
}

/** One entry as it stands in its row: the record without what is sealed, its link, and the sealed rest. */
export interface LedgerRow {
  readonly subjectId: string;
  readonly sequence: number;
  readonly id: string;
  readonly previous: Buffer;
  readonly commitment: Buffer;
  readonly hash: Buffer;
  readonly state: ConsentRecord["state"];
  readonly purposeId: string;
  readonly purposeVersion: number | null;
  readonly channel: ConsentRecord["channel"];
  readonly recipientId: string | null;
  readonly regime: ConsentRecord["regime"];
  readonly separateConsent: ConsentRecord["separateConsent"];
  readonly refersTo: string | null;
  readonly noticeId: string | null;
  readonly noticeVersion: number | null;
  readonly noticeLocale: string | null;
  readonly noticeSha256: Buffer | null;
  readonly conflictShown: boolean;
  readonly validUntil: Date | null;
  readonly recordedAt: Date;
  readonly occurredAt: Date | null;
  readonly clock: ConsentRecord["clock"];
  readonly method: ConsentRecord["method"];
  readonly sourceId: string | null;
  readonly storeId: string | null;
  readonly actorKind: ConsentRecord["actor"]["kind"];
  readonly signal: ConsentRecord["signal"];
  readonly prompt: ConsentRecord["prompt"];
  readonly doubleOptIn: ConsentRecord["proof"]["doubleOptIn"];
  readonly byGuardian: boolean;
  readonly keyId: string | null;
  readonly cell: Buffer | null;
}

const columns = sql`subject_id as "subjectId", sequence, record_id as id, previous, commitment, hash, state,
  purpose_id as "purposeId", purpose_version as "purposeVersion", channel, recipient_id as "recipientId", regime,
  separate_consent as "separateConsent", refers_to as "refersTo", notice_id as "noticeId", notice_version as "noticeVersion",
  notice_locale as "noticeLocale", notice_sha256 as "noticeSha256", conflict_shown as "conflictShown",
  valid_until as "validUntil", recorded_at as "recordedAt", occurred_at as "occurredAt", clock, method,
  source_id as "sourceId", store_id as "storeId", actor_kind as "actorKind", signal, prompt,
  double_opt_in as "doubleOptIn", by_guardian as "byGuardian", key_id as "keyId", cell`;

/** All entries of some subjects, each subject's in the order of its chain. */
export async function readLedger(db: Reader, subjectIds: readonly string[]): Promise<LedgerRow[]> {
  if (subjectIds.length === 0) return [];
  return db.query<LedgerRow>(sql`
    select ${columns} from consent_record where subject_id = any(${uuids(subjectIds)})
    order by subject_id, sequence`);
}

/** What to read of the ledger for people to look at. */
export interface LedgerPage {
  /** The purposes about which entries are shown, beside those about every purpose at once; null for all. */
  readonly purposes: readonly string[] | null;
  /** Entries recorded then or before. */
  readonly until: Date | null;
  readonly before: Place | null;
  readonly limit: number;
}

/** A page of some subjects' entries, the newest first. */
export async function readLedgerPage(
  db: Reader,
  subjectIds: readonly string[],
  ask: LedgerPage,
): Promise<LedgerRow[]> {
  const { purposes, until, before } = ask;
  return db.query<LedgerRow>(sql`
    select ${columns} from consent_record
    where subject_id = any(${uuids(subjectIds)})
      ${purposes === null ? empty : sql`and (purpose_id like '*%' or purpose_id = any(${[...purposes]}::text[]))`}
      ${until === null ? empty : sql`and recorded_at <= ${until}::timestamptz`}
      ${
        before === null
          ? empty
          : sql`and (recorded_at, record_id) < (${before.at}::timestamptz, ${before.id}::uuid)`
      }
    order by recorded_at desc, record_id desc limit ${ask.limit}`);
}

export async function findRecord(db: Reader, recordId: string): Promise<LedgerRow | null> {
  const [row] = await db.query<LedgerRow>(
    sql`select ${columns} from consent_record where record_id = ${recordId}::uuid`,
  );
  return row ?? null;
}

/** Which of these MACs have been recorded on their subjects before. The chains are locked, so the answer holds. */
export async function findRecordedMacs(
  tx: Tx,
  wanted: readonly { subjectId: string; mac: Buffer }[],
): Promise<Set<string>> {
  if (wanted.length === 0) return new Set();
  const batch = wanted.map((w) => ({ s: w.subjectId, m: hex(w.mac) }));
  const found = await tx.query<{ s: string; m: Buffer }>(sql`
    select subject_id as s, dedupe_mac as m from consent_record
    where (subject_id, dedupe_mac) in (select s, m from jsonb_to_recordset(${rows(batch)}::jsonb) as w(s uuid, m bytea))`);
  return new Set(found.map((f) => `${f.s}|${f.m.toString("hex")}`));
}

/** A record with its link, ready to be appended. */
export interface NewEntry {
  readonly record: ConsentRecord;
  readonly link: ChainLink;
  readonly salt: Buffer;
  readonly dedupeMac: Buffer | null;
  readonly keyId: string;
  readonly cell: Buffer;
}

export async function appendEntries(tx: Tx, entries: readonly NewEntry[]): Promise<void> {
  const batch = entries.map(({ record: r, link, dedupeMac, keyId, cell }) => ({
    subject_id: r.subjectId,
    sequence: link.sequence,
    record_id: r.id,
    previous: `\\x${link.previous}`,
    commitment: `\\x${link.commitment}`,
    hash: `\\x${link.hash}`,
    state: r.state,
    purpose_id: r.purposeId,
    purpose_version: r.purposeVersion,
    channel: r.channel,
    recipient_id: r.recipientId,
    regime: r.regime,
    separate_consent: r.separateConsent,
    refers_to: r.refersTo,
    notice_id: r.notice?.id ?? null,
    notice_version: r.notice?.version ?? null,
    notice_locale: r.notice?.locale ?? null,
    notice_sha256: r.notice === null ? null : `\\x${r.notice.sha256}`,
    conflict_shown: r.conflictShown,
    valid_until: r.validUntil,
    recorded_at: r.recordedAt,
    occurred_at: r.occurredAt,
    clock: r.clock,
    method: r.method,
    source_id: r.sourceId,
    store_id: r.storeId,
    actor_kind: r.actor.kind,
    signal: r.signal,
    prompt: r.prompt,
    double_opt_in: r.proof.doubleOptIn,
    by_guardian: r.proof.guardian !== null,
    dedupe_mac: dedupeMac === null ? null : hex(dedupeMac),
    key_id: keyId,
    cell: hex(cell),
  }));
  await tx.query(sql`
    insert into consent_record (subject_id, sequence, record_id, previous, commitment, hash, state, purpose_id, purpose_version,
      channel, recipient_id, regime, separate_consent, refers_to, notice_id, notice_version, notice_locale, notice_sha256,
      conflict_shown, valid_until, recorded_at, occurred_at, clock, method, source_id, store_id, actor_kind, signal, prompt,
      double_opt_in, by_guardian, dedupe_mac, key_id, cell)
    select subject_id, sequence, record_id, previous, commitment, hash, state, purpose_id, purpose_version,
      channel, recipient_id, regime, separate_consent, refers_to, notice_id, notice_version, notice_locale, notice_sha256,
      conflict_shown, valid_until, recorded_at, occurred_at, clock, method, source_id, store_id, actor_kind, signal, prompt,
      double_opt_in, by_guardian, dedupe_mac, key_id, cell
    from jsonb_to_recordset(${rows(batch)}::jsonb) as r(subject_id uuid, sequence int, record_id uuid, previous bytea,
      commitment bytea, hash bytea, state text, purpose_id text, purpose_version int, channel text, recipient_id text,
      regime text, separate_consent text, refers_to uuid, notice_id text, notice_version int, notice_locale text,
      notice_sha256 bytea, conflict_shown boolean, valid_until timestamptz, recorded_at timestamptz, occurred_at timestamptz,
      clock text, method text, source_id uuid, store_id text, actor_kind text, signal jsonb, prompt jsonb,
      double_opt_in text, by_guardian boolean, dedupe_mac bytea, key_id uuid, cell bytea)`);
  await tx.query(sql`
    insert into consent_salt (subject_id, sequence, salt)
    select s, n, salt from jsonb_to_recordset(${rows(
      entries.map(({ link, salt }) => ({ s: link.subjectId, n: link.sequence, salt: hex(salt) })),
    )}::jsonb) as t(s uuid, n int, salt bytea)`);
}

/** The salts that are still there, by subject and sequence. */
export async function readSalts(
  db: Reader,
  subjectIds: readonly string[],
): Promise<{ subjectId: string; sequence: number; salt: Buffer }[]> {
  return db.query(sql`
    select subject_id as "subjectId", sequence, salt from consent_salt
    where subject_id = any(${[...subjectIds]}::uuid[])`);
}

/** Whether anybody at all was ever restricted or erased: most installations can say no without looking further. */
export async function isAnyoneFlagged(db: Reader): Promise<boolean> {
  const [row] = await db.query<{ any: boolean }>(
    sql`select exists (select 1 from consent_chain where flagged) as any`,
  );
  return row?.any ?? false;
}

/** Clears a subject's ledger of what is personal, under a certificate that names it. Answers how many entries. */
export async function eraseLedger(tx: Tx, subjectId: string, certificateId: string): Promise<number> {
  const [row] = await tx.query<{ n: number }>(
    sql`select erase_consent(${subjectId}::uuid, ${certificateId}::uuid) as n`,
  );
  return row?.n ?? 0;
}

/** Issues the certificate under which these subjects may be erased. */
export async function insertCertificate(
  tx: Tx,
  certificate: { id: string; subjects: readonly string[]; at: Date },
): Promise<void> {
  await tx.query(sql`
    insert into erasure_certificate (certificate_id, subjects, issued_at)
    values (${certificate.id}::uuid, ${[...certificate.subjects]}::uuid[], ${certificate.at})`);
}
