import { isRecord } from "../steps/index.ts";

/** One row by its column names, or one JSON object. */
export type Row = Readonly<Record<string, unknown>>;

/** A cell, a key, or what stands at a path with dots; undefined where there is nothing or only blanks. */
export function lookUp(row: Row, name: string): unknown {
  if (Object.hasOwn(row, name)) return presence(row[name]);
  if (!name.includes(".")) return undefined;
  let node: unknown = row;
  for (const step of name.split(".")) {
    if (!isRecord(node) || !Object.hasOwn(node, step)) return undefined;
    node = node[step];
  }
  return presence(node);
}

/** Trimmed; undefined where there is nothing or only blanks. */
export function presence(value: unknown): unknown {
  if (typeof value !== "string") return value ?? undefined;
  const text = value.trim();
  return text === "" ? undefined : text;
}

/** Text of a scalar; undefined for nothing, and for lists and objects. */
export function textOf(value: unknown): string | undefined {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
    case "bigint":
    case "boolean":
      return String(value);
    default:
      return undefined;
  }
}
