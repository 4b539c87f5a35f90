import DownloadOutlined from "@ant-design/icons/es/icons/DownloadOutlined";
import { useInfiniteQuery } from "@tanstack/react-query";
import Button from "antd/es/button";
import Card from "antd/es/card";
import Empty from "antd/es/empty";
import Table, { type TableProps } from "antd/es/table";
import type { ReactNode } from "react";
import { useCallback } from "react";
import { useSearchParams } from "react-router";
import { get, type Query } from "../api.ts";
import { useWords } from "../i18n.ts";
import { ProblemNote } from "./problem.tsx";
import { PARTS } from "./words.ts";

/** A page of a list, as the API answers it. */
export interface ListPage<T> {
  readonly items: readonly T[];
  readonly next?: string | null;
}

/** What a list is filtered by, kept in the address: it can be sent to a colleague and survives a reload. */
export function useView(): readonly [
  (name: string) => string | undefined,
  (name: string, value: string | undefined) => void,
] {
  const [params, setParams] = useSearchParams();
  const read = useCallback((name: string) => params.get(name) ?? undefined, [params]);
  const write = useCallback(
    (name: string, value: string | undefined) =>
      setParams(
        (old) => {
          const next = new URLSearchParams(old);
          if (value === undefined || value === "") next.delete(name);
          else next.set(name, value);
          return next;
        },
        { replace: true },
      ),
    [setParams],
  );
  return [read, write];
}

/** One column: how it is shown, and what it is in a CSV file (the cell itself when that is text). */
export type Column<T> = NonNullable<TableProps<T>["columns"]>[number] & {
  readonly csv?: (row: T) => string | number | null | undefined;
};

/**
 * A list that the server pages: it holds what was shown and asks for more when somebody wants more. An empty one says
 * what to do next.
 */
export function ServerList<T extends object>(props: {
  readonly path: string;
  readonly query?: Query;
  readonly rowKey: (row: T) => string;
  readonly columns: readonly Column<T>[];
  readonly empty: ReactNode;
  /** Above the table: filters. */
  readonly filters?: ReactNode;
  readonly onOpen?: (row: T) => void;
  /** The file name of the CSV; no button without it. */
  readonly csv?: string;
  readonly limit?: number;
  /** What the API calls the mark of the next page: `cursor` unless stated. */
  readonly cursor?: "cursor" | "after" | "before";
  /** Under what name the API answers the rows: `items` unless stated. */
  readonly field?: string;
  readonly label: string;
}) {
  const t = useWords(PARTS);
  const { path, query = {}, columns } = props;
  const list = useInfiniteQuery({
    queryKey: ["list", path, query],
    queryFn: ({ pageParam }) =>
      get<ListPage<T>>(path, {
        ...query,
        ...(props.limit === undefined ? {} : { limit: props.limit }),
        ...(pageParam === null ? {} : { [props.cursor ?? "cursor"]: pageParam }),
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next ?? null,
  });
  const rows = list.data?.pages.flatMap((page) => rowsOf<T>(page, props.field)) ?? [];
  return (
    <Card styles={{ body: { padding: 16 } }}>
      <div className="stack">
        {(props.filters !== undefined || props.csv !== undefined) && (
          <div className="row" style={{ justifyContent: "space-between" }}>
            <div className="row">{props.filters}</div>
            {props.csv !== undefined && rows.length > 0 && (
              <Button icon={<DownloadOutlined />} onClick={() => saveCsv(`${props.csv}.csv`, columns, rows)}>
                {t.csv}
              </Button>
            )}
          </div>
        )}
        <ProblemNote error={list.error} />
        <Table<T>
          aria-label={props.label}
          rowKey={props.rowKey}
          size="middle"
          loading={list.isPending}
          pagination={false}
          scroll={{ x: "max-content" }}
          columns={[...columns]}
          dataSource={rows}
          locale={{ emptyText: <Empty description={props.empty} /> }}
          {...(props.onOpen === undefined
            ? {}
            : {
                onRow: (row: T) => ({
                  onClick: () => props.onOpen?.(row),
                  onKeyDown: (event) => {
                    if (event.key === "Enter" && event.target === event.currentTarget) props.onOpen?.(row);
                  },
                  tabIndex: 0,
                  style: { cursor: "pointer" },
                }),
              })}
        />
        {list.hasNextPage && (
          <Button
            onClick={() => void list.fetchNextPage()}
            loading={list.isFetchingNextPage}
            style={{ alignSelf: "center" }}
          >
            {t.more}
          </Button>
        )}
      </div>
    </Card>
  );
}

function rowsOf<T>(page: ListPage<T>, field: string | undefined): readonly T[] {
  return field === undefined ? page.items : ((page as unknown as Record<string, readonly T[]>)[field] ?? []);
}

/** A cell of a spreadsheet: a leading sign that starts a formula is disarmed, quotes are doubled (RFC 4180). */
function csvCell(value: unknown): string {
  const text = value === null || value === undefined ? "" : String(value);
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Saves what a list shows, with its headings, as UTF-8 that spreadsheets recognise. */
function saveCsv<T extends object>(name: string, columns: readonly Column<T>[], rows: readonly T[]): void {
  const shown = columns.filter(
    (c) => c.csv !== undefined || ("dataIndex" in c && typeof c.dataIndex === "string"),
  );
  const cell = (column: Column<T>, row: T): unknown => {
    if (column.csv !== undefined) return column.csv(row);
    const index = "dataIndex" in column ? (column.dataIndex as string) : "";
    return (row as Record<string, unknown>)[index];
  };
  const lines = [
    shown.map((c) => csvCell(typeof c.title === "string" ? c.title : "")),
    ...rows.map((row) => shown.map((c) => csvCell(cell(c, row)))),
  ];
  const text = `\ufeff${lines.map((line) => line.join(",")).join("\r\n")}\r\n`;
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
