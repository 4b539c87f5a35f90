import DownloadOutlined from "@ant-design/icons/es/icons/DownloadOutlined";
import Button from "antd/es/button";
import Empty from "antd/es/empty";
import Table, { type TableProps } from "antd/es/table";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { say, useFormats, useWords } from "../i18n.ts";
import { comparePlain, csvOf, nameOf, type PlainColumn, readerOf } from "./columns.ts";
import { saveText } from "./save-text.ts";
import { useView } from "./view.ts";
import { PARTS } from "./words.ts";

/** One column: how it is drawn, and what it is without. */
export type Column<T> = NonNullable<TableProps<T>["columns"]>[number] &
  Pick<PlainColumn<T>, "csv"> & {
    /** What the API calls an order by this column, where the server orders the whole list by it. */
    readonly sort?: string;
  };

export interface RowsProps<T> {
  readonly label: string;
  readonly rowKey: (row: T) => string;
  readonly columns: readonly Column<T>[];
  /** Says what to do next. */
  readonly empty: ReactNode;
  readonly onOpen?: (row: T) => void;
  /** More of a row, below it. */
  readonly expanded?: (row: T) => ReactNode;
  /** Under what name the order stands in the address, where a page has several lists. */
  readonly sortName?: string;
}

/** The order in which the API is asked for a list, from the one in the address; none where it is the browser's to make. */
export function orderAsked<T>(columns: readonly Column<T>[], sort: string | undefined): string | undefined {
  const isDown = sort?.startsWith("-") === true;
  const name = isDown ? sort.slice(1) : sort;
  const by = columns.find((column) => column.sort !== undefined && nameOf(column) === name)?.sort;
  return by === undefined ? undefined : `${isDown ? "-" : ""}${by}`;
}

/**
 * The table of a list. Every column with a plain value can be sorted by; the order stands in the address. What the
 * server orders comes as it is to be shown. Rows that open do so by Enter, too.
 */
export function Rows<T extends object>(
  props: RowsProps<T> & { readonly rows: readonly T[]; readonly isLoading: boolean },
) {
  const [read, write] = useView();
  const name = props.sortName ?? "sort";
  const sort = read(name);
  const columns = props.columns.map(({ sort: byServer, ...column }) => {
    const value = readerOf(column);
    if ((value === null && byServer === undefined) || column.title === "") return column;
    const own = nameOf(column);
    return {
      ...column,
      key: own,
      sorter:
        byServer !== undefined || value === null ? true : (a: T, b: T) => comparePlain(value(a), value(b)),
      sortOrder: sort === own ? ("ascend" as const) : sort === `-${own}` ? ("descend" as const) : null,
    };
  });
  return (
    <Table<T>
      aria-label={props.label}
      rowKey={props.rowKey}
      size="middle"
      loading={props.isLoading}
      pagination={false}
      scroll={{ x: "max-content" }}
      showSorterTooltip={false}
      columns={columns}
      dataSource={[...props.rows]}
      locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={props.empty} /> }}
      onChange={(_pages, _filters, sorter) => {
        const { columnKey, order } = Array.isArray(sorter) ? (sorter[0] ?? {}) : sorter;
        write(name, order ? `${order === "descend" ? "-" : ""}${String(columnKey)}` : undefined);
      }}
      {...(props.expanded === undefined ? {} : { expandable: { expandedRowRender: props.expanded } })}
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
  );
}

/**
 * Reads every row of a list. `told` hears how many there are so far, and nothing more is fetched once `isOver`.
 */
export type ReadAll<T> = (
  told: (count: number) => void,
  isOver: () => boolean,
) => Promise<readonly T[]> | readonly T[];

/** Saves a list as CSV. What is not shown yet is fetched first: how far that is is said, and pressing again ends it. */
export function SaveAsCsv<T>(props: {
  readonly file: string;
  readonly columns: readonly Column<T>[];
  readonly all: ReadAll<T>;
  readonly onError?: (error: unknown) => void;
}) {
  const t = useWords(PARTS);
  const { number } = useFormats();
  const [count, setCount] = useState<number | null>(null);
  const over = useRef(true);
  // Who goes on to another page wants no file any more.
  useEffect(
    () => () => {
      over.current = true;
    },
    [],
  );
  const save = async () => {
    over.current = false;
    setCount(0);
    props.onError?.(null);
    try {
      const rows = await props.all(setCount, () => over.current);
      if (!over.current) saveText(`${props.file}.csv`, csvOf(props.columns, rows));
    } catch (error) {
      props.onError?.(error);
    } finally {
      over.current = true;
      setCount(null);
    }
  };
  return (
    <Button
      icon={<DownloadOutlined />}
      onClick={() => {
        if (over.current) void save();
        else over.current = true;
      }}
    >
      {count === null ? t.csv : say(t.csvSoFar, { n: number(count) })}
    </Button>
  );
}
