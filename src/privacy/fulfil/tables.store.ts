import { raw, type Sql, sql, type Tx } from "../../db/index.ts";

/**
 * Statements over whatever the register of holdings names. Names of tables and columns come from the register alone,
 * which is part of the program; they are checked all the same.
 */

type Reader = Pick<Tx, "query">;

const NAME = /^[a-z][a-z0-9_]*$/;

function name(identifier: string): Sql {
  if (!NAME.test(identifier)) throw new RangeError("not a name of the register");
  return raw(identifier);
}

/** Columns of a table that name subjects: one each, or lists. */
export interface LinkColumns {
  readonly table: string;
  readonly columns: readonly string[];
  readonly isList: boolean;
}

function leadsTo(link: LinkColumns, subjectIds: readonly string[]): Sql {
  const ids = [...subjectIds];
  const tests = link.columns.map((column) =>
    link.isList ? sql`${name(column)} && ${ids}::uuid[]` : sql`${name(column)} = any(${ids}::uuid[])`,
  );
  return tests.reduce((a, b) => sql`${a} or ${b}`);
}

/** How many rows lead to these subjects. */
export async function countRows(
  db: Reader,
  link: LinkColumns,
  subjectIds: readonly string[],
): Promise<number> {
  const [row] = await db.query<{ n: number }>(
    sql`select count(*)::int as n from ${name(link.table)} where ${leadsTo(link, subjectIds)}`,
  );
  return row?.n ?? 0;
}

/** Deletes the rows of a table that belong to one subject each; answers how many of each. */
export async function deleteRows(
  tx: Tx,
  table: string,
  column: string,
  subjectIds: readonly string[],
): Promise<{ subjectId: string; n: number }[]> {
  return tx.query(sql`
    with gone as (delete from ${name(table)} where ${name(column)} = any(${[...subjectIds]}::uuid[])
      returning ${name(column)} as id)
    select id as "subjectId", count(*)::int as n from gone group by id`);
}

/** Deletes rows that name a subject in one of two columns; answers how many of each subject. */
export async function deletePairs(
  tx: Tx,
  table: string,
  columns: readonly [string, string],
  subjectIds: readonly string[],
): Promise<{ subjectId: string; n: number }[]> {
  const ids = [...subjectIds];
  return tx.query(sql`
    with gone as (
      delete from ${name(table)} where ${name(columns[0])} = any(${ids}::uuid[]) or ${name(columns[1])} = any(${ids}::uuid[])
      returning case when ${name(columns[0])} = any(${ids}::uuid[]) then ${name(columns[0])} else ${name(columns[1])} end as id)
    select id as "subjectId", count(*)::int as n from gone group by id`);
}

/** The keys that rows of these subjects name. */
export async function readKeysNamed(
  db: Reader,
  table: string,
  column: string,
  subjectIds: readonly string[],
): Promise<{ subjectId: string; keyId: string }[]> {
  return db.query(sql`
    select distinct ${name(column)} as "subjectId", key_id as "keyId" from ${name(table)}
    where ${name(column)} = any(${[...subjectIds]}::uuid[]) and key_id is not null`);
}

/** Every row of a table that leads to these subjects, as it stands, without bytes. */
export async function readPlainRows(
  db: Reader,
  link: LinkColumns,
  columns: readonly string[],
  subjectIds: readonly string[],
): Promise<Record<string, unknown>[]> {
  if (columns.length === 0) return [];
  const list = columns.map(name).reduce((a, b) => sql`${a}, ${b}`);
  return db.query<Record<string, unknown>>(
    sql`select ${list} from ${name(link.table)} where ${leadsTo(link, subjectIds)} limit 100000`,
  );
}

/** How many rows a table has, and how many of them are older than a moment by a column. */
export async function countAll(db: Reader, table: string): Promise<number> {
  const [row] = await db.query<{ n: number }>(sql`select count(*)::int as n from ${name(table)}`);
  return row?.n ?? 0;
}
