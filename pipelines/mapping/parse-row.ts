import { type Rejection, rejection } from "../../src/kernel/verdicts.ts";
import type { Arrival, ParsedItem, SourceSettings } from "../adapter.ts";
import { parseSale } from "../sources/pos/sale-row.ts";
import type { Row } from "./cell.ts";
import { fatalDetail } from "./columns.ts";
import { type CompiledMapping, compileMapping } from "./compile.ts";
import type { FileMapping } from "./mapping.schema.ts";
import { parseListedPerson, parseTracked } from "./person-row.ts";
import { asRawRow, type RawRow } from "./raw-row.ts";
import {
  contentOf,
  emptyFault,
  type RowContext,
  type RowDeps,
  RowFault,
  sentMessageId,
} from "./row-context.ts";
import { parseAnswer } from "./survey-row.ts";

/**
 * Reads one stored or edited raw row under the mapping of now. Pure: the same row and mapping give the same item, and
 * the derived message id depends on the row alone (its content, its place among its equals, its document), so that a
 * replay after a correction of the mapping meets what the file would bring again. `mapping` null: well-known names.
 */
export function parseRow(
  raw: unknown,
  source: SourceSettings,
  mapping: FileMapping | null,
  arrival: Arrival,
  deps: RowDeps,
): ParsedItem {
  const known = asRawRow(raw);
  if (known === null) return rejected(rejection("not-an-object", "This is not a row of a file."));
  const names = namesOf(known, mapping);
  if (names === null) {
    if (known.kind === "text") return rejected({ code: known.code, detail: known.detail });
    return rejected(rejection("wrong-column-count"));
  }
  const compiled = compileMapping(mapping, source, names, known.kind !== "object");
  return parseRawRow(known, compiled, arrival, deps);
}

/** Reads a raw row under a mapping made ready for its file; `content` spares computing it twice. */
export function parseRawRow(
  raw: RawRow,
  compiled: CompiledMapping,
  arrival: Arrival,
  deps: RowDeps,
  content?: string,
): ParsedItem {
  const row = rowOf(raw, compiled.mapping);
  if (row === null) {
    return rejected(
      raw.kind === "text" ? { code: raw.code, detail: raw.detail } : rejection("wrong-column-count"),
    );
  }
  const context: RowContext = {
    raw,
    row,
    compiled,
    arrival,
    deps,
    content: content ?? contentOf(compiled, raw, row),
  };
  try {
    const fatal = fatalDetail(compiled.missing);
    if (fatal !== null) throw new RowFault("column-missing", fatal.detail, { column: fatal.columns });
    for (const { when, reason } of compiled.when.skip) {
      if (when(row)) throw new RowFault("skipped-by-mapping", `The mapping leaves such rows out: ${reason}`);
    }
    for (const [target, { rule, read }] of compiled.fields) {
      if (rule.required === true && read(row) === undefined) {
        throw emptyFault(context, target);
      }
    }
    switch (compiled.event) {
      case "sale":
        return parseSale(context);
      case "survey":
        return parseAnswer(context);
      case "track":
        return parseTracked(context);
      default:
        return parseListedPerson(context);
    }
  } catch (error) {
    if (!(error instanceof RowFault)) throw error;
    return { kind: "rejected", messageId: sentMessageId(context) ?? null, rejection: error.rejection };
  }
}

function rejected(why: Rejection): ParsedItem {
  return { kind: "rejected", messageId: null, rejection: why };
}

/** Names for the cells of a file without header: the mapping's, else "column 1", "column 2", … */
export function positionNames(columns: readonly string[] | undefined, count: number): readonly string[] {
  return columns ?? Array.from({ length: count }, (_, i) => `column ${i + 1}`);
}

function namesOf(raw: RawRow, mapping: FileMapping | null): readonly string[] | null {
  if (raw.kind === "row") return Object.keys(raw.row);
  if (raw.kind === "object") return Object.keys(raw.object);
  if (raw.kind === "text" && (mapping?.columns === undefined || raw.cells === undefined)) return null;
  const cells = raw.cells ?? [];
  const names = positionNames(mapping?.columns, cells.length);
  return names.length === cells.length ? names : null;
}

/** The row by name; null when its cells do not fit the names. */
export function rowOf(raw: RawRow, mapping: FileMapping | null): Row | null {
  if (raw.kind === "row") return raw.row;
  if (raw.kind === "object") return raw.object;
  const names = namesOf(raw, mapping);
  if (names === null) return null;
  const cells = raw.cells ?? [];
  return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? ""]));
}
