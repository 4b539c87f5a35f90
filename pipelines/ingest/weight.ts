/** Below this nothing is looked for: items are at most 32 levels deep when they get here. */
const DEEPEST = 40;

/** About how many characters an item holds, names and values. */
export function weightOf(raw: unknown, depth = 0): number {
  if (typeof raw === "string") return raw.length;
  if (typeof raw !== "object" || raw === null || depth > DEEPEST) return 8;
  let sum = 0;
  if (Array.isArray(raw)) for (const part of raw) sum += weightOf(part, depth + 1);
  else
    for (const name in raw) sum += name.length + weightOf((raw as Record<string, unknown>)[name], depth + 1);
  return sum;
}
