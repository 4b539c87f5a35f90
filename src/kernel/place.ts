import { Type } from "typebox";

/** A place in a list that is ordered by a moment and then by an id. */
export interface Place {
  readonly at: Date;
  readonly id: string;
}

const PLACE = /^(\d{4}-\d\d-\d\dT[\d:.]+Z)~([0-9a-f-]{36})$/;

/** What every list that pages takes: how much, and where the page before ended. */
export const PageQuery = {
  cursor: Type.Optional(
    Type.String({ pattern: PLACE.source, description: "The `next` of the page before." }),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
};

/** Where the next page begins; null after the last one. */
export const NextPlace = Type.Union([Type.String(), Type.Null()]);

/** Reads a cursor that matches `PageQuery`; null at the beginning of the list. */
export function readPlace(cursor: string | undefined): Place | null {
  const [, at, id] = PLACE.exec(cursor ?? "") ?? [];
  return at === undefined || id === undefined ? null : { at: new Date(at), id };
}

/** Cuts a page off what was read, which is one row more than the page holds when there is another page. */
export function cutPage<T>(
  found: readonly T[],
  limit: number,
  placeOf: (row: T) => Place,
): { readonly page: readonly T[]; readonly next: string | null } {
  const page = found.slice(0, limit);
  const last = page.at(-1);
  if (found.length <= limit || last === undefined) return { page, next: null };
  const { at, id } = placeOf(last);
  return { page, next: `${at.toISOString()}~${id}` };
}
