import { sql, type Tx } from "../src/db/index.ts";

/** Takes the mark up to which endings have been told; null when another process has it. Makes it at the first look. */
export async function lockExpiryMark(tx: Tx, now: Date): Promise<Date | null> {
  await tx.query(sql`
    insert into consent_expiry (looked_to) values (${now}) on conflict (only_row) do nothing`);
  const [row] = await tx.query<{ at: Date }>(sql`
    select looked_to as at from consent_expiry for update skip locked`);
  return row?.at ?? null;
}

export async function moveExpiryMark(tx: Tx, to: Date): Promise<void> {
  await tx.query(sql`update consent_expiry set looked_to = greatest(looked_to, ${to}::timestamptz)`);
}

/** Subjects of grants whose stated end lies after one moment and not after another. */
export async function findEnded(tx: Tx, after: Date, upTo: Date): Promise<string[]> {
  const found = await tx.query<{ id: string }>(sql`
    select distinct subject_id as id from consent_record
    where valid_until > ${after}::timestamptz and valid_until <= ${upTo}::timestamptz and state in ('given', 'renewed')`);
  return found.map((row) => row.id);
}

/** Grants to a purpose that began to count after one moment and not after another. */
export async function findGrantedBetween(
  tx: Tx,
  purposeId: string,
  after: Date,
  upTo: Date,
): Promise<{ subjectId: string; at: Date }[]> {
  return tx.query(sql`
    select subject_id as "subjectId",
      (case when occurred_at is null or clock = 'server' then recorded_at else least(occurred_at, recorded_at) end) as at
    from consent_record
    where purpose_id = ${purposeId} and state in ('given', 'renewed')
      and (case when occurred_at is null or clock = 'server' then recorded_at else least(occurred_at, recorded_at) end) > ${after}::timestamptz
      and (case when occurred_at is null or clock = 'server' then recorded_at else least(occurred_at, recorded_at) end) <= ${upTo}::timestamptz`);
}
