import { useInfiniteQuery } from "@tanstack/react-query";
import Button from "antd/es/button";
import Card from "antd/es/card";
import { type ReactNode, useState } from "react";
import { get, type Query } from "../api.ts";
import { say, useFormats, useWords } from "../i18n.ts";
import { ProblemNote } from "./problem.tsx";
import { type Column, orderAsked, type ReadAll, Rows, type RowsProps, SaveAsCsv } from "./rows.tsx";
import { useView } from "./view.ts";
import { PARTS } from "./words.ts";

export type { Column } from "./rows.tsx";
export { useView } from "./view.ts";

/** A page of a list, as the API answers it. */
export interface ListPage<T> {
  readonly items: readonly T[];
  readonly next?: string | null;
}

/** What a list asks the server for. */
interface Asked {
  readonly path: string;
  readonly query?: Query;
  readonly limit?: number;
  /** What the API calls the mark of the next page: `cursor` unless stated. */
  readonly cursor?: "cursor" | "after" | "before";
  /** Under what name the API answers the rows: `items` unless stated. */
  readonly field?: string;
}

/** How many rows are fetched at once for a file: the most that every door gives. */
const SAVED_AT_ONCE = 200;

/**
 * The pages of a list that were shown so far. Who asks for the same list elsewhere on a page shares them, so that an
 * answer with more than rows is asked for once.
 */
export function usePages<T, Page extends { readonly next?: string | null } = ListPage<T>>(asked: Asked) {
  const { path, query = {} } = asked;
  const pageFrom = (from: string | null, limit = asked.limit) =>
    get<Page>(path, {
      ...query,
      ...(limit === undefined ? {} : { limit }),
      ...(from === null ? {} : { [asked.cursor ?? "cursor"]: from }),
    });
  const list = useInfiniteQuery({
    queryKey: ["list", path, query],
    queryFn: ({ pageParam }) => pageFrom(pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next ?? null,
  });
  const pages = list.data?.pages ?? [];
  const rowsOf = (page: Page) =>
    (page as unknown as Record<string, readonly T[]>)[asked.field ?? "items"] ?? [];
  const rows = pages.flatMap(rowsOf);
  /** Everything that the filters find, shown or not; ends early when whoever asked has left. */
  const all: ReadAll<T> = async (told, isOver) => {
    const found = [...rows];
    for (let next = pages.at(-1)?.next ?? null; next !== null && !isOver(); ) {
      const page = await pageFrom(next, SAVED_AT_ONCE);
      found.push(...rowsOf(page));
      next = page.next ?? null;
      told(found.length);
    }
    return found;
  };
  return { list, pages, rows, all };
}

/**
 * A list that the server pages: it holds what was shown and asks for more when somebody wants more. An empty one says
 * what to do next. Its file holds everything that the same filters find, not only what is shown.
 */
export function ServerList<T extends object>(
  props: RowsProps<T> &
    Asked & {
      /** Above the table: filters. */
      readonly filters?: ReactNode;
      /** The file name of the CSV; no button without it. */
      readonly csv?: string;
      /** Inside another card it needs none of its own. */
      readonly bare?: boolean;
    },
) {
  const t = useWords(PARTS);
  const { number } = useFormats();
  const [read] = useView();
  const order = read(props.sortName ?? "sort");
  const sort = orderAsked(props.columns, order);
  const { list, rows, all } = usePages<T>(
    sort === undefined ? props : { ...props, query: { ...props.query, sort } },
  );
  const [saving, setSaving] = useState<unknown>(null);
  const isSortedHere = order !== undefined && sort === undefined;
  const content = (
    <div className="stack">
      {(props.filters !== undefined || props.csv !== undefined) && (
        <div className="row" style={{ justifyContent: "space-between" }}>
          <div className="row">{props.filters}</div>
          {props.csv !== undefined && rows.length > 0 && (
            <SaveAsCsv<T>
              file={props.csv}
              columns={props.columns as readonly Column<T>[]}
              all={all}
              onError={setSaving}
            />
          )}
        </div>
      )}
      <ProblemNote error={list.error ?? saving} />
      <Rows<T> {...props} rows={rows} isLoading={list.isPending} />
      {list.hasNextPage && (
        <div className="more">
          {isSortedHere && <span className="quiet">{say(t.sortedAmong, { n: number(rows.length) })}</span>}
          <Button onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
            {t.more}
          </Button>
        </div>
      )}
    </div>
  );
  return props.bare === true ? content : <Card styles={{ body: { padding: 16 } }}>{content}</Card>;
}
