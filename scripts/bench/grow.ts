import { type Db, raw, type Sql, sql } from "../../src/db/index.ts";
import { HOLDINGS } from "../../src/holdings.ts";

/** Columns that name something of the business, not of a person: a copy of a person keeps them. */
const SHARED: ReadonlySet<string> = new Set([
  "source_id",
  "segment_id",
  "model_id",
  "campaign_id",
  "notice_sha256",
]);
/** What belongs to a person though no row of the register says so by itself. */
const BESIDE = ["audit_salt"] as const;
/** Copies that one statement makes of everybody. */
const AT_ONCE = 20;
/** Tables that grow at the same time. */
const LANES = 2;

interface Column {
  readonly name: string;
  readonly type: string;
  readonly indexed: boolean;
  /** Whether it is unique by itself. */
  readonly unique: boolean;
}

async function columnsOf(db: Db, table: string): Promise<Column[]> {
  return db.query<Column>(sql`
    select a.attname as name, format_type(a.atttypid, null) as type, exists (
      select 1 from pg_index x where x.indrelid = a.attrelid and a.attnum = any(x.indkey)) as indexed, exists (
      select 1 from pg_index x where x.indrelid = a.attrelid and x.indisunique and x.indnatts = 1 and x.indkey[0] = a.attnum
    ) as "unique"
    from pg_attribute a
    where a.attrelid = ${table}::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    order by a.attnum`);
}

/** How a column of the n-th copy of a person is made of the person's own: ids and keyed hashes become others. */
function copyOf({ name, type, indexed, unique }: Column): Sql {
  if (SHARED.has(name)) return raw(name);
  if (type === "uuid")
    return raw(`(left(${name}::text, 14) || right(md5(${name}::text || ':' || copy_no), 20))::uuid`);
  if (type === "bytea" && indexed)
    return raw(`substring(sha256(${name} || int4send(copy_no)) from 1 for length(${name}))`);
  // Below all that are given out: nobody who follows a feed meets a copy.
  if (type === "bigint" && unique) return raw(`-(${name} + copy_no * 1000000000::bigint)`);
  return raw(name);
}

function list(parts: readonly Sql[]): Sql {
  return parts.reduce((a, b) => sql`${a}, ${b}`);
}

/**
 * Multiplies the people who are there when it is first called: from one grown population to the next, every row that leads
 * to a person is copied with ids, keys and blind indexes of its own, and its sealed content as it is. Nobody opens a copy.
 * The rows are those the doors made, only more of them; the log of audit and the feeds do not grow. Needs a superuser, as the
 * tables that only grow refuse anything else.
 */
export async function grow(
  stores: { readonly db: Db; readonly keystore: Db },
  copies: { readonly from: number; readonly to: number },
): Promise<void> {
  const tables = [
    ...HOLDINGS.filter((h) => h.person.kind === "subject" || h.person.kind === "identifier").map(
      (h) => h.table,
    ),
    ...BESIDE,
  ];
  await multiply(stores.db, tables, copies);
  await multiply(stores.keystore, ["data_key"], copies);
}

async function multiply(
  db: Db,
  tables: readonly string[],
  { from, to }: { readonly from: number; readonly to: number },
): Promise<void> {
  const waiting = [...tables];
  const lane = async (): Promise<void> => {
    for (let table = waiting.shift(); table !== undefined; table = waiting.shift())
      await multiplyTable(db, table, { from, to });
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

async function multiplyTable(
  db: Db,
  table: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<void> {
  const own = raw(`grown_from_${table}`);
  await db.query(sql`create table if not exists ${own} as table ${raw(table)}`);
  const columns = await columnsOf(db, table);
  const names = list(columns.map((c) => raw(c.name)));
  const copied = list(columns.map(copyOf));
  for (let first = from; first < to; first += AT_ONCE) {
    const last = Math.min(first + AT_ONCE, to) - 1;
    await db.tx(async (tx) => {
      await tx.query(sql`set local session_replication_role = replica`);
      await tx.query(sql`set local synchronous_commit = off`);
      await tx.query(sql`
          insert into ${raw(table)} (${names}) overriding system value
          select ${copied} from ${own}, generate_series(${first}::int, ${last}::int) copy_no`);
    });
  }
  await db.query(sql`vacuum (analyze) ${raw(table)}`);
}
