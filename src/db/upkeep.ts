import type { Db } from "./db.ts";
import { raw, sql } from "./sql.ts";

/** Dead rows that are no reason to do anything. */
const FEW_DEAD = 1_000;
/** Beyond this share of the living, dead rows are taken out when nobody waits: what PostgreSQL's autovacuum has. */
const DEAD_SHARE = 0.2;
/** Where somebody always waits, a table may still not hold more dead rows than this many times the living. */
const DEAD_SHARE_BUSY = 2;

const MIB = 1024 * 1024;
/** Log that has grown since the last checkpoint: what a start after a kill has to read, and what the disk has to hold. */
const FAR = 128 * MIB;
const FAR_BUSY = 512 * MIB;

/** Tables with more dead rows than they should have, the fullest of them first. */
async function findChurned(db: Db, share: number): Promise<string[]> {
  // The engine adds what has happened to its counts once a second or when it is told to.
  await db.query(sql`select pg_stat_force_next_flush()`);
  const found = await db.query<{ name: string }>(sql`
    select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname <> 'information_schema'
      and pg_stat_get_dead_tuples(c.oid) > ${FEW_DEAD}::int + ${share}::float8 * pg_stat_get_live_tuples(c.oid)
    order by pg_stat_get_dead_tuples(c.oid) desc, name`);
  return found.map((t) => t.name);
}

/** What one round did. */
export interface Upkeep {
  /** Tables whose dead rows were taken out. */
  readonly vacuumed: readonly string[];
  readonly hasCheckpointed: boolean;
}

/**
 * Does for the embedded engine what processes of their own do on a server, and it has none: takes out dead rows, whose
 * room no new row could use otherwise, and ends the write-ahead log's growth by a checkpoint. Whoever uses the one
 * connection waits meanwhile, so while `isBusy` it is done only where it has long been due.
 */
export async function upkeep(db: Db, isBusy: () => boolean): Promise<Upkeep> {
  const vacuumed: string[] = [];
  for (const name of await findChurned(db, isBusy() ? DEAD_SHARE_BUSY : DEAD_SHARE)) {
    await db.query(sql`vacuum ${raw(name)}`);
    vacuumed.push(name);
    // One by one, and the rest in a later round: somebody may be waiting by now.
    if (isBusy()) break;
  }
  const [log] = await db.query<{ bytes: number }>(sql`
    select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn)::float8 as bytes from pg_control_checkpoint()`);
  const hasCheckpointed = (log?.bytes ?? 0) > (isBusy() ? FAR_BUSY : FAR);
  if (hasCheckpointed) await db.query(sql`checkpoint`);
  return { vacuumed, hasCheckpointed };
}
