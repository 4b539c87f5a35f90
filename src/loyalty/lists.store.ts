import { type Db, empty, keyset, sql, type Tx } from "../db/index.ts";
import type { ListOrder, OrderPlace } from "../kernel/list-order.ts";

type Reader = Pick<Db | Tx, "query">;

export interface LevelAsk {
  readonly condition?: string;
  /** A tier together with its structure. */
  readonly tier?: { readonly structure: string; readonly id: string };
  readonly order: ListOrder<typeof LEVEL_ORDERS>;
  readonly limit: number;
}

/** By what members can be ordered: by id, or by score. One that is not known counts as less than any. */
export const LEVEL_ORDERS = { member: "id", score: "number" } as const;
const UNKNOWN_SCORE = -1;

/** Where a member stands in the list under an order. */
export function levelPlace(row: MemberWithLevel, by: keyof typeof LEVEL_ORDERS): OrderPlace {
  return { value: by === "score" ? String(row.scoreMicro ?? UNKNOWN_SCORE) : null, id: row.memberId };
}

export interface MemberWithLevel {
  readonly memberId: string;
  /** Millionths of a point; null while the attitude is unknown. */
  readonly scoreMicro: number | null;
  readonly condition: string | null;
  /** Structure → tier. */
  readonly tiers: Readonly<Record<string, string>>;
  readonly scoredAt: Date;
}

/** Scored members of a condition, a tier or both. */
export async function readMembersByLevel(db: Reader, ask: LevelAsk): Promise<MemberWithLevel[]> {
  const { condition, tier } = ask;
  const { by, isDown, after } = ask.order;
  const place = keyset({
    // Written as in the index, for the engine compares the two as they stand.
    column: by === "score" ? { of: sql`coalesce(s.score_micro, -1)`, type: sql`bigint` } : null,
    id: sql`s.member_id`,
    isDown,
    after,
  });
  return db.query<MemberWithLevel>(sql`
    select s.member_id as "memberId", s.score_micro as "scoreMicro", s.condition, s.scored_at as "scoredAt",
      coalesce((select jsonb_object_agg(t.structure, t.tier) from loyalty_tier t where t.member_id = s.member_id), '{}') as tiers
    from loyalty_score s where true
      ${condition === undefined ? empty : sql`and s.condition = ${condition}`}
      ${
        tier === undefined
          ? empty
          : sql`and exists (
              select 1 from loyalty_tier t
              where t.member_id = s.member_id and t.structure = ${tier.structure} and t.tier = ${tier.id})`
      }
      ${place.after} ${place.order} limit ${ask.limit}`);
}

export interface OpenReview {
  readonly memberId: string;
  readonly id: string;
  readonly at: Date;
}

/** Reviews that members asked for and nobody has closed since, oldest first, after one of them. */
export async function readOpenReviews(
  db: Reader,
  page: { readonly after: string | null; readonly limit: number },
): Promise<OpenReview[]> {
  return db.query<OpenReview>(sql`
    select o.member_id as "memberId", d.decision_id as id, d.at
    from loyalty_decision d join subject o on o.subject_id = d.member_id
    where d.kind = 'review-requested'
      and (${page.after}::uuid is null or (d.at, d.decision_id) >
        (select a.at, a.decision_id from loyalty_decision a where a.decision_id = ${page.after}::uuid))
      and not exists (
        select 1 from loyalty_decision c join subject p on p.subject_id = c.member_id
        where p.member_id = o.member_id and c.kind = 'review-closed' and c.at >= d.at)
    order by d.at, d.decision_id limit ${page.limit}`);
}
