import { column, sql, type Tx } from "../db/index.ts";
import type { OrderFactRow, OrderState } from "./orders.ts";

type Reader = Pick<Tx, "query">;

interface StoredFact extends Omit<OrderFactRow, "occurredAt"> {
  readonly occurredAt: string;
}

function revive(facts: readonly StoredFact[]): OrderFactRow[] {
  return facts.map((f) => ({ ...f, occurredAt: new Date(f.occurredAt) }));
}

export interface OrderRow {
  readonly subjectId: string;
  readonly orderKey: string;
  readonly facts: OrderFactRow[];
}

/** The facts known of some orders of some subjects. */
export async function readOrders(
  tx: Reader,
  wanted: readonly { s: string; k: string }[],
): Promise<OrderRow[]> {
  if (wanted.length === 0) return [];
  const found = await tx.query<{ subjectId: string; orderKey: string; facts: StoredFact[] }>(sql`
    select o.subject_id as "subjectId", o.order_key as "orderKey", o.facts
    from order_state o
    join (select distinct * from unnest(${column.uuid(wanted, (w) => w.s)}, ${column.text(wanted, (w) => w.k)})) as w(s, k)
      on w.s = o.subject_id and w.k = o.order_key`);
  return found.map((o) => ({ ...o, facts: revive(o.facts) }));
}

export async function saveOrders(
  tx: Tx,
  orders: readonly { s: string; k: string; facts: readonly OrderFactRow[]; folded: OrderState }[],
): Promise<void> {
  if (orders.length === 0) return;
  await tx.query(sql`
    insert into order_state (subject_id, order_key, facts, folded)
    select * from unnest(
      ${column.uuid(orders, (o) => o.s)}, ${column.text(orders, (o) => o.k)},
      ${column.json(orders, (o) => o.facts)}, ${column.json(orders, (o) => o.folded)})
    on conflict (subject_id, order_key) do update set facts = excluded.facts, folded = excluded.folded`);
}

/** Orders that more than one of these subjects knows something about: they are folded together on reading. */
export async function readSharedOrders(db: Reader, subjectIds: readonly string[]): Promise<OrderRow[]> {
  if (subjectIds.length < 2) return [];
  const found = await db.query<{ subjectId: string; orderKey: string; facts: StoredFact[] }>(sql`
    select o.subject_id as "subjectId", o.order_key as "orderKey", o.facts
    from order_state o
    where o.subject_id = any(${[...subjectIds]}::uuid[]) and o.order_key in (
      select order_key from order_state where subject_id = any(${[...subjectIds]}::uuid[])
      group by order_key having count(*) > 1)
    order by o.order_key, o.subject_id`);
  return found.map((o) => ({ ...o, facts: revive(o.facts) }));
}

/** The facts of all orders of some subjects of which anything was said since a moment. */
export async function readOrdersSince(
  db: Reader,
  subjectIds: readonly string[],
  since: Date,
): Promise<OrderRow[]> {
  if (subjectIds.length === 0) return [];
  const found = await db.query<{ subjectId: string; orderKey: string; facts: StoredFact[] }>(sql`
    select subject_id as "subjectId", order_key as "orderKey", facts from order_state
    where subject_id = any(${[...subjectIds]}::uuid[]) and folded->>'lastAt' >= ${since.toISOString()}
    order by order_key, subject_id`);
  return found.map((o) => ({ ...o, facts: revive(o.facts) }));
}

/** The newest orders of some subjects. */
export async function readRecentOrders(
  db: Reader,
  subjectIds: readonly string[],
  limit: number,
): Promise<{ subjectId: string; orderKey: string; folded: OrderState }[]> {
  return db.query(sql`
    select subject_id as "subjectId", order_key as "orderKey", folded
    from order_state where subject_id = any(${[...subjectIds]}::uuid[])
    order by folded->>'lastAt' desc, order_key limit ${limit}`);
}
