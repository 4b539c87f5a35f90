import { type Db, hex, rows, sql, type Tx } from "../db/index.ts";
import {
  EMPTY_LEDGER,
  type Erasure,
  type LedgerEntry,
  type LedgerHead,
  type ListedIdentifier,
} from "./erasure-ledger.ts";

type Queries = Pick<Db, "query">;

/** Advisory lock of the keystore: one appends at a time. */
const LEDGER_LOCK = 7_226_334;

/** Holds the ledger until the transaction ends. A statement of its own, so that the next sees what others committed. */
export async function lockLedger(tx: Tx): Promise<void> {
  await tx.query(sql`select pg_advisory_xact_lock(${LEDGER_LOCK})`);
}

export async function readLedgerHead(db: Queries): Promise<LedgerHead> {
  const [row] = await db.query<LedgerHead>(
    sql`select seq, hash from erasure_ledger order by seq desc limit 1`,
  );
  return row ?? EMPTY_LEDGER;
}

export async function findErased(db: Queries, subjectIds: readonly string[]): Promise<string[]> {
  const found = await db.query<{ id: string }>(sql`
    select subject_id as id from erasure_ledger where subject_id = any(${[...subjectIds]}::uuid[])`);
  return found.map((row) => row.id);
}

interface ListedText {
  readonly mac: string;
  readonly strength: ListedIdentifier["strength"];
  readonly erasedAt: string;
  readonly rejoinedAt: string | null;
}

/** What a ledger's file says of a listed identifier. */
export function listedFrom(text: ListedText): ListedIdentifier {
  return {
    mac: Buffer.from(text.mac, "hex"),
    strength: text.strength,
    erasedAt: new Date(text.erasedAt),
    rejoinedAt: text.rejoinedAt === null ? null : new Date(text.rejoinedAt),
  };
}

export async function readLedger(db: Queries, after: number, limit: number): Promise<LedgerEntry[]> {
  const found = await db.query<LedgerEntry & { readonly listed: readonly ListedText[] }>(sql`
    select e.seq, e.subject_id as "subjectId", e.key_ids as "keyIds", e.run_id as "runId", e.reason, e.erased_at as at,
      e.hash, (
        select coalesce(jsonb_agg(jsonb_build_object('mac', encode(l.mac, 'hex'), 'strength', l.strength,
          'erasedAt', l.erased_at, 'rejoinedAt', l.rejoined_at) order by l.mac), '[]')
        from erasure_listed l where l.run_id = e.run_id) as listed
    from erasure_ledger e where e.seq > ${after} order by e.seq limit ${limit}`);
  return found.map((e) => ({ ...e, listed: e.listed.map(listedFrom) }));
}

/** Keeps what runs put on the list of suppressions; a return that was noted stays noted. */
export async function insertListed(tx: Tx, erasures: readonly Erasure[]): Promise<void> {
  const listed = erasures.flatMap((e) =>
    (e.listed ?? []).map((l) => ({
      run: e.runId,
      mac: hex(l.mac),
      strength: l.strength,
      erased: l.erasedAt.toISOString(),
      rejoined: l.rejoinedAt?.toISOString() ?? null,
    })),
  );
  if (listed.length === 0) return;
  await tx.query(sql`
    insert into erasure_listed as e (run_id, mac, strength, erased_at, rejoined_at)
    select distinct on (run, mac) run, mac, strength, erased, rejoined
    from jsonb_to_recordset(${rows(listed)}::jsonb)
      as l(run text, mac bytea, strength text, erased timestamptz, rejoined timestamptz)
    order by run, mac
    on conflict (run_id, mac) do update set rejoined_at = coalesce(e.rejoined_at, excluded.rejoined_at)`);
}

export async function markListedRejoined(db: Queries, runIds: readonly string[], at: Date): Promise<void> {
  await db.query(sql`
    update erasure_listed set rejoined_at = ${at} where run_id = any(${[...runIds]}::text[]) and rejoined_at is null`);
}

/** The entries as the one parameter of an insert. */
function asRows(entries: readonly LedgerEntry[]): string {
  return rows(
    entries.map((e) => ({
      seq: e.seq,
      subject_id: e.subjectId,
      key_ids: e.keyIds,
      run_id: e.runId,
      reason: e.reason,
      erased_at: e.at.toISOString(),
      hash: hex(e.hash),
    })),
  );
}

export async function insertLedger(tx: Tx, entries: readonly LedgerEntry[]): Promise<void> {
  await tx.query(sql`
    insert into erasure_ledger (seq, subject_id, key_ids, run_id, reason, erased_at, hash)
    select seq, subject_id, key_ids, run_id, reason, erased_at, hash
    from jsonb_to_recordset(${asRows(entries)}::jsonb)
      as e(seq bigint, subject_id uuid, key_ids uuid[], run_id text, reason text, erased_at timestamptz, hash bytea)`);
}

// --- The copy in the main store ----------------------------------------------------------------------------

/** Holds the copy until the transaction ends. */
export async function lockLedgerCopy(tx: Tx): Promise<void> {
  await tx.query(sql`select pg_advisory_xact_lock(${LEDGER_LOCK})`);
}

export async function readCopyHead(db: Queries): Promise<LedgerHead> {
  const [row] = await db.query<LedgerHead>(
    sql`select seq, hash from erasure_ledger_copy order by seq desc limit 1`,
  );
  return row ?? EMPTY_LEDGER;
}

export function readCopy(db: Queries, after: number, limit: number): Promise<LedgerEntry[]> {
  return db.query<LedgerEntry>(sql`
    select seq, subject_id as "subjectId", key_ids as "keyIds", run_id as "runId", reason, erased_at as at, hash
    from erasure_ledger_copy where seq > ${after} order by seq limit ${limit}`);
}

/** The hash of one entry of the keystore's ledger; null when it has none of that number. */
export async function readLedgerHash(db: Queries, seq: number): Promise<Buffer | null> {
  const [row] = await db.query<{ hash: Buffer }>(sql`select hash from erasure_ledger where seq = ${seq}`);
  return row?.hash ?? null;
}

/** Copies entries; `present` are the subjects of which the data still holds rows. */
export async function insertCopy(
  tx: Tx,
  entries: readonly LedgerEntry[],
  present: ReadonlySet<string>,
): Promise<void> {
  await tx.query(sql`
    insert into erasure_ledger_copy (seq, subject_id, key_ids, run_id, reason, erased_at, hash, has_rows)
    select seq, subject_id, key_ids, run_id, reason, erased_at, hash, subject_id = any(${[...present]}::uuid[])
    from jsonb_to_recordset(${asRows(entries)}::jsonb)
      as e(seq bigint, subject_id uuid, key_ids uuid[], run_id text, reason text, erased_at timestamptz, hash bytea)
    order by seq`);
}

/** Entries whose subjects still had rows when they arrived, oldest first. */
export function readWithRows(db: Queries, limit: number): Promise<LedgerEntry[]> {
  return db.query<LedgerEntry>(sql`
    select seq, subject_id as "subjectId", key_ids as "keyIds", run_id as "runId", reason, erased_at as at, hash
    from erasure_ledger_copy where has_rows order by seq limit ${limit}`);
}

/** Notes that no rows of these subjects are left. */
export async function settleRows(tx: Queries, subjectIds: readonly string[]): Promise<void> {
  await tx.query(sql`
    update erasure_ledger_copy set has_rows = false
    where has_rows and subject_id = any(${[...subjectIds]}::uuid[])`);
}
