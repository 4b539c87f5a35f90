import iconv from "iconv-lite";
import type { FileStep } from "./plan.ts";

function cell(text: string, separator: string): string {
  return /["\r\n]/.test(text) || text.includes(separator) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Rows as separated values with Windows line ends, as back offices export them. */
export function tableText(rows: readonly (readonly string[])[], separator = ","): string {
  return rows.map((row) => `${row.map((c) => cell(c, separator)).join(separator)}\r\n`).join("");
}

/** The text in a file's encoding; UTF-16 gets its byte order mark, the others none. */
export function encoded(text: string, encoding: FileStep["encoding"]): Buffer {
  return iconv.encode(text, encoding, { addBOM: encoding === "utf-16le" });
}

/** Columns set flush: the first ones and those named to the left, the others to the right. */
export function columns(
  rows: readonly (readonly string[])[],
  left = 1,
  alsoLeft: readonly number[] = [],
): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column < left || alsoLeft.includes(column)
          ? cell.padEnd(widths[column] ?? 0)
          : cell.padStart(widths[column] ?? 0),
      )
      .join("   ")
      .trimEnd(),
  );
}
