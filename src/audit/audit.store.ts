import { type Db, empty, hex, rows, type Sql, sql, type Tx } from "../db/index.ts";

/** Advisory lock of the one sequencer; any number will do as long as every process takes the same. */
const SEQUENCER_LOCK = 7_226_332;

export interface StagedEntry {
  readonly id: string;
  readonly action: string;
  readonly entry: string;
  /** One for each target, with the hash by which it is found. */
  readonly salts: readonly { readonly salt: Buffer; readonly targetHash: Buffer }[];
}

/** The writes that stage entries, to be run at once with others of the same act or by themselves. */
export function stagedWrites(staged: readonly StagedEntry[]): Sql[] {
  const salts = staged.flatMap((s) =>
    s.salts.map(({ salt, targetHash }, target) => ({
      entry_id: s.id,
      target,
      salt: hex(salt),
      target_hash: hex(targetHash),
    })),
  );
  const entries = sql`
    insert into audit_stage (id, action, entry)
    select id, action, entry
    from jsonb_to_recordset(${rows(staged.map(({ id, action, entry }) => ({ id, action, entry })))}::jsonb)
      as t(id uuid, action text, entry text)`;
  if (salts.length === 0) return [entries];
  return [
    entries,
    sql`
    insert into audit_salt (entry_id, target, salt, target_hash)
    select entry_id, target, salt, target_hash from jsonb_to_recordset(${rows(salts)}::jsonb)
      as t(entry_id uuid, target smallint, salt bytea, target_hash bytea)`,
  ];
}

/**
 * Moves at most `limit` staged entries into the log and says how many. The lock comes in a statement of its own,
 * so that the next one sees everything the previous holder committed.
 */
export async function moveStaged(tx: Tx, limit: number): Promise<number> {
  await tx.query(sql`select pg_advisory_xact_lock(${SEQUENCER_LOCK})`);
  const [row] = await tx.query<{ moved: number }>(sql`
    with moved as (
      delete from audit_stage
      where id in (select id from audit_stage order by id limit ${limit})
      returning id, action, entry
    ), numbered as (
      insert into audit_entry (seq, action, entry, leaf_hash)
      select
        (select coalesce(max(seq), -1) from audit_entry) + row_number() over (order by id),
        action,
        entry,
        sha256('\\x00'::bytea || convert_to(entry, 'UTF8'))
      from moved
      returning 1
    )
    select count(*)::int as moved from numbered`);
  return row?.moved ?? 0;
}

export interface AuditRow {
  readonly seq: number;
  readonly entry: string;
  readonly leaf_hash: Buffer;
  readonly sequenced_at: Date;
}

export async function listEntries(
  db: Pick<Db, "query">,
  ask: { action?: string; after?: number; isDown: boolean; limit: number },
): Promise<AuditRow[]> {
  const action = ask.action === undefined ? empty : sql`and action = ${ask.action}`;
  if (!ask.isDown) {
    return db.query<AuditRow>(sql`
      select seq, entry, leaf_hash, sequenced_at from audit_entry
      where seq > ${ask.after ?? -1} ${action} order by seq limit ${ask.limit}`);
  }
  const after = ask.after === undefined ? empty : sql`and seq < ${ask.after}`;
  return db.query<AuditRow>(sql`
    select seq, entry, leaf_hash, sequenced_at from audit_entry
    where true ${after} ${action} order by seq desc limit ${ask.limit}`);
}

/** When an act was last written down; null when it never was, or has no number yet. */
export async function lastAudited(db: Pick<Db, "query">, action: string): Promise<Date | null> {
  const [row] = await db.query<{ at: Date }>(sql`
    select (entry::jsonb->>'at')::timestamptz as at from audit_entry
    where action = ${action} order by seq desc limit 1`);
  return row?.at ?? null;
}

/** How often each of these actors did what in a span of time, in the order of actors and actions. */
export function countByActor(
  db: Pick<Db, "query">,
  ask: { readonly actorIds: readonly string[]; readonly from: Date; readonly to: Date },
): Promise<{ readonly actorId: string; readonly action: string; readonly n: number }[]> {
  return db.query(sql`
    select e.actor as "actorId", e.action, count(*)::int as n from (
      select entry::jsonb->'actor'->>'id' as actor, action, (entry::jsonb->>'at')::timestamptz as at
      from audit_entry
      -- An entry is sequenced after its act, never before.
      where sequenced_at >= ${ask.from}
    ) e
    where e.actor = any(${[...ask.actorIds]}::text[]) and e.at between ${ask.from} and ${ask.to}
    group by 1, 2 order by 1, 2`);
}
