import { empty, rows, type Sql, sql, type Tx } from "../db/index.ts";
import type { HeldAlone } from "./handover.ts";
import type { Rules, TierStructure } from "./rules.ts";
import type { TierState } from "./tiers.ts";

type Reader = Pick<Tx, "query">;

/** A member's tier in one structure as it is stored. */
export interface TierRow {
  readonly memberId: string;
  readonly structure: string;
  readonly mode: "scored" | "published";
  readonly state: TierState;
  /** The purchases that carried it; null when no figure did. */
  readonly carriedBy: { readonly days: number; readonly minor: number } | null;
  readonly fixedUntil: number | null;
  /** Of a member that was joined of several: what each of them held alone. Null: it was always one. */
  readonly parts: readonly HeldAlone[] | null;
}

interface StoredTier {
  readonly memberId: string;
  readonly structure: string;
  readonly mode: "scored" | "published";
  readonly tier: string;
  readonly since: number;
  readonly heldUntil: number;
  readonly breaches: number;
  readonly breachMonth: string | null;
  readonly graceUntil: number | null;
  readonly reachedOn: number | null;
  readonly reachedFrom: string | null;
  readonly reachedDays: number | null;
  readonly reachedMinor: number | null;
  readonly fixedUntil: number | null;
  readonly parts: readonly HeldAlone[] | null;
}

const columns = sql`k.member_id as "memberId", k.structure, k.mode, k.tier, k.since, k.held_until as "heldUntil", k.breaches,
  k.breach_month as "breachMonth", k.grace_until as "graceUntil", k.reached_on as "reachedOn", k.reached_from as "reachedFrom",
  k.reached_days as "reachedDays", k.reached_minor as "reachedMinor", k.fixed_until as "fixedUntil", k.parts`;

function revive(row: StoredTier): TierRow {
  const { memberId, structure, mode, tier, since, heldUntil, breaches, breachMonth, graceUntil } = row;
  return {
    memberId,
    structure,
    mode,
    state: {
      tier,
      since,
      heldUntil,
      breaches,
      breachMonth,
      graceUntil,
      reached: row.reachedOn === null ? null : { on: row.reachedOn, from: row.reachedFrom ?? "" },
    },
    carriedBy: row.reachedDays === null ? null : { days: row.reachedDays, minor: row.reachedMinor ?? 0 },
    fixedUntil: row.fixedUntil,
    parts: row.parts,
  };
}

/** The figure a structure looks at, from `loyalty_score s` and `loyalty_feature f`; see `figureOf` in rescore.ts. */
function figureSql(rules: Rules, structure: TierStructure, day: number): Sql {
  const recent = sql`d > ${day - 365}::int and d <= ${day}::int`;
  if (structure.basis === "visits")
    return sql`(select count(*) from unnest(f.days) d where ${recent})::float8`;
  if (structure.basis === "spend")
    return sql`(select coalesce(sum(v), 0) from unnest(f.days, f.amounts) u(d, v) where ${recent})::float8 / f.unit`;
  const lift =
    structure.upwardOnly && rules.attitude.high < 1
      ? sql`+ 10 * greatest(0, coalesce(s.a, 0) - ${rules.attitude.high}::float8) / ${1 - rules.attitude.high}::float8`
      : empty;
  return sql`((50000000 + 2 * (s.alive_micro + s.rate_micro + s.spend_micro)) / 1e6::float8 ${lift})`;
}

export interface TierCandidate {
  readonly memberId: string;
  readonly figure: number;
  /** Null: the member has no tier in this structure yet. */
  readonly row: TierRow | null;
}

/**
 * Scored members of whom something may change in one structure: those without a tier, with a figure at a higher cut, in
 * breach after their hold, or with a breach to be forgotten. Everybody else stays as he is and is not read. Members
 * whose tier staff has fixed are left out until its day.
 */
export async function findTierCandidates(
  tx: Tx,
  rules: Rules,
  structure: TierStructure,
  memberIds: readonly string[] | null,
  day: number,
  page: { readonly after: string | null; readonly limit: number },
): Promise<TierCandidate[]> {
  const ids = [structure.base.id, ...structure.tiers.map((t) => t.id)];
  const cuts = [-1e12, ...structure.tiers.map((t) => t.cut), 1e12];
  const found = await tx.query<StoredTier & { figure: number; id: string }>(sql`
    select c.id, c.figure, ${columns}
    from (
      select s.member_id as id, ${figureSql(rules, structure, day)} as figure
      from loyalty_score s join loyalty_feature f using (member_id)
      where s.member_id > coalesce(${page.after}::uuid, '00000000-0000-0000-0000-000000000000')
      ${memberIds === null ? empty : sql`and s.member_id = any(${[...memberIds]}::uuid[])`}
    ) c
    left join loyalty_tier k on k.member_id = c.id and k.structure = ${structure.id}
    cross join lateral (select coalesce(array_position(${ids}::text[], k.tier), 1) as at) p
    where (k.fixed_until is null or k.fixed_until <= ${day}::int) and (
      k.member_id is null or k.mode <> 'scored' or k.breaches > 0 or k.grace_until is not null
      or k.fixed_until is not null
      or c.figure >= (${cuts}::float8[])[p.at + 1]
      or (c.figure < (${cuts}::float8[])[p.at] - ${structure.margin}::float8 and k.held_until <= ${day}::int))
    order by c.id limit ${page.limit}`);
  return found.map((row) => ({
    memberId: row.id,
    figure: row.figure,
    row: row.memberId === null ? null : revive(row),
  }));
}

export async function readTiers(db: Reader, memberIds: readonly string[]): Promise<TierRow[]> {
  if (memberIds.length === 0) return [];
  const found = await db.query<StoredTier>(sql`
    select ${columns} from loyalty_tier k where k.member_id = any(${[...memberIds]}::uuid[])
    order by k.member_id, k.structure`);
  return found.map(revive);
}

export async function saveTiers(tx: Tx, tiers: readonly TierRow[]): Promise<void> {
  if (tiers.length === 0) return;
  const batch = tiers.map(({ memberId, structure, mode, state, carriedBy, fixedUntil, parts }) => ({
    member_id: memberId,
    structure,
    mode,
    tier: state.tier,
    since: state.since,
    held_until: state.heldUntil,
    breaches: state.breaches,
    breach_month: state.breachMonth,
    grace_until: state.graceUntil,
    reached_on: state.reached?.on ?? null,
    reached_from: state.reached?.from ?? null,
    reached_days: carriedBy?.days ?? null,
    reached_minor: carriedBy?.minor ?? null,
    fixed_until: fixedUntil,
    parts,
  }));
  await tx.query(sql`
    insert into loyalty_tier (member_id, structure, mode, tier, since, held_until, breaches, breach_month, grace_until,
      reached_on, reached_from, reached_days, reached_minor, fixed_until, parts)
    select member_id, structure, mode, tier, since, held_until, breaches, breach_month, grace_until, reached_on,
      reached_from, reached_days, reached_minor, fixed_until, nullif(parts, 'null'::jsonb)
    from jsonb_to_recordset(${rows(batch)}::jsonb) as t(member_id uuid, structure text, mode text, tier text, since int,
      held_until int, breaches int, breach_month text, grace_until int, reached_on int, reached_from text, reached_days int,
      reached_minor bigint, fixed_until int, parts jsonb)
    on conflict (member_id, structure) do update set mode = excluded.mode, tier = excluded.tier, since = excluded.since,
      held_until = excluded.held_until, breaches = excluded.breaches, breach_month = excluded.breach_month,
      grace_until = excluded.grace_until, reached_on = excluded.reached_on, reached_from = excluded.reached_from,
      reached_days = excluded.reached_days, reached_minor = excluded.reached_minor, fixed_until = excluded.fixed_until,
      parts = excluded.parts`);
}

/** The member that each of these subjects belongs to now; those that are no more are left out. */
export async function readOwners(tx: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const found = await tx.query<{ id: string; owner: string }>(sql`
    select subject_id as id, member_id as owner from subject
    where subject_id = any(${[...ids]}::uuid[]) and state = 'live'`);
  return new Map(found.map((f) => [f.id, f.owner]));
}

/** Deletes single tiers. */
export async function dropTiers(
  tx: Tx,
  tiers: readonly { readonly memberId: string; readonly structure: string }[],
): Promise<void> {
  if (tiers.length === 0) return;
  await tx.query(sql`
    delete from loyalty_tier k using jsonb_to_recordset(${rows(tiers)}::jsonb) as d("memberId" uuid, structure text)
    where k.member_id = d."memberId" and k.structure = d.structure`);
}

export async function deleteTiers(tx: Tx, memberIds: readonly string[]): Promise<void> {
  if (memberIds.length === 0) return;
  await tx.query(sql`delete from loyalty_tier where member_id = any(${[...memberIds]}::uuid[])`);
}

export interface HistoryEntry {
  readonly memberId: string;
  readonly id: string;
  readonly at: Date;
  /** Null: the condition. */
  readonly structure: string | null;
  readonly before: string | null;
  readonly after: string | null;
  readonly reason: string;
  readonly figure: number | null;
  readonly modelId: string | null;
  readonly rulesVersion: number | null;
}

export async function insertHistory(tx: Tx, entries: readonly HistoryEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await tx.query(sql`
    insert into loyalty_history (member_id, entry_id, at, structure, before, after, reason, figure, model_id, rules_version)
    select "memberId", id, at, structure, before, after, reason, figure, "modelId", "rulesVersion"
    from jsonb_to_recordset(${rows(entries)}::jsonb) as h("memberId" uuid, id uuid, at timestamptz, structure text, before text,
      after text, reason text, figure float8, "modelId" uuid, "rulesVersion" int)`);
}

/**
 * What was kept under the ids that a member's subjects ever had as members: history and decisions never move, so that
 * accounts which are joined show them together and accounts which part have their own again.
 */
function keptOf(memberIds: readonly string[]): Sql {
  const ids = [...memberIds];
  return sql`(member_id = any(${ids}::uuid[])
    or member_id in (select subject_id from subject where subject.member_id = any(${ids}::uuid[])))`;
}

/** Forgets the conditions in some members' history, and the figures beside their tiers. */
export async function forgetConditions(tx: Tx, memberIds: readonly string[]): Promise<void> {
  if (memberIds.length === 0) return;
  await tx.query(sql`delete from loyalty_history where ${keptOf(memberIds)} and structure is null`);
  await tx.query(sql`
    update loyalty_history set figure = null, model_id = null
    where ${keptOf(memberIds)} and (figure is not null or model_id is not null)`);
}

export async function readHistory(db: Reader, memberId: string, limit: number): Promise<HistoryEntry[]> {
  return db.query(sql`
    select member_id as "memberId", entry_id as id, at, structure, before, after, reason, figure, model_id as "modelId",
      rules_version as "rulesVersion"
    from loyalty_history where ${keptOf([memberId])} order by at desc, entry_id desc limit ${limit}`);
}

export interface DecisionRow {
  readonly memberId: string;
  readonly id: string;
  readonly kind: "review-requested" | "review-closed" | "override";
  readonly reason: string;
  readonly structure: string | null;
  readonly tier: string | null;
  readonly fixedUntil: number | null;
  readonly by: string;
  readonly at: Date;
}

export async function insertDecision(tx: Tx, d: DecisionRow): Promise<void> {
  await tx.query(sql`
    insert into loyalty_decision (member_id, decision_id, kind, reason, structure, tier, fixed_until, decided_by, at)
    values (${d.memberId}::uuid, ${d.id}::uuid, ${d.kind}, ${d.reason}, ${d.structure}, ${d.tier}, ${d.fixedUntil}, ${d.by},
      ${d.at})`);
}

export async function readDecisions(db: Reader, memberId: string): Promise<DecisionRow[]> {
  return db.query(sql`
    select member_id as "memberId", decision_id as id, kind, reason, structure, tier, fixed_until as "fixedUntil",
      decided_by as by, at
    from loyalty_decision where ${keptOf([memberId])} order by at desc, decision_id desc limit 200`);
}
