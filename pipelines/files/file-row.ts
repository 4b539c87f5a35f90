import type { Rejection } from "../../src/kernel/verdicts.ts";

/** Longest cell, in UTF-16 code units. */
export const MAX_CELL = 64 * 1024;
/** Longest record, quoted line breaks included, in UTF-16 code units. */
export const MAX_RECORD = 1024 * 1024;
/** Most cells in a header. */
export const MAX_COLUMNS = 2_000;

/** One record of a file, with the line on which it begins (the first line is 1). */
export type FileRow =
  | { readonly kind: "cells"; readonly line: number; readonly cells: readonly string[] }
  | { readonly kind: "object"; readonly line: number; readonly value: Readonly<Record<string, unknown>> }
  /** A record that could not be read. `text` is its beginning, `cells` what it was cut into if it was. */
  | {
      readonly kind: "bad";
      readonly line: number;
      readonly rejection: Rejection;
      readonly text: string;
      readonly cells?: readonly string[];
    };

/** Cuts pushed text into rows; the arrays hold what became complete. */
export interface RowReader {
  /** Names of the columns once the header has been read; always null for JSON. */
  columns(): readonly string[] | null;
  push(text: string): FileRow[];
  end(): FileRow[];
}

/** Whether the text holds what no stored text may: NUL, a lone surrogate, or the mark of undecodable bytes. */
export function isBadText(text: string): boolean {
  return text.includes("\0") || /\p{Surrogate}/u.test(text);
}

/** A row that could not be read keeps the beginning of its text for whoever looks at it later. */
export function badRow(line: number, rejection: Rejection, text: string, cells?: readonly string[]): FileRow {
  const cut = text.length > MAX_CELL ? text.slice(0, MAX_CELL) : text;
  // The marks of undecodable bytes have done their work: what is kept must be storable text.
  const kept = isBadText(cut) ? cut.replace(/\p{Surrogate}/gu, "\uFFFD") : cut;
  return { kind: "bad", line, rejection, text: kept, ...(cells && text.length <= MAX_CELL ? { cells } : {}) };
}
