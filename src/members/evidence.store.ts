import { byteStrings, column, empty, sql, type Tx, uuids } from "../db/index.ts";

type Reader = Pick<Tx, "query">;

export interface EvidenceRow {
  readonly subjectId: string;
  readonly bi: Buffer;
  readonly kind: string;
  readonly issuer: string;
  readonly class: number;
  readonly sourceId: string;
  readonly firstAt: Date;
  readonly firstEvent: string;
  /** First day of the month in which it was last named. */
  readonly lastMonth: string;
  readonly cell: Buffer;
}

export type EvidenceKey = Omit<EvidenceRow, "cell">;

const columns = sql`e.subject_id as "subjectId", e.bi, e.kind, e.issuer, e.class::int as class, e.source_id as "sourceId",
  e.first_at as "firstAt", e.first_event as "firstEvent", e.last_month::text as "lastMonth"`;

/**
 * Which of these observations say more than is known: their positions in the batch, and whether anything was known of
 * them at all. One look-up each (`offset 0`, as below), so that what is known need not travel.
 */
export async function findNewEvidence(
  tx: Tx,
  wanted: readonly EvidenceKey[],
): Promise<{ at: number; known: boolean }[]> {
  if (wanted.length === 0) return [];
  return tx.query(sql`
    select w.n::int - 1 as at, e.last_month is not null as known
    from unnest(
      ${column.uuid(wanted, (e) => e.subjectId)}, ${column.bytea(wanted, (e) => e.bi)},
      ${column.text(wanted, (e) => e.kind)}, ${column.smallint(wanted, (e) => e.class)},
      ${column.uuid(wanted, (e) => e.sourceId)}, ${column.time(wanted, (e) => e.firstAt)},
      ${column.uuid(wanted, (e) => e.firstEvent)}, ${column.date(wanted, (e) => e.lastMonth)})
      with ordinality as w(subject_id, bi, kind, class, source_id, first_at, first_event, last_month, n)
    left join lateral (
      select k.first_at, k.first_event, k.last_month from evidence k
      where k.subject_id = w.subject_id and k.bi = w.bi and k.kind = w.kind and k.class = w.class
        and k.source_id = w.source_id
      offset 0) e on true
    where e.last_month is null or e.last_month < w.last_month
      or (w.first_at, w.first_event) < (e.first_at, e.first_event)
    order by w.n`);
}

/** As what these subjects' identifiers are known, one row for each kind and class. */
export async function readKnownAnchors(
  tx: Tx,
  anchors: readonly { readonly subjectId: string; readonly bi: Buffer }[],
): Promise<{ subjectId: string; kind: string; class: number }[]> {
  if (anchors.length === 0) return [];
  return tx.query(sql`
    select distinct e.subject_id as "subjectId", e.kind, e.class::int as class
    from unnest(${column.uuid(anchors, (a) => a.subjectId)}, ${column.bytea(anchors, (a) => a.bi)}) as a(subject_id, bi)
    join evidence e on e.subject_id = a.subject_id and e.bi = a.bi`);
}

/** What is known of these subjects' identifiers, without the sealed values. */
export async function readEvidenceOf(db: Reader, subjectIds: readonly string[]): Promise<EvidenceKey[]> {
  if (subjectIds.length === 0) return [];
  return db.query<EvidenceKey>(
    sql`select ${columns} from evidence e where e.subject_id = any(${uuids(subjectIds)})`,
  );
}

/** The same with the sealed values, in canonical order. */
export async function readSealedEvidence(db: Reader, subjectIds: readonly string[]): Promise<EvidenceRow[]> {
  if (subjectIds.length === 0) return [];
  return db.query<EvidenceRow>(sql`
    select ${columns}, e.cell from evidence e where e.subject_id = any(${[...subjectIds]}::uuid[])
    order by e.class, e.kind, e.issuer, e.bi, e.subject_id, e.source_id`);
}

/** The evidence of the identifiers that anchor subjects, sealed: the strongest of each, by subject. */
export async function readSealedAnchors(
  db: Reader,
  subjectIds: readonly string[],
): Promise<Map<string, EvidenceRow>> {
  if (subjectIds.length === 0) return new Map();
  const found = await db.query<EvidenceRow>(sql`
    select distinct on (e.subject_id) ${columns}, e.cell
    from subject s join evidence e on e.subject_id = s.subject_id and e.bi = s.anchor_bi
    where s.subject_id = any(${uuids(subjectIds)})
    order by e.subject_id, e.class, e.kind, e.issuer, e.source_id`);
  return new Map(found.map((e) => [e.subjectId, e]));
}

/** A page of all sealed values of a kind, one for each subject and value, after a place. */
export async function readSealedOfKind(
  db: Reader,
  kind: string,
  after: { readonly subjectId: string; readonly bi: Buffer } | null,
  limit: number,
): Promise<Pick<EvidenceRow, "subjectId" | "bi" | "cell">[]> {
  const place = after === null ? empty : sql`and (subject_id, bi) > (${after.subjectId}::uuid, ${after.bi})`;
  return db.query(sql`
    select distinct on (subject_id, bi) subject_id as "subjectId", bi, cell from evidence
    where kind = ${kind} ${place} order by subject_id, bi limit ${limit}`);
}

/**
 * Makes identifier nodes and locks them, in the order of their blind index: transactions that add evidence on one
 * identifier take turns, so the later one sees what the earlier one joined.
 */
export async function lockNodes(tx: Tx, bis: readonly Buffer[]): Promise<void> {
  if (bis.length === 0) return;
  await tx.query(sql`
    insert into identifier_node (bi)
    select distinct bi from unnest(${byteStrings(bis)}) as n(bi)
    order by bi
    on conflict (bi) do update set touched = identifier_node.touched`);
}

/** Writes evidence: new rows, and rows whose first or last observation moved. */
export async function saveEvidence(tx: Tx, evidence: readonly EvidenceRow[]): Promise<void> {
  if (evidence.length === 0) return;
  await tx.query(sql`
    insert into evidence as e (subject_id, bi, kind, issuer, class, source_id, first_at, first_event, last_month, cell)
    select * from unnest(
      ${column.uuid(evidence, (e) => e.subjectId)}, ${column.bytea(evidence, (e) => e.bi)},
      ${column.text(evidence, (e) => e.kind)}, ${column.text(evidence, (e) => e.issuer)},
      ${column.smallint(evidence, (e) => e.class)}, ${column.uuid(evidence, (e) => e.sourceId)},
      ${column.time(evidence, (e) => e.firstAt)}, ${column.uuid(evidence, (e) => e.firstEvent)},
      ${column.date(evidence, (e) => e.lastMonth)}, ${column.bytea(evidence, (e) => e.cell)})
    on conflict (subject_id, bi, kind, class, source_id) do update set
      last_month = greatest(e.last_month, excluded.last_month),
      first_event = case when (excluded.first_at, excluded.first_event) < (e.first_at, e.first_event)
        then excluded.first_event else e.first_event end,
      first_at = least(e.first_at, excluded.first_at)`);
}

/** Which of these identifiers more than one subject names. */
export async function findSharedNodes(tx: Tx, bis: readonly Buffer[]): Promise<Buffer[]> {
  if (bis.length === 0) return [];
  const found = await tx.query<{ bi: Buffer }>(sql`
    select n.bi
    from (select distinct bi from unnest(${byteStrings(bis)}) as n(bi)) n
    where exists (
      select 1 from evidence e
      where e.bi = n.bi and e.subject_id <> (select f.subject_id from evidence f where f.bi = n.bi limit 1)
      offset 0)`);
  return found.map((r) => r.bi);
}

/** Those of these subjects that share an identifier with somebody, or that staff confirmed to be somebody else too. */
export async function findTied(tx: Tx, subjectIds: readonly string[]): Promise<string[]> {
  if (subjectIds.length === 0) return [];
  const found = await tx.query<{ id: string }>(sql`
    select t.id from unnest(${[...subjectIds]}::uuid[]) as t(id)
    where exists (
        select 1 from evidence a
        cross join lateral (
          select 1 from evidence b where b.bi = a.bi and b.subject_id <> t.id limit 1 offset 0) other
        where a.subject_id = t.id
        offset 0)
      or exists (
        select 1 from identity_link l where l.kind = 'must' and (l.left_subject = t.id or l.right_subject = t.id))`);
  return found.map((r) => r.id);
}

/**
 * Every subject reachable from the seeds over shared identifiers and staff confirmations, not passing through
 * evidence that is closed: of a blocked identifier, or at a level at which too many subjects share the identifier.
 *
 * Each step is a look-up of its own (`offset 0` keeps the planner from joining whole tables): the embedded engine
 * gathers no statistics, and without them a scan of all evidence looks cheaper to it than a few probes of an index.
 */
export async function readComponent(tx: Tx, seeds: readonly string[]): Promise<string[]> {
  if (seeds.length === 0) return [];
  const found = await tx.query<{ id: string }>(sql`
    with recursive reach(id) as (
      select unnest(${[...seeds]}::uuid[])
      union
      select n.id from reach r cross join lateral (
        select b.subject_id as id
        from evidence a
        cross join lateral (
          select e.subject_id, e.class from evidence e where e.bi = a.bi and e.subject_id <> r.id offset 0) b
        where a.subject_id = r.id
          and not exists (select 1 from contested c where c.bi = a.bi and c.rule = 'degree-exceeded'
            and c.level <= greatest(a.class, b.class) offset 0)
          and not exists (select 1 from identifier_node i where i.bi = a.bi and i.blocked offset 0)
        union all
        select case when l.left_subject = r.id then l.right_subject else l.left_subject end
        from identity_link l where l.kind = 'must' and (l.left_subject = r.id or l.right_subject = r.id)
      ) n
    )
    select id from reach order by id`);
  return found.map((r) => r.id);
}

/** Locks subjects against regrouping by others, in the order of their ids. */
export async function lockSubjects(tx: Tx, subjectIds: readonly string[]): Promise<void> {
  await tx.query(sql`
    select 1 from subject where subject_id = any(${[...subjectIds]}::uuid[]) order by subject_id for update`);
}

/**
 * Identifiers among these subjects' evidence that are closed, and from which class on: 1 for those blocked by staff,
 * else the level at which too many subjects share them.
 */
export async function readClosedNodes(
  tx: Tx,
  subjectIds: readonly string[],
): Promise<{ bi: Buffer; from: number }[]> {
  return tx.query(sql`
    select n.bi, min(n.level)::int as from
    from (
      select e.bi, c.level
      from (select distinct bi from evidence where subject_id = any(${[...subjectIds]}::uuid[])) e
      cross join lateral (
        select c.level from contested c where c.bi = e.bi and c.rule = 'degree-exceeded'
        union all
        select 1 from identifier_node i where i.bi = e.bi and i.blocked
        offset 0) c
    ) n group by n.bi`);
}

export interface LinkRow {
  readonly kind: "cannot" | "must";
  readonly left: string;
  readonly right: string;
}

export async function readLinks(tx: Tx, subjectIds: readonly string[]): Promise<LinkRow[]> {
  return tx.query<LinkRow>(sql`
    select kind, left_subject as "left", right_subject as "right" from identity_link
    where left_subject = any(${[...subjectIds]}::uuid[]) and right_subject = any(${[...subjectIds]}::uuid[])`);
}
