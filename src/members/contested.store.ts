import { hex, rows, sql, type Tx } from "../db/index.ts";

type Reader = Pick<Tx, "query">;

export interface ContestedRow {
  readonly bi: Buffer;
  readonly level: number;
  readonly kind: string;
  readonly issuer: string;
  readonly rule: string;
  readonly parties: readonly string[];
  readonly partyCount: number;
  readonly review: boolean;
}

/** How many parties of a contested identifier are listed; the count is always whole. */
export const LISTED_PARTIES = 20;

/**
 * Replaces what is contested among these identifiers: rows no longer contested go, the others are written,
 * keeping the time since when they are. An identifier once shared by too many stays closed at that level: its
 * subjects are no longer loaded together, so nothing here could tell that it is open again. Closed at a stronger level,
 * it is closed at that one alone: whether it was closed at a weaker one first is a matter of arrival.
 */
export async function replaceContested(
  tx: Tx,
  considered: readonly Buffer[],
  found: readonly ContestedRow[],
  at: Date,
): Promise<void> {
  const batch = found.map((c) => ({
    bi: hex(c.bi),
    level: c.level,
    kind: c.kind,
    issuer: c.issuer,
    rule: c.rule,
    parties: c.parties,
    n: c.partyCount,
    review: c.review,
  }));
  await tx.query(sql`
    delete from contested c
    using (select bi from jsonb_to_recordset(${rows(considered.map((b) => ({ bi: hex(b) })))}::jsonb) as n(bi bytea)) n
    where c.bi = n.bi and (
      (c.rule <> 'degree-exceeded' and not exists (
        select 1 from jsonb_to_recordset(${rows(batch)}::jsonb) as f(bi bytea, level smallint)
        where f.bi = c.bi and f.level = c.level))
      or (c.rule = 'degree-exceeded' and exists (
        select 1 from jsonb_to_recordset(${rows(batch)}::jsonb) as f(bi bytea, level smallint, rule text)
        where f.bi = c.bi and f.level < c.level and f.rule = 'degree-exceeded')))`);
  if (batch.length === 0) return;
  await tx.query(sql`
    insert into contested as c (bi, level, kind, issuer, rule, parties, party_count, review, since)
    select bi, level, kind, issuer, rule, array(select jsonb_array_elements_text(parties))::uuid[], n, review, ${at}::timestamptz
    from jsonb_to_recordset(${rows(batch)}::jsonb) as f(
      bi bytea, level smallint, kind text, issuer text, rule text, parties jsonb, n int, review boolean)
    on conflict (bi, level) do update set rule = excluded.rule, parties = excluded.parties,
      party_count = excluded.party_count, review = excluded.review, kind = excluded.kind, issuer = excluded.issuer`);
}

/**
 * Brings the parties of identifiers that are closed for their degree up to date, without loading what they join:
 * everybody who ever named them, since nobody looks again when evidence on them expires.
 */
export async function refreshClosed(tx: Tx, bis: readonly Buffer[]): Promise<void> {
  if (bis.length === 0) return;
  // First the locks, then the count: an update that waits for another's would still count with the snapshot it began
  // with, and put back a number from before the other's evidence.
  await tx.query(sql`
    select 1 from contested c
    where c.bi in (select bi from jsonb_to_recordset(${rows(bis.map((b) => ({ bi: hex(b) })))}::jsonb) as n(bi bytea))
      and c.rule = 'degree-exceeded'
    order by c.bi, c.level for update`);
  await tx.query(sql`
    update contested c set
      (kind, issuer) = (select e.kind, e.issuer from evidence e where e.bi = c.bi and e.class <= c.level
        order by e.class, e.kind, e.issuer limit 1),
      party_count = (select count(distinct e.subject_id) from evidence e where e.bi = c.bi),
      parties = array(
        select p.subject_id from (select distinct e.subject_id, s.anchor_bi from evidence e join subject s using (subject_id)
          where e.bi = c.bi order by s.anchor_bi limit ${LISTED_PARTIES}) p)
    from (select bi from jsonb_to_recordset(${rows(bis.map((b) => ({ bi: hex(b) })))}::jsonb) as n(bi bytea)) n
    where c.bi = n.bi and c.rule = 'degree-exceeded'`);
}

export interface ReviewRow extends ContestedRow {
  readonly since: Date;
}

/** Contested identifiers a person should look at, in a stable order, a page at a time. */
export async function readReview(
  db: Reader,
  page: { limit: number; after?: { bi: Buffer; level: number }; rule?: string; parties?: readonly string[] },
): Promise<ReviewRow[]> {
  const after = page.after ?? { bi: Buffer.alloc(0), level: 0 };
  return db.query<ReviewRow>(sql`
    select bi, level::int as level, kind, issuer, rule, parties, party_count as "partyCount", review, since
    from contested
    where review and (bi, level) > (${after.bi}::bytea, ${after.level}::smallint)
      and (${page.rule ?? null}::text is null or rule = ${page.rule ?? null})
      ${page.parties === undefined ? sql`` : sql`and parties && ${[...page.parties]}::uuid[]`}
    order by bi, level
    limit ${page.limit}`);
}

/** What is contested among the identifiers of some subjects. */
export async function readContestedOf(
  db: Reader,
  subjectIds: readonly string[],
): Promise<Pick<ReviewRow, "bi" | "rule" | "level">[]> {
  return db.query(sql`
    select c.bi, c.rule, c.level::int as level from contested c
    where c.bi in (select e.bi from evidence e where e.subject_id = any(${[...subjectIds]}::uuid[]))
    order by c.bi, c.level desc`);
}
