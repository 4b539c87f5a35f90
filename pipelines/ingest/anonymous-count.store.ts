import { rows, sql, type Tx } from "../../src/db/index.ts";

/** What happened, without anybody to whom it happened. */
export interface AnonymousCount {
  readonly src: string;
  readonly day: string;
  readonly type: string;
  readonly channel: string;
  readonly store: string;
  readonly n: number;
}

/** Adds to the counts of what happened to people who allow no more than counting. */
export async function addAnonymousCounts(tx: Tx, counts: readonly AnonymousCount[]): Promise<void> {
  if (counts.length === 0) return;
  await tx.query(sql`
    insert into anonymous_count as c (source_id, day, type, channel, store_id, count)
    select src, day, type, channel, store, sum(n)
    from jsonb_to_recordset(${rows(counts)}::jsonb) as n(src uuid, day date, type text, channel text, store text, n bigint)
    group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
    on conflict (source_id, day, type, channel, store_id) do update set count = c.count + excluded.count`);
}
