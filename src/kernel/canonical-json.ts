import { compareText, sortFew } from "./sort-few.ts";

/**
 * One spelling for one value: object keys sorted by UTF-16 code units, no white space
 * (the JSON Canonicalization Scheme, RFC 8785, for the values JSON.parse can produce).
 * Keys whose value is undefined are left out; bigint is written as a whole number.
 * Throws TypeError for what JSON cannot hold.
 */
export function canonicalJson(value: unknown): string {
  if (value === null) return "null";
  switch (typeof value) {
    case "boolean":
      return value ? "true" : "false";
    case "string":
      return quoted(value);
    case "bigint":
      return value.toString();
    case "number":
      if (!Number.isFinite(value)) throw new TypeError("canonical JSON has no NaN or Infinity");
      return `${value}`;
    case "object":
      if (value instanceof Date) return JSON.stringify(value.toISOString());
      return Array.isArray(value) ? canonicalList(value) : canonicalObject(value as Record<string, unknown>);
    default:
      throw new TypeError(`canonical JSON cannot hold a ${typeof value}`);
  }
}

const SHORT = 64;
/** All that JSON may escape: quotation marks, backslashes, control characters, halves of surrogate pairs. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/;

/** Nearly all text stands as it is, and putting it in quotation marks costs less than asking the engine to. */
function quoted(text: string): string {
  return text.length > SHORT || ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`;
}

function canonicalList(list: readonly unknown[]): string {
  let text = "[";
  for (let i = 0; i < list.length; i++) {
    const item = list[i];
    if (i > 0) text += ",";
    text += item === undefined ? "null" : canonicalJson(item);
  }
  return `${text}]`;
}

/** Spelled keys recur from event to event; spelling them anew was a third of the work. */
const spelled = new Map<string, string>();
const MOST_SPELLED = 2_000;

function spell(key: string): string {
  let text = spelled.get(key);
  if (text === undefined) {
    text = `${JSON.stringify(key)}:`;
    if (key.length <= 40 && spelled.size < MOST_SPELLED) spelled.set(key, text);
  }
  return text;
}

function canonicalObject(record: Readonly<Record<string, unknown>>): string {
  const keys = Object.keys(record);
  sortFew(keys, compareText);
  let text = "{";
  for (const key of keys) {
    const value = record[key];
    if (value === undefined) continue;
    if (text.length > 1) text += ",";
    text += spell(key) + canonicalJson(value);
  }
  return `${text}}`;
}
