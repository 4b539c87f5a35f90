import { type Db, hex, rows, sql, type Tx } from "../db/index.ts";
import type { AuditRow } from "./audit.store.ts";
import { foldFull, openTree, TILE, TILE_LEVELS, type Tree } from "./merkle.ts";

type Queries = Pick<Db, "query">;

/** Tiles built in one go: 256 entries each. */
const MOST_TILES = 64;

/** The number of entries that have a number. */
export async function readLogSize(db: Queries): Promise<number> {
  const [row] = await db.query<{ size: number }>(
    sql`select coalesce(max(seq), -1) + 1 as size from audit_entry`,
  );
  return row?.size ?? 0;
}

async function readNodes(db: Queries, level: number, from: number, count: number): Promise<Buffer[]> {
  const found =
    level === 0
      ? await db.query<{ hash: Buffer }>(sql`
          select leaf_hash as hash from audit_entry where seq >= ${from} and seq < ${from + count} order by seq`)
      : await db.query<{ hash: Buffer }>(sql`
          select hash from audit_node where level = ${level} and idx >= ${from} and idx < ${from + count} order by idx`);
  return found.map((row) => row.hash);
}

/**
 * The tree over the stored log. Rows are read whole and kept for as long as the object lives; a subtree whose root is
 * not stored yet is computed from the rows below it.
 */
export function storedTree(db: Queries): Tree {
  const nodes = async (level: number, from: number, count: number): Promise<Buffer[]> => {
    const found = await readNodes(db, level, from, count);
    if (found.length === count) return found;
    if (level === 0) throw new RangeError("the log has no such entry");
    const all: Buffer[] = [];
    for (let i = from; i < from + count; i++)
      all.push(foldFull(await nodes(level - TILE_LEVELS, i * TILE, TILE)));
    return all;
  };
  return openTree({ nodes });
}

/**
 * Stores the roots of subtrees that are complete and not stored yet, and says how many there were. The caller holds the
 * sequencer's lock.
 */
export async function storeTiles(tx: Tx): Promise<number> {
  let stored = 0;
  let below = await readLogSize(tx);
  for (let level = TILE_LEVELS; below >= TILE; level += TILE_LEVELS) {
    const complete = Math.floor(below / TILE);
    const [row] = await tx.query<{ next: number }>(
      sql`select coalesce(max(idx), -1) + 1 as next from audit_node where level = ${level}`,
    );
    const next = row?.next ?? 0;
    const until = Math.min(complete, next + MOST_TILES);
    if (until > next) {
      const under = await readNodes(tx, level - TILE_LEVELS, next * TILE, (until - next) * TILE);
      const made = Array.from({ length: until - next }, (_, i) => ({
        idx: next + i,
        hash: hex(foldFull(under.slice(i * TILE, (i + 1) * TILE))),
      }));
      await tx.query(sql`
        insert into audit_node (level, idx, hash)
        select ${level}, idx, hash from jsonb_to_recordset(${rows(made)}::jsonb) as n(idx bigint, hash bytea)`);
      stored += made.length;
    }
    below = until;
  }
  return stored;
}

export interface TreeHeadRow {
  readonly size: number;
  readonly root: Buffer;
  readonly kid: string;
  readonly jws: string;
  readonly signedAt: Date;
}

/** Signed heads of at least this size, smallest first. */
export function readTreeHeads(db: Queries, from: number, limit: number): Promise<TreeHeadRow[]> {
  return db.query<TreeHeadRow>(sql`
    select size, root, kid, jws, signed_at as "signedAt" from audit_tree_head
    where size >= ${from} order by size limit ${limit}`);
}

export async function readNewestTreeHead(db: Queries): Promise<TreeHeadRow | null> {
  const [row] = await db.query<TreeHeadRow>(sql`
    select size, root, kid, jws, signed_at as "signedAt" from audit_tree_head order by size desc limit 1`);
  return row ?? null;
}

/** Stores a head; whoever signed one of this size first is right. */
export async function insertTreeHead(db: Queries, head: TreeHeadRow): Promise<void> {
  await db.query(sql`
    insert into audit_tree_head (size, root, kid, jws, signed_at)
    values (${head.size}, ${head.root}::bytea, ${head.kid}, ${head.jws}, ${head.signedAt.toISOString()}::timestamptz)
    on conflict (size) do nothing`);
}

/** One entry by its own id; null when it has no number yet or never was. */
export async function findEntry(db: Queries, id: string): Promise<AuditRow | null> {
  const [row] = await db.query<AuditRow>(sql`
    select seq, entry, leaf_hash, sequenced_at from audit_entry
    where substring(entry from '"id":"([0-9a-f-]{36})","outcome":"') = ${id.toLowerCase()}`);
  return row ?? null;
}

/** Forgets the salts of all commitments to these targets: what they commit to can never be shown again. */
export async function deleteSalts(tx: Queries, targetHashes: readonly Buffer[]): Promise<number> {
  const gone = await tx.query(sql`
    delete from audit_salt where target_hash in (
      select h from jsonb_to_recordset(${rows(targetHashes.map((h) => ({ h: hex(h) })))}::jsonb) as t(h bytea))
    returning entry_id`);
  return gone.length;
}

/** Entries that speak of these targets and have a number, in order. */
export async function findEntriesAbout(
  db: Queries,
  targetHashes: readonly Buffer[],
  limit: number,
): Promise<AuditRow[]> {
  return db.query<AuditRow>(sql`
    select e.seq, e.entry, e.leaf_hash, e.sequenced_at
    from (
      select distinct entry_id from audit_salt where target_hash in (
        select h from jsonb_to_recordset(${rows(targetHashes.map((h) => ({ h: hex(h) })))}::jsonb) as t(h bytea))
    ) s
    join audit_entry e on substring(e.entry from '"id":"([0-9a-f-]{36})","outcome":"') = s.entry_id::text
    order by e.seq limit ${limit}`);
}
