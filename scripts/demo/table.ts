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
