import { Type } from "typebox";
import { AppError } from "./problems.ts";

/** What a column of a list holds, as far as a cursor must name a value of it; `id`: the row's own id alone. */
type ColumnKind = "id" | "moment" | "number" | "code";

/** The columns by which the server orders a list. Each has an index that ends with the row's id. */
export type OrderColumns = Readonly<Record<string, ColumnKind>>;

/** A column, downwards with `-` before it. */
export type Sort<C extends OrderColumns> = (keyof C & string) | `-${keyof C & string}`;

/** Where a page begins in a list: the column it is ordered by, which way, and after which row. */
export interface ListOrder<C extends OrderColumns> {
  readonly by: keyof C & string;
  readonly isDown: boolean;
  /** Null: from the beginning. The value is the text of one of the column's kind; null where the id alone orders. */
  readonly after: OrderPlace | null;
}

export interface OrderPlace {
  readonly value: string | null;
  readonly id: string;
}

const VALUES: Readonly<Record<Exclude<ColumnKind, "id">, RegExp>> = {
  moment: /^(\d{4}-\d\d-\d\dT[\d:.]+Z|infinity)$/,
  number: /^-?\d{1,15}$/,
  code: /^[a-z][a-z0-9_.-]{0,63}$/,
};
const ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
const CURSOR = new RegExp(`^(-?[a-z-]{1,30})(?:~([^~]{1,64}))?~(${ID})$`);

/** The cursor of a list whose order can be chosen. */
export const OrderCursor = Type.Optional(
  Type.String({
    pattern: CURSOR.source,
    description: "The `next` of the page before, under the same `sort`.",
  }),
);

/** The `sort` of a list that can be ordered by some of its columns. */
export function sortBy<const C extends OrderColumns>(columns: C, otherwise: Sort<C>) {
  const ways = (Object.keys(columns) as (keyof C & string)[]).flatMap((column): Sort<C>[] => [
    column,
    `-${column}`,
  ]);
  return Type.Optional(
    Type.Enum(ways, {
      description: `By what the list is ordered; with \`-\` downwards. \`${otherwise}\` unless stated.`,
    }),
  );
}

/**
 * Reads which page of a list is asked for.
 *
 * @throws AppError `invalid-request`: the cursor was given under another `sort`.
 */
export function readOrder<const C extends OrderColumns>(
  columns: C,
  sort: Sort<C>,
  cursor: string | undefined,
): ListOrder<C> {
  const isDown = sort.startsWith("-");
  const by = (isDown ? sort.slice(1) : sort) as keyof C & string;
  if (cursor === undefined) return { by, isDown, after: null };
  const [, given, value = null, id] = CURSOR.exec(cursor) ?? [];
  const kind: ColumnKind = columns[by] ?? "id";
  const fits = kind === "id" ? value === null : value !== null && VALUES[kind].test(value);
  if (given !== sort || id === undefined || !fits)
    throw new AppError("invalid-request", {
      errors: [{ path: "/cursor", code: "cursor", message: "is not a cursor of this list in this order" }],
    });
  return { by, isDown, after: { value, id } };
}

/**
 * Cuts a page off what was read, which is one row more than the page holds when there is another page, and says where
 * that one begins; null after the last.
 */
export function cutOrdered<T, C extends OrderColumns>(
  found: readonly T[],
  limit: number,
  order: ListOrder<C>,
  placeOf: (row: T) => OrderPlace,
): { readonly page: readonly T[]; readonly next: string | null } {
  const page = found.slice(0, limit);
  const last = page.at(-1);
  if (found.length <= limit || last === undefined) return { page, next: null };
  const { value, id } = placeOf(last);
  const parts = [`${order.isDown ? "-" : ""}${order.by}`, ...(value === null ? [] : [value]), id];
  return { page, next: parts.join("~") };
}
