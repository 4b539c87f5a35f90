import { type Db, empty, rows, type Sql, sql, type Tx } from "../db/index.ts";
import { compileRule } from "./compile-rule.store.ts";
import { type LevelFact, suitsProfiled } from "./facts.ts";
import type { Rule } from "./rule.schema.ts";

type Reader = Pick<Tx, "query">;
type Counts = Readonly<Record<string, number>>;

export interface SegmentRow {
  readonly id: string;
  readonly name: string;
  readonly purposeId: string;
  readonly rule: Rule;
  readonly state: "active" | "ended";
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly evaluatedAt: Date | null;
}

/** One row of `segment_fact`, as its columns are named. */
export interface FactRow {
  readonly member_id: string;
  readonly allowed: readonly string[];
  readonly profiled: boolean;
  readonly age_band: string | null;
  readonly country: string | null;
  readonly region: string | null;
  readonly language: string | null;
  readonly home_store: string | null;
  readonly joined_on: string | null;
  readonly first_seen: string | null;
  readonly last_seen: string | null;
  readonly orders: number | null;
  readonly returns: number | null;
  readonly first_order_on: string | null;
  readonly last_order_on: string | null;
  readonly spend: Counts | null;
  readonly stores: Counts | null;
  readonly categories: Counts | null;
  readonly channels: Counts | null;
  readonly loyalty: LevelFact | null;
}

const columns = sql`segment_id as id, name, purpose_id as "purposeId", rule, state, created_at as "createdAt",
  updated_at as "updatedAt", evaluated_at as "evaluatedAt"`;

/** Inserts a segment; false when another active one has its name. */
export async function insertSegment(
  tx: Tx,
  s: { id: string; name: string; purposeId: string; rule: Rule; at: Date },
): Promise<boolean> {
  const done = await tx.query(sql`
    insert into segment (segment_id, name, purpose_id, rule, created_at, updated_at)
    values (${s.id}::uuid, ${s.name}, ${s.purposeId}, ${JSON.stringify(s.rule)}::jsonb, ${s.at}, ${s.at})
    on conflict (name) where state = 'active' do nothing returning 1`);
  return done.length === 1;
}

export async function updateSegment(
  tx: Tx,
  id: string,
  s: { name: string; purposeId: string; rule: Rule; at: Date },
): Promise<void> {
  await tx.query(sql`
    update segment set name = ${s.name}, purpose_id = ${s.purposeId}, rule = ${JSON.stringify(s.rule)}::jsonb,
      updated_at = ${s.at}, evaluated_at = null
    where segment_id = ${id}::uuid`);
}

/** Ends a segment and forgets who was in it; answers who was. */
export async function endSegment(tx: Tx, id: string, at: Date): Promise<string[]> {
  await tx.query(sql`update segment set state = 'ended', updated_at = ${at} where segment_id = ${id}::uuid`);
  const left = await tx.query<{ id: string }>(
    sql`delete from segment_member where segment_id = ${id}::uuid returning member_id as id`,
  );
  return left.map((r) => r.id);
}

export async function findSegment(db: Reader, id: string, lock = false): Promise<SegmentRow | null> {
  const [row] = await db.query<SegmentRow>(
    sql`select ${columns} from segment where segment_id = ${id}::uuid ${lock ? sql`for update` : empty}`,
  );
  return row ?? null;
}

/** Whether an active segment other than this one has the name. */
export async function isNameTaken(db: Reader, name: string, butOf: string): Promise<boolean> {
  const found = await db.query(
    sql`select 1 from segment where name = ${name} and state = 'active' and segment_id <> ${butOf}::uuid`,
  );
  return found.length > 0;
}

/** Active segments, a page at a time in the order of their ids. */
export async function listSegments(
  db: Pick<Db, "query">,
  page: { readonly after: string | null; readonly limit: number },
): Promise<(SegmentRow & { readonly count: number })[]> {
  return db.query(sql`
    select ${columns}, (select count(*) from segment_member m where m.segment_id = segment.segment_id) as count
    from segment where state = 'active'
      and segment_id > coalesce(${page.after}::uuid, '00000000-0000-0000-0000-000000000000')
    order by segment_id limit ${page.limit}`);
}

export async function readActiveSegments(db: Reader): Promise<SegmentRow[]> {
  return db.query<SegmentRow>(sql`select ${columns} from segment where state = 'active' order by segment_id`);
}

/** Takes the place of what was kept of these members; whoever has no row among `facts` keeps none. */
export async function saveFacts(
  tx: Tx,
  facts: readonly FactRow[],
  memberIds: readonly string[],
  at: Date,
): Promise<void> {
  const kept = facts.map((f) => f.member_id);
  await tx.query(sql`
    delete from segment_fact where member_id = any(${[...memberIds]}::uuid[]) and member_id <> all(${kept}::uuid[])`);
  if (facts.length === 0) return;
  await tx.query(sql`
    insert into segment_fact (member_id, allowed, profiled, age_band, country, region, language, home_store, joined_on, first_seen,
      last_seen, orders, returns, first_order_on, last_order_on, spend, stores, categories, channels, loyalty, refreshed_at)
    select member_id, allowed, profiled, age_band, country, region, language, home_store, joined_on, first_seen, last_seen,
      orders, returns, first_order_on, last_order_on, spend, stores, categories, channels, loyalty, ${at}
    from jsonb_to_recordset(${rows(facts)}::jsonb) as f(member_id uuid, allowed text[], profiled boolean, age_band text,
      country text, region text, language text, home_store text, joined_on date, first_seen timestamptz, last_seen timestamptz, orders int,
      returns int, first_order_on date, last_order_on date, spend jsonb, stores jsonb, categories jsonb, channels jsonb,
      loyalty jsonb)
    on conflict (member_id) do update set allowed = excluded.allowed, profiled = excluded.profiled, age_band = excluded.age_band,
      country = excluded.country, region = excluded.region, language = excluded.language,
      home_store = excluded.home_store, joined_on = excluded.joined_on, first_seen = excluded.first_seen,
      last_seen = excluded.last_seen, orders = excluded.orders, returns = excluded.returns,
      first_order_on = excluded.first_order_on, last_order_on = excluded.last_order_on, spend = excluded.spend,
      stores = excluded.stores, categories = excluded.categories, channels = excluded.channels,
      loyalty = excluded.loyalty, refreshed_at = excluded.refreshed_at`);
}

/** Forgets members that are no more: merged into others, or erased. */
export async function forgetMembers(tx: Tx, memberIds: readonly string[]): Promise<void> {
  if (memberIds.length === 0) return;
  await tx.query(sql`delete from segment_fact where member_id = any(${[...memberIds]}::uuid[])`);
  await tx.query(sql`delete from segment_member where member_id = any(${[...memberIds]}::uuid[])`);
}

/** Whom a segment may ask about, of `segment_fact f`; see `mayAsk` in facts.ts, which decides the same anew. */
function askable(segment: Pick<SegmentRow, "purposeId" | "rule">): Sql {
  const allowed = sql`${segment.purposeId} = any(f.allowed)`;
  return suitsProfiled(segment) ? sql`(${allowed} or f.profiled)` : allowed;
}

function fits(
  segment: Pick<SegmentRow, "purposeId" | "rule">,
  at: Date,
  memberIds: readonly string[] | null,
): Sql {
  return sql`select f.member_id from segment_fact f
    where ${askable(segment)}
      ${memberIds === null ? empty : sql`and f.member_id = any(${[...memberIds]}::uuid[])`}
      and ${compileRule(segment.rule, at)}`;
}

/**
 * Brings a segment's membership up to date, for some members or (null) for all, with one statement. Answers those who
 * came in or left.
 */
export async function evaluateSegment(
  tx: Tx,
  segment: Pick<SegmentRow, "id" | "purposeId" | "rule">,
  memberIds: readonly string[] | null,
  at: Date,
): Promise<string[]> {
  const among = memberIds === null ? empty : sql`and m.member_id = any(${[...memberIds]}::uuid[])`;
  const changed = await tx.query<{ id: string }>(sql`
    with fit as materialized (${fits(segment, at, memberIds)}),
    gone as (
      delete from segment_member m where m.segment_id = ${segment.id}::uuid ${among}
        and not exists (select 1 from fit where fit.member_id = m.member_id)
      returning m.member_id),
    come as (
      insert into segment_member (segment_id, member_id, since)
      select ${segment.id}::uuid, member_id, ${at}::timestamptz from fit
      on conflict (segment_id, member_id) do nothing returning member_id)
    select member_id as id from gone union all select member_id from come`);
  if (memberIds === null)
    await tx.query(sql`update segment set evaluated_at = ${at} where segment_id = ${segment.id}::uuid`);
  return changed.map((r) => r.id);
}

/** How many members fit a rule now, and of how many it may be asked for that purpose. */
export async function countFitting(
  db: Reader,
  ask: { readonly purposeId: string; readonly rule: Rule },
  at: Date,
): Promise<{ count: number; total: number }> {
  const [row] = await db.query<{ count: number; total: number }>(sql`
    select (select count(*) from (${fits(ask, at, null)}) fit) as count,
      (select count(*) from segment_fact f where ${askable(ask)}) as total`);
  return row ?? { count: 0, total: 0 };
}

export async function countMembers(
  db: Reader,
  segment: Pick<SegmentRow, "id" | "purposeId" | "rule">,
): Promise<{ count: number; total: number }> {
  const [row] = await db.query<{ count: number; total: number }>(sql`
    select (select count(*) from segment_member m where m.segment_id = ${segment.id}::uuid) as count,
      (select count(*) from segment_fact f where ${askable(segment)}) as total`);
  return row ?? { count: 0, total: 0 };
}

/** Members of a segment after an id, in the order of their ids. */
export async function readSegmentMembers(
  db: Reader,
  id: string,
  page: { readonly after: string | null; readonly limit: number },
): Promise<{ memberId: string; since: Date }[]> {
  return db.query(sql`
    select member_id as "memberId", since from segment_member
    where segment_id = ${id}::uuid and member_id > coalesce(${page.after}::uuid, '00000000-0000-0000-0000-000000000000')
    order by member_id limit ${page.limit}`);
}

/** The active segments some members are in. */
export async function readSegmentsOf(
  db: Reader,
  memberIds: readonly string[],
): Promise<{ memberId: string; id: string; name: string; purposeId: string; since: Date }[]> {
  if (memberIds.length === 0) return [];
  return db.query(sql`
    select m.member_id as "memberId", s.segment_id as id, s.name, s.purpose_id as "purposeId", m.since
    from segment_member m join segment s using (segment_id)
    where m.member_id = any(${[...memberIds]}::uuid[]) and s.state = 'active' order by m.member_id, s.name`);
}

/** Members whose facts were last written before a moment, oldest first. */
export async function readStaleFacts(db: Reader, before: Date, limit: number): Promise<string[]> {
  const found = await db.query<{ id: string }>(sql`
    select member_id as id from segment_fact where refreshed_at < ${before} order by refreshed_at limit ${limit}`);
  return found.map((r) => r.id);
}
