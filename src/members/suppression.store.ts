import { hex, rows, sql, type Tx } from "../db/index.ts";

type Reader = Pick<Tx, "query">;

export interface SuppressionRow {
  readonly mac: Buffer;
  readonly runId: string;
  readonly strength: "strong" | "weak";
  readonly erasedAt: Date;
  readonly rejoinedAt: Date | null;
}

const LOCK = 7_226_341;

/** Waits for suppressions that are being written, and lets none begin before the end of the transaction. */
export async function shareSuppressions(db: Reader): Promise<void> {
  await db.query(sql`select pg_advisory_xact_lock_shared(${LOCK})`);
}

/** Waits until no transaction is storing events, and lets none begin before the end of this one. */
export async function lockSuppressions(tx: Tx): Promise<void> {
  await tx.query(sql`select pg_advisory_xact_lock(${LOCK})`);
}

/** Whether anybody was ever erased: most installations say no without looking further. */
export async function hasSuppressions(db: Reader): Promise<boolean> {
  const [row] = await db.query<{ any: boolean }>(sql`select exists (select 1 from suppression) as any`);
  return row?.any ?? false;
}

export async function readSuppressions(db: Reader, macs: readonly string[]): Promise<SuppressionRow[]> {
  if (macs.length === 0) return [];
  return db.query<SuppressionRow>(sql`
    select mac, run_id as "runId", strength, erased_at as "erasedAt", rejoined_at as "rejoinedAt"
    from suppression
    where mac in (select m from jsonb_to_recordset(${rows(macs.map((m) => ({ m: `\\x${m}` })))}::jsonb) as t(m bytea))`);
}

/** Puts identifiers on the list; those of one run that are on it already stay as they are. */
export async function insertSuppressions(
  tx: Tx,
  entries: readonly Pick<SuppressionRow, "mac" | "runId" | "strength">[],
  at: Date,
): Promise<void> {
  if (entries.length === 0) return;
  const batch = entries.map((e) => ({ mac: hex(e.mac), run: e.runId, strength: e.strength }));
  await tx.query(sql`
    insert into suppression (mac, run_id, strength, erased_at)
    select distinct on (mac, run) mac, run, strength, ${at}::timestamptz
    from jsonb_to_recordset(${rows(batch)}::jsonb) as n(mac bytea, run uuid, strength text)
    order by mac, run, strength
    on conflict (mac, run_id) do nothing`);
}

/** Puts entries back on the list as they were, after a restore; those that are there stay as they are. */
export async function restoreSuppressions(tx: Tx, entries: readonly SuppressionRow[]): Promise<void> {
  if (entries.length === 0) return;
  const batch = entries.map((e) => ({
    mac: hex(e.mac),
    run: e.runId,
    strength: e.strength,
    erased: e.erasedAt.toISOString(),
    rejoined: e.rejoinedAt?.toISOString() ?? null,
  }));
  await tx.query(sql`
    insert into suppression (mac, run_id, strength, erased_at, rejoined_at)
    select distinct on (mac, run) mac, run, strength, erased, rejoined
    from jsonb_to_recordset(${rows(batch)}::jsonb)
      as n(mac bytea, run uuid, strength text, erased timestamptz, rejoined timestamptz)
    order by mac, run
    on conflict (mac, run_id) do nothing`);
}

/** What these runs put on the list. */
export async function readSuppressionsOfRuns(
  db: Reader,
  runIds: readonly string[],
): Promise<SuppressionRow[]> {
  return db.query<SuppressionRow>(sql`
    select mac, run_id as "runId", strength, erased_at as "erasedAt", rejoined_at as "rejoinedAt"
    from suppression where run_id::text = any(${[...runIds]}::text[]) order by run_id, mac`);
}

/** Lets the people of these runs join again from a moment on; answers how many entries that changed. */
export async function markRejoined(tx: Tx, runIds: readonly string[], at: Date): Promise<number> {
  if (runIds.length === 0) return 0;
  const done = await tx.query(sql`
    update suppression set rejoined_at = ${at}
    where run_id = any(${[...runIds]}::uuid[]) and rejoined_at is null returning 1`);
  return done.length;
}

export async function countSuppressions(
  db: Reader,
): Promise<{ entries: number; people: number; rejoined: number }> {
  const [row] = await db.query<{ entries: number; people: number; rejoined: number }>(sql`
    select count(*)::int as entries, count(distinct run_id)::int as people,
      (count(distinct run_id) filter (where rejoined_at is not null))::int as rejoined
    from suppression`);
  return row ?? { entries: 0, people: 0, rejoined: 0 };
}

/** Evidence of some subjects with the sealed value, and whether anybody else names the same identifier. */
export interface HeldIdentifier {
  readonly subjectId: string;
  readonly bi: Buffer;
  readonly kind: string;
  readonly issuer: string;
  readonly class: number;
  readonly cell: Buffer;
  readonly lastMonth: string;
  readonly firstAt: Date;
  readonly shared: boolean;
}

/** One row for each identifier and subject of a set of people: `owner` says which subjects belong together. */
export async function readHeldIdentifiers(
  db: Reader,
  subjects: readonly { readonly subjectId: string; readonly owner: string }[],
): Promise<HeldIdentifier[]> {
  if (subjects.length === 0) return [];
  return db.query<HeldIdentifier>(sql`
    with mine as (
      select s, o from jsonb_to_recordset(${rows(subjects.map((s) => ({ s: s.subjectId, o: s.owner })))}::jsonb)
        as m(s uuid, o uuid)
    ), best as (
      select distinct on (e.subject_id, e.bi, e.kind) m.o, e.subject_id, e.bi, e.kind, e.issuer, e.class, e.cell,
        max(e.last_month) over (partition by e.subject_id, e.bi) as last_month,
        min(e.first_at) over (partition by e.subject_id, e.bi) as first_at
      from evidence e join mine m on m.s = e.subject_id
      order by e.subject_id, e.bi, e.kind, e.class
    )
    select b.subject_id as "subjectId", b.bi, b.kind, b.issuer, b.class::int as class, b.cell,
      b.last_month::text as "lastMonth", b.first_at as "firstAt",
      exists (
        select 1 from evidence x
        where x.bi = b.bi and not exists (select 1 from mine y where y.s = x.subject_id and y.o = b.o)
        offset 0) as shared
    from best b`);
}
