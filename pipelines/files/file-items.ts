import type { Arrival, ParsedItem, SourceSettings } from "../adapter.ts";
import { textOf } from "../mapping/cell.ts";
import type { Missing } from "../mapping/columns.ts";
import { type CompiledMapping, compileMapping } from "../mapping/compile.ts";
import type { FileMapping } from "../mapping/mapping.schema.ts";
import { parseRawRow, rowOf } from "../mapping/parse-row.ts";
import type { RawRow } from "../mapping/raw-row.ts";
import { contentOf, type RowDeps } from "../mapping/row-context.ts";
import { type Encoding, findEncoding } from "./decode.ts";
import type { FileRow } from "./file-row.ts";
import { countOccurrences } from "./occurrences.ts";
import { type OpenedFile, openRows, type RowFormat } from "./rows.ts";

/** One row of a file with its verdict and with what is needed to read it again. */
export interface FileItem {
  readonly line: number;
  readonly item: ParsedItem;
  readonly raw: RawRow;
}

/** A file that is being read, and what its beginning tells. */
export interface FileReading {
  readonly format: RowFormat;
  readonly separator: string | null;
  readonly columns: readonly string[] | null;
  /** What the mapping names and the file has not; for JSON always empty. */
  readonly missing: readonly Missing[];
  readonly unmappedColumns: readonly string[];
  /** The mapping in force: the given one, or the default made for these columns. */
  readonly mapping: FileMapping | null;
  readonly items: AsyncIterable<FileItem>;
  encoding(): Encoding | null;
}

/**
 * Opens an uploaded file and reads it row by row under its mapping (null: by well-known column names). Every row gives
 * exactly one item; memory does not grow with the file but for 16 to 48 bytes a distinct line, by which equal ones are
 * numbered. Throws `unknown-encoding` and `unparsable-body` where the file as a whole cannot be read.
 */
export async function readFileItems(
  bytes: AsyncIterable<Uint8Array>,
  source: SourceSettings,
  mapping: FileMapping | null,
  arrival: Arrival,
  deps: RowDeps,
): Promise<FileReading> {
  const { encoding, format, separator, quote, header, columns, comment } = mapping ?? {};
  const named = encoding === undefined ? null : findEncoding(encoding);
  const opened = await openRows(bytes, {
    ...(format === undefined ? {} : { format }),
    ...(named === null ? {} : { encoding: named }),
    ...(separator === undefined ? {} : { separator }),
    ...(quote === undefined ? {} : { quote }),
    ...(header === undefined ? {} : { header }),
    ...(columns === undefined ? {} : { columns }),
    ...(comment === undefined ? {} : { comment }),
  });
  const compiled = opened.columns === null ? null : compileMapping(mapping, source, opened.columns, true);
  return {
    format: opened.format,
    separator: opened.separator,
    columns: opened.columns,
    missing: compiled?.missing ?? [],
    unmappedColumns: compiled?.unmappedColumns ?? [],
    mapping: compiled?.mapping ?? mapping,
    items: itemsOf(opened, compiled, source, mapping, arrival, deps),
    encoding: opened.encoding,
  };
}

async function* itemsOf(
  opened: OpenedFile,
  table: CompiledMapping | null,
  source: SourceSettings,
  mapping: FileMapping | null,
  arrival: Arrival,
  deps: RowDeps,
): AsyncGenerator<FileItem, void, undefined> {
  // Who says when the file was written can say twice a day what became of a list; otherwise a day's lists are one.
  const asOf = arrival.sentAt?.toISOString() ?? arrival.receivedAt.toISOString().slice(0, 10);
  const seen = countOccurrences();
  for await (const fileRow of opened.rows) {
    const first = rawOf(fileRow, opened, asOf);
    if (first.kind === "text") {
      const item: ParsedItem = {
        kind: "rejected",
        messageId: null,
        rejection: { code: first.code, detail: first.detail },
      };
      // A row with too few or too many cells may be read later under other column names, so it is numbered too.
      const raw = first.cells ? { ...first, occurrence: seen.next(JSON.stringify(first.cells)) } : first;
      yield { line: first.line, raw, item };
      continue;
    }
    // JSON objects may differ in their keys, and then the default mapping does too.
    const keys = fileRow.kind === "object" ? Object.keys(fileRow.value) : [];
    const compiled = table ?? compileMapping(mapping, source, keys, false);
    const row = rowOf(first, compiled.mapping);
    const content = row === null ? undefined : contentOf(compiled, first, row);
    const isOneOfMany = row !== null && content !== undefined && isNumbered(compiled, row);
    const raw = isOneOfMany ? { ...first, occurrence: seen.next(content) } : first;
    yield { line: raw.line, raw, item: parseRawRow(raw, compiled, arrival, deps, content) };
  }
}

/**
 * Whether equal rows are different facts. Purchases and happenings are, unless each names its own id or its line on a
 * document; two equal entries of a member list, or two equal answers of one person at one time, say one thing twice.
 */
function isNumbered(compiled: CompiledMapping, row: Readonly<Record<string, unknown>>): boolean {
  if (compiled.event !== "sale" && compiled.event !== "track") return false;
  const has = (target: string) => textOf(compiled.fields.get(target)?.read(row)) !== undefined;
  return !(compiled.event === "sale" && has("line") && (has("receiptNo") || has("orderId")));
}

function rawOf(row: FileRow, opened: OpenedFile, asOf: string): RawRow {
  const meta = { line: row.line, occurrence: 1, asOf };
  if (row.kind === "object") return { ...meta, kind: "object", object: row.value };
  if (row.kind === "bad") {
    const { code, detail } = row.rejection;
    const cells = row.cells === undefined ? {} : { cells: row.cells };
    return { ...meta, kind: "text", text: row.text, code, detail, ...cells };
  }
  if (!opened.hasHeader) return { ...meta, kind: "cells", cells: row.cells };
  const named: Record<string, unknown> = {};
  const names = opened.columns ?? [];
  for (let i = 0; i < names.length; i++) named[names[i] as string] = row.cells[i];
  return { ...meta, kind: "row", row: named };
}
