import { closeSync, openSync, writeSync } from "node:fs";
import type { FileReport } from "../../pipelines/index.ts";
import { fileError } from "./documents.ts";
import { count, plural, printable, size, table } from "./text.ts";

const VERDICTS = ["accepted", "duplicate", "quarantined", "refused"] as const;
/** Rejected rows shown on the terminal. */
const SHOWN = 5;
const REASONS_SHOWN = 10;

/** How many rows of a report were not stored. */
export function rejectedOf(report: Pick<FileReport, "counts">): number {
  return report.counts.quarantined + report.counts.refused;
}

/** How the file was read: `CSV, separator ",", utf-8`. */
export function describeFormat(file: Pick<FileReport, "format" | "separator" | "encoding">): string {
  const separator = file.separator === null ? null : JSON.stringify(file.separator);
  return [
    file.format.toUpperCase(),
    ...(separator === null ? [] : [`separator ${separator}`]),
    ...(file.encoding === null ? [] : [file.encoding]),
  ].join(", ");
}

/** Columns that somebody should look at. */
export function describeColumns(file: Pick<FileReport, "unmappedColumns" | "missingColumns">): string[] {
  const lines: string[] = [];
  for (const { column, uses, isFatal } of file.missingColumns) {
    const effect = isFatal ? "no row can be stored without it" : "rows are stored without it";
    lines.push(`Missing column ${quote(column)} (fills ${uses.map(printable).join(", ")}): ${effect}.`);
  }
  if (file.unmappedColumns.length > 0)
    lines.push(`Columns that nobody maps: ${file.unmappedColumns.map(quote).join(", ")}.`);
  return lines;
}

function quote(name: string): string {
  return JSON.stringify(printable(name));
}

/** What became of one file, for people. */
export function describeImport(name: string, report: FileReport, seconds: number, bytes: number): string[] {
  const rate = Math.round(report.rows / Math.max(seconds, 0.001));
  const lines = [
    `${printable(name)}: ${describeFormat(report)}; ${plural(report.rows, "row")}, ${size(bytes)} in ` +
      `${seconds.toFixed(seconds < 10 ? 2 : 0)} s (${count(rate)} rows/s)`,
    ...table(
      VERDICTS.map((v) => [v, count(report.counts[v])]),
      { indent: "  ", right: [1] },
    ),
  ];
  if (report.reasons.length > 0) {
    lines.push("Why rows were not stored:");
    lines.push(
      ...table(
        report.reasons
          .slice(0, REASONS_SHOWN)
          .map((r) => [count(r.count), r.code, `first on line ${count(r.firstLine)}`, r.detail]),
        { indent: "  ", right: [0] },
      ),
    );
    const others = report.reasons.length - REASONS_SHOWN;
    if (others > 0) lines.push(`  … and ${plural(others, "other reason")}`);
  }
  if (report.rejected.length > 0) {
    lines.push("First of them:");
    lines.push(
      ...table(
        report.rejected
          .slice(0, SHOWN)
          .map((r) => [`line ${count(r.line)}`, r.status, r.code, r.quarantineId ?? "-"]),
        { indent: "  " },
      ),
    );
  }
  return [...lines, ...describeColumns(report)];
}

type CsvLine = (cells: readonly (string | number | null)[]) => string;

/** A CSV file that lists every rejected row. It says where and why, never what the row held. */
export interface RejectedFile {
  /** Adds the rejected rows of one imported file. */
  add(file: string, rejected: FileReport["rejected"]): void;
  close(): void;
}

const HEADER = ["file", "line", "verdict", "code", "reason", "quarantineId"];

/** Opens the report before anything is imported, so that a wrong path costs nothing. Replaces an older one. */
export function openRejectedFile(path: string, csvLine: CsvLine): RejectedFile {
  let fd: number;
  try {
    fd = openSync(path, "w", 0o600);
  } catch (error) {
    throw fileError(path, error);
  }
  writeSync(fd, csvLine(HEADER));
  return {
    add(file, rejected) {
      const lines = rejected.map((r) => csvLine([file, r.line, r.status, r.code, r.detail, r.quarantineId]));
      if (lines.length > 0) writeSync(fd, lines.join(""));
    },
    close: () => closeSync(fd),
  };
}
