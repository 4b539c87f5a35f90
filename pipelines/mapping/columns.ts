import type { FileMapping, RowEvent } from "./mapping.schema.ts";
import { IDENTIFIER_TARGETS } from "./targets.ts";

/** A column that the mapping names and the file has not. */
export interface Missing {
  readonly column: string;
  /** What it was to fill: a field, or a rule such as `return.when`. */
  readonly uses: readonly string[];
  /** Whether no row can be read without it; otherwise rows are read without what it would have told. */
  readonly isFatal: boolean;
}

/**
 * Fields whose column must be there once the mapping names it. For a sale that is all that makes the document:
 * with a misspelt receipt column every line would silently become an order of its own.
 */
const NEEDED: Readonly<Record<RowEvent, ReadonlySet<string>>> = {
  sale: new Set(
    (
      "occurredAt storeId tillId receiptNo orderId line quantity unitPrice amount total currency kind " +
      "originalReceiptNo originalOrderId"
    ).split(" "),
  ),
  member: new Set(["updatedAt", "deleted"]),
  identify: new Set(["updatedAt"]),
  survey: new Set("occurredAt questionKind score scaleMin scaleMax surveyId questionId answerId".split(" ")),
  track: new Set(["occurredAt", "eventName"]),
};

/**
 * Which columns are missing from a file, each once. An identifier's column is fatal only when no other named one is
 * there; a field with `required` or `default` decides for itself.
 */
export function missingColumns(mapping: FileMapping, event: RowEvent, columns: readonly string[]): Missing[] {
  const there = new Set(columns);
  const missing = new Map<string, { uses: string[]; isFatal: boolean }>();
  const note = (names: readonly string[], use: string, isFatal: boolean) => {
    for (const column of names) {
      if (there.has(column)) continue;
      const known = missing.get(column) ?? { uses: [], isFatal: false };
      known.uses.push(use);
      known.isFatal ||= isFatal;
      missing.set(column, known);
    }
  };
  const isWhole = (names: readonly string[]) => names.every((n) => there.has(n));
  const named: { names: readonly string[]; use: string }[] = [];

  for (const [target, given] of Object.entries(mapping.fields ?? {})) {
    const rule = typeof given === "string" ? { column: given } : given;
    const names = rule.columns ?? [rule.column ?? rule.path].flatMap((n) => n ?? []);
    if (Object.hasOwn(IDENTIFIER_TARGETS, target) && rule.required === undefined) {
      if (names.length > 0) named.push({ names, use: target });
    } else {
      const decides = rule.required ?? (rule.default === undefined ? undefined : false);
      note(names, target, decides ?? NEEDED[event].has(target));
    }
  }
  for (const { kind, column, columns: composed } of mapping.identifiers ?? []) {
    named.push({ names: composed ?? (column === undefined ? [] : [column]), use: `identifiers.${kind}` });
  }
  const isAnyLeft = named.some(({ names }) => isWhole(names));
  for (const { names, use } of named) note(names, use, !isAnyLeft);

  const ids = mapping.ids?.messageId;
  note(ids === undefined ? [] : typeof ids === "string" ? [ids] : ids, "ids.messageId", true);
  note(mapping.ids?.content ?? [], "ids.content", true);
  const whens = [
    ["return.when", mapping.return?.when],
    ["void.when", mapping.void?.when],
    ["delete.when", mapping.delete?.when],
    ...(mapping.skip ?? []).map((s) => ["skip.when", s.when] as const),
  ] as const;
  for (const [use, when] of whens) {
    const conditions = when === undefined ? [] : Array.isArray(when) ? when : [when];
    note(
      conditions.map((c) => c.column),
      use,
      true,
    );
  }
  return [...missing].map(([column, { uses, isFatal }]) => ({ column, uses, isFatal }));
}

/** The columns without which no row can be read, and the sentence that names them; null where there are none. */
export function fatalDetail(
  missing: readonly Missing[],
): { readonly columns: string; readonly detail: string } | null {
  const fatal = missing.filter((m) => m.isFatal);
  if (fatal.length === 0) return null;
  const listed = fatal.slice(0, 5).map((m) => `"${m.column}" (${m.uses.join(", ")})`);
  const more = fatal.length > 5 ? ` and ${fatal.length - 5} more` : "";
  return {
    columns: fatal.map((m) => m.column).join(", "),
    detail:
      fatal.length === 1
        ? `The column ${listed[0]} is not in the file.`
        : `The columns ${listed.join(", ")}${more} are not in the file.`,
  };
}
