import { REASONS, type ReasonCode } from "../../src/kernel/verdicts.ts";
import { isRecord } from "../steps/index.ts";

/**
 * One row as it came, kept beside its verdict so that it can be corrected and read again. It is plain JSON.
 * Everything its derived message id depends on is in here, so a replay gives the same id.
 */
export type RawRow = {
  /** The line on which it began; the first line of a file is 1. */
  readonly line: number;
  /** Which of the equal rows of its file it was: 1, 2, … */
  readonly occurrence: number;
  /** When its file was written where that was stated, else the UTC day it came: dates rows without a time (lists). */
  readonly asOf: string;
} & (
  | { readonly kind: "row"; readonly row: Readonly<Record<string, unknown>> }
  /** A row of a file without header, by position. */
  | { readonly kind: "cells"; readonly cells: readonly string[] }
  | { readonly kind: "object"; readonly object: Readonly<Record<string, unknown>> }
  /** A row that could not be cut into cells, and why. */
  | {
      readonly kind: "text";
      readonly text: string;
      readonly code: ReasonCode;
      readonly detail: string;
      readonly cells?: readonly string[];
    }
);

/** What a row holds by the file's own names, or by position where it has none. */
export function cellsOf(raw: RawRow): unknown {
  switch (raw.kind) {
    case "row":
      return raw.row;
    case "object":
      return raw.object;
    case "cells":
      return raw.cells;
    case "text":
      return raw.cells ?? raw.text;
  }
}

function isMoment(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}(?:T[\d:.]+Z)?$/.test(text) && !Number.isNaN(Date.parse(text));
}

/** Recognises a stored or edited raw row; null when it is none. */
export function asRawRow(value: unknown): RawRow | null {
  if (!isRecord(value)) return null;
  const { line, occurrence, asOf, kind } = value;
  if (!Number.isSafeInteger(line) || !Number.isSafeInteger(occurrence)) return null;
  if (typeof asOf !== "string" || !isMoment(asOf)) return null;
  const isTexts = (cells: unknown) => Array.isArray(cells) && cells.every((c) => typeof c === "string");
  const isWhole =
    (kind === "row" && isRecord(value.row)) ||
    (kind === "object" && isRecord(value.object)) ||
    (kind === "cells" && isTexts(value.cells)) ||
    (kind === "text" &&
      typeof value.text === "string" &&
      typeof value.code === "string" &&
      Object.hasOwn(REASONS, value.code) &&
      (value.cells === undefined || isTexts(value.cells)));
  return isWhole ? (value as RawRow) : null;
}
