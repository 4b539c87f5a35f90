import { type Db, sql, type Tx } from "../db/index.ts";

type Reader = Pick<Db | Tx, "query">;

export interface LevelAsk {
  readonly condition?: string;
  /** A tier together with its structure. */
  readonly tier?: { readonly structure: string; readonly id: string };
  /** Null: from the first. */
  readonly after: string | null;
  readonly limit: number;
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

/** Scored members of a condition, a tier or both, by id. */
export async function readMembersByLevel(db: Reader, ask: LevelAsk): Promise<MemberWithLevel[]> {
  const { condition = null, tier } = ask;
  return db.query<MemberWithLevel>(sql`
    select s.member_id as "memberId", s.score_micro as "scoreMicro", s.condition, s.scored_at as "scoredAt",
      coalesce((select jsonb_object_agg(t.structure, t.tier) from loyalty_tier t where t.member_id = s.member_id), '{}') as tiers
    from loyalty_score s
    where (${ask.after}::uuid is null or s.member_id > ${ask.after}::uuid)
      and (${condition}::text is null or s.condition = ${condition})
      ${
        tier === undefined
          ? sql``
          : sql`and exists (
              select 1 from loyalty_tier t
              where t.member_id = s.member_id and t.structure = ${tier.structure} and t.tier = ${tier.id})`
      }
    order by s.member_id limit ${ask.limit}`);
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
