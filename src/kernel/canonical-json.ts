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
      return JSON.stringify(value);
    case "bigint":
      return value.toString();
    case "number":
      if (!Number.isFinite(value)) throw new TypeError("canonical JSON has no NaN or Infinity");
      return JSON.stringify(value);
    case "object":
      if (value instanceof Date) return JSON.stringify(value.toISOString());
      return Array.isArray(value) ? canonicalList(value) : canonicalObject(value as Record<string, unknown>);
    default:
      throw new TypeError(`canonical JSON cannot hold a ${typeof value}`);
  }
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

function isSorted(keys: readonly string[]): boolean {
  for (let i = 1; i < keys.length; i++) if ((keys[i - 1] as string) > (keys[i] as string)) return false;
  return true;
}

function canonicalObject(record: Readonly<Record<string, unknown>>): string {
  const keys = Object.keys(record);
  if (!isSorted(keys)) keys.sort();
  let text = "{";
  for (const key of keys) {
    const value = record[key];
    if (value === undefined) continue;
    if (text.length > 1) text += ",";
    text += spell(key) + canonicalJson(value);
  }
  return `${text}}`;
}
