/** Whether the value is a JSON object (no list, no null). */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Text of a text, number or bigint, trimmed; null for anything else and for blank text. Booleans are no text. */
export function readText(value: unknown): string | null {
  const text =
    typeof value === "string"
      ? value.trim()
      : typeof value === "number" && Number.isFinite(value)
        ? String(value)
        : typeof value === "bigint"
          ? value.toString()
          : "";
  return text === "" ? null : text;
}

/** Whether a sender left the field out: absent, null, or blank text. */
export function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === "string" && value.trim() === "");
}

/** The first of some spellings of a field that is not blank. Only own fields count, whatever their name. */
export function firstOf(record: Readonly<Record<string, unknown>>, names: readonly string[]): unknown {
  for (const name of names) {
    if (!Object.hasOwn(record, name)) continue;
    const value = record[name];
    if (!isBlank(value)) return value;
  }
  return undefined;
}

/** A finite number written as a JSON number or as decimal text; null otherwise. */
export function readNumber(value: unknown): number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value !== "string" || !/^[+-]?\d{1,15}(\.\d{1,15})?$/.test(value.trim())) return null;
  return Number(value.trim());
}

/** A yes or no as people and files write it; null when it is neither. */
export function readFlag(value: unknown): boolean | null {
  if (typeof value === "boolean") return value;
  const text = readText(value)?.toLowerCase();
  if (text === undefined) return null;
  if (["true", "1", "yes", "y", "t", "是"].includes(text)) return true;
  if (["false", "0", "no", "n", "f", "否"].includes(text)) return false;
  return null;
}
