import { AppError } from "../../src/kernel/problems.ts";
import { rejection } from "../../src/kernel/verdicts.ts";
import {
  badRow,
  type FileRow,
  isBadText,
  MAX_CELL,
  MAX_COLUMNS,
  MAX_RECORD,
  type RowReader,
} from "./file-row.ts";
import { type Line, lineCutter } from "./line-cutter.ts";

export interface CsvFormat {
  /** One character; a space means any run of spaces and tabs, and then nothing is quoted. */
  readonly separator: string;
  /** The quoting character, or "" for none. */
  readonly quote: string;
  /** Whether the first record names the columns. */
  readonly header: boolean;
  /** Names by position, for files without header. */
  readonly columns: readonly string[] | null;
  /** Lines that begin so are left out; null for none. */
  readonly comment: string | null;
  readonly newline: "\n" | "\r";
}

/**
 * How much text may be read a second time after unclosed quotes. Beyond it quoted cells may no longer span lines,
 * so a file made of broken quotes costs time linear in its size.
 */
const REREAD_BUDGET = 64 * 1024 * 1024;

interface Open {
  readonly lines: Line[];
  size: number;
  readonly cells: string[];
  cell: string;
}

/**
 * Reads separated values (RFC 4180) with limits, and never loses a neighbour to a broken row:
 * - a quote opens a quoted cell only at the beginning of a cell; elsewhere it is an ordinary character (`12" vinyl`);
 * - a closing quote must be followed by a separator or the end of the line. Where it is not, and where a quoted
 *   cell is still open after 1 MiB or at the end of the file, the row is rejected as `unclosed-quote` under its first
 *   line, and reading starts again at the line after that one;
 * - a row with a cell over 64 KiB, with NUL or undecodable text, or with another number of cells than the header
 *   is rejected; a single line over 1 MiB is skipped without being held;
 * - blank lines are left out.
 * csv-parse cannot do this: after an unclosed quote it has swallowed the rest, and over its record limit it stops.
 */
export function csvReader(format: CsvFormat): RowReader {
  const { separator, quote } = format;
  const isSpaced = separator === " ";
  const cutter = lineCutter(format.newline);
  let columns: readonly string[] | null = format.header ? null : format.columns;
  let open: Open | null = null;
  let budget = REREAD_BUDGET;
  let out: FileRow[] = [];

  /** A stack of runs of lines, so that going back over a broken record copies nothing. */
  function take(first: Line): void {
    const runs: { readonly lines: readonly Line[]; at: number }[] = [{ lines: [first], at: 0 }];
    for (let run = runs.at(-1); run !== undefined; run = runs.at(-1)) {
      const line = run.lines[run.at++];
      if (line === undefined) {
        runs.pop();
        continue;
      }
      const again = takeLine(line);
      if (again.length > 0) runs.push({ lines: again, at: 0 });
    }
  }

  /** Handles one line; returns the lines that must be read again. */
  function takeLine(line: Line): readonly Line[] {
    if (line.isOverlong) {
      if (open !== null) return [...closeBroken(open), line];
      const detail = `Line ${line.no} is longer than ${MAX_RECORD} characters.`;
      put(badRow(line.no, rejection("cell-too-large", detail), line.text));
      return [];
    }
    if (open === null) {
      if (isBlank(line.text) || (format.comment !== null && line.text.startsWith(format.comment))) return [];
      if (isSpaced) emit(line.no, line.text, line.text.trim().split(/[ \t]+/));
      else if (quote === "" || !line.text.includes(quote)) {
        emit(line.no, line.text, line.text.split(separator));
      } else {
        const started: Open = { lines: [line], size: line.text.length, cells: [], cell: "" };
        return settle(started, scan(started, line.text, false));
      }
      return [];
    }
    open.lines.push(line);
    open.size += line.text.length + 1;
    return settle(open, scan(open, line.text, true));
  }

  function settle(record: Open, state: "done" | "open" | "broken"): readonly Line[] {
    open = null;
    if (state === "done") {
      const text = record.lines.map((l) => l.text).join("\n");
      emit((record.lines[0] as Line).no, text, record.cells);
      return [];
    }
    if (state === "broken" || record.size > MAX_RECORD || budget <= 0) return closeBroken(record);
    open = record;
    return [];
  }

  function closeBroken(record: Open): readonly Line[] {
    open = null;
    const [first, ...again] = record.lines as [Line, ...Line[]];
    budget -= record.size - first.text.length;
    const detail = `A quoted cell that begins on line ${first.no} is never properly closed.`;
    put(badRow(first.no, rejection("unclosed-quote", detail), first.text));
    return again;
  }

  /** Reads one physical line into the record. */
  function scan(record: Open, text: string, isContinued: boolean): "done" | "open" | "broken" {
    let isQuoted = isContinued;
    let at = 0;
    for (;;) {
      if (isQuoted) {
        const q = text.indexOf(quote, at);
        if (q < 0) {
          record.cell += `${text.slice(at)}\n`;
          return "open";
        }
        record.cell += text.slice(at, q);
        at = q + 1;
        if (text[at] === quote) {
          record.cell += quote;
          at += 1;
          continue;
        }
        isQuoted = false;
        record.cells.push(record.cell);
        record.cell = "";
        if (at === text.length) return "done";
        if (text[at] !== separator) return "broken";
        at += 1;
      } else if (text[at] === quote) {
        isQuoted = true;
        at += 1;
      } else {
        const s = text.indexOf(separator, at);
        record.cells.push(s < 0 ? text.slice(at) : text.slice(at, s));
        if (s < 0) return "done";
        at = s + 1;
      }
    }
  }

  function emit(line: number, text: string, cells: readonly string[]): void {
    if (text.length > MAX_CELL) {
      const at = cells.findIndex((c) => c.length > MAX_CELL);
      if (at >= 0) {
        // By position only: reasons are kept in the clear, and where a file has no header, the names of its columns
        // are its first person.
        const detail = `Cell ${at + 1} on line ${line} is longer than ${MAX_CELL} characters.`;
        put(badRow(line, rejection("cell-too-large", detail), text));
        return;
      }
    }
    if (isBadText(text)) {
      const detail = `Line ${line} holds NUL bytes or bytes that are not valid in the file's encoding.`;
      put(badRow(line, rejection("bad-text", detail), text));
      return;
    }
    if (columns === null) {
      columns = columnNames(cells, format.header);
      if (format.header) return;
    }
    if (cells.length !== columns.length) {
      const detail = `Line ${line} has ${cells.length} cells where ${columns.length} are expected.`;
      put(badRow(line, rejection("wrong-column-count", detail), text, cells));
      return;
    }
    put({ kind: "cells", line, cells });
  }

  function put(row: FileRow): void {
    if (columns === null && format.header && row.kind === "bad") {
      throw new AppError("unparsable-body", { detail: `The header cannot be read. ${row.rejection.detail}` });
    }
    out.push(row);
  }

  function taken(): FileRow[] {
    const rows = out;
    out = [];
    return rows;
  }

  return {
    columns: () => columns,
    push(text) {
      cutter.push(text, take);
      return taken();
    },
    end() {
      cutter.end(take);
      while (open !== null) for (const line of closeBroken(open)) take(line);
      return taken();
    },
  };
}

/** Cells of a header as names: trimmed, never empty, never twice; by position where there is no header. */
function columnNames(cells: readonly string[], isHeader: boolean): readonly string[] {
  if (cells.length > MAX_COLUMNS) {
    throw new AppError("unparsable-body", { detail: `The file has more than ${MAX_COLUMNS} columns.` });
  }
  const seen = new Map<string, number>();
  return cells.map((cell, i) => {
    const trimmed = isHeader ? cell.replace(/^\uFEFF/, "").trim() : "";
    const name = trimmed === "" || trimmed === "__proto__" ? `column ${i + 1}` : trimmed;
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name} (${times})`;
  });
}

function isBlank(text: string): boolean {
  return text === "" || (text.charCodeAt(0) <= 32 && /^[ ]*$/.test(text));
}
