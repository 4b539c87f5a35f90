import { empty, type Sql, sql } from "./sql.ts";

/**
 * What a list ordered by a column and then by an id ends with, page by page: `and` with the place it goes on after, and
 * the order itself. It is read from an index on the two, so that a page costs what it holds, however far into the list.
 *
 * @param ask.column null: the id alone orders. Not null in any row: what may be missing is coalesced, as in its index.
 * @param ask.type the column's type, to which the value of the place is cast.
 */
export function keyset(ask: {
  readonly column: { readonly of: Sql; readonly type: Sql } | null;
  readonly id: Sql;
  readonly isDown: boolean;
  readonly after: { readonly value: string | null; readonly id: string } | null;
}): { readonly after: Sql; readonly order: Sql } {
  const { column, id, after } = ask;
  const way = ask.isDown ? sql`desc` : empty;
  const beyond = ask.isDown ? sql`<` : sql`>`;
  if (column === null)
    return {
      after: after === null ? empty : sql`and ${id} ${beyond} ${after.id}::uuid`,
      order: sql`order by ${id} ${way}`,
    };
  return {
    after:
      after === null
        ? empty
        : sql`and (${column.of}, ${id}) ${beyond} (${after.value}::text::${column.type}, ${after.id}::uuid)`,
    order: sql`order by ${column.of} ${way}, ${id} ${way}`,
  };
}
