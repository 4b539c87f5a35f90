/** What a cell is, as plain text or a figure. */
export type Plain = string | number | null | undefined;

/** What there is to know of a column without drawing it: what it is in a file, in a search and when sorted (the field itself unless stated). */
export interface PlainColumn<T> {
  readonly title?: unknown;
  readonly key?: unknown;
  readonly dataIndex?: unknown;
  readonly csv?: (row: T) => Plain;
  readonly render?: (value: unknown, row: T, index: number) => unknown;
}

/** What a column is called in the address. */
export function nameOf<T>(column: PlainColumn<T>): string {
  return String(column.key ?? column.dataIndex ?? "");
}

/** A word of the API, such as `in-progress`: people read it in their language. */
const CODE = /^[a-z][a-z0-9_.-]*$/;

/**
 * How to read a row's plain value in a column; null for columns that have none, such as those of buttons. A code reads
 * as the words it is drawn with.
 */
export function readerOf<T>(column: PlainColumn<T>): ((row: T) => Plain) | null {
  if (column.csv !== undefined) return column.csv;
  if (typeof column.dataIndex !== "string") return null;
  const field = column.dataIndex;
  return (row) => {
    const value = (row as Readonly<Record<string, unknown>>)[field];
    const drawn = typeof value === "string" && CODE.test(value) ? drawnText(column, row) : "";
    return drawn === "" ? plain(value) : drawn;
  };
}

/** What stands in a cell as it is drawn, as text: the words among its elements, as far as they are written there. */
export function drawnText<T>(column: PlainColumn<T>, row: T): string {
  if (column.render === undefined) return "";
  const field = typeof column.dataIndex === "string" ? column.dataIndex : undefined;
  const value = field === undefined ? undefined : (row as Readonly<Record<string, unknown>>)[field];
  return textOf(column.render(value, row, 0))
    .replaceAll(/\s+/g, " ")
    .trim();
}

function textOf(drawn: unknown): string {
  if (typeof drawn === "string" || typeof drawn === "number") return String(drawn);
  if (Array.isArray(drawn)) return drawn.map(textOf).join(" ");
  if (typeof drawn !== "object" || drawn === null || !("props" in drawn)) return "";
  const { props } = drawn;
  return typeof props === "object" && props !== null && "children" in props ? textOf(props.children) : "";
}

function plain(value: unknown): Plain {
  if (value === null || value === undefined || typeof value === "number") return value ?? null;
  return Array.isArray(value) ? value.join(" ") : String(value);
}

/** Figures by size, text as the reader's language orders it, what is missing last. */
export function comparePlain(a: Plain, b: Plain): number {
  if (a == null || b == null) return a == null ? (b == null ? 0 : 1) : -1;
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}

/** Whether some cell of a row holds what is looked for, as it is drawn or as it is kept, whatever its case. */
export function rowHolds<T>(columns: readonly PlainColumn<T>[], row: T, sought: string): boolean {
  const low = sought.trim().toLocaleLowerCase();
  return columns.some((column) => {
    const read = readerOf(column);
    if (read === null) return false;
    return [String(read(row) ?? ""), drawnText(column, row)].some((text) =>
      text.toLocaleLowerCase().includes(low),
    );
  });
}

/** A cell of a spreadsheet: a leading sign that starts a formula is disarmed, quotes are doubled (RFC 4180). */
function cell(value: Plain): string {
  const text = value == null ? "" : String(value);
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Rows as CSV with the headings of their columns. */
export function csvOf<T>(columns: readonly PlainColumn<T>[], rows: readonly T[]): string {
  const told = columns.flatMap((column) => {
    const read = readerOf(column);
    return read === null ? [] : [{ title: typeof column.title === "string" ? column.title : "", read }];
  });
  const lines = [
    told.map(({ title }) => cell(title)),
    ...rows.map((row) => told.map(({ read }) => cell(read(row)))),
  ];
  return `${lines.map((line) => line.join(",")).join("\r\n")}\r\n`;
}
