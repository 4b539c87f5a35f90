import type { FileMapping } from "./mapping.schema.ts";
import { IDENTIFIER_TARGETS } from "./targets.ts";

/** A column that the mapping names and the file has not. */
export interface Missing {
  readonly column: string;
  /** What it was to fill: a field, or a rule such as `return.when`. */
  readonly uses: readonly string[];
  /** Whether no row can be read without it; otherwise rows are read without what it would have told. */
  readonly isFatal: boolean;
}

/** Fields that would be wrong, not only shorter, without one of the columns that they are joined of. */
const WHOLE: ReadonlySet<string> = new Set([
  ...Object.keys(IDENTIFIER_TARGETS),
  ..."occurredAt updatedAt deleted eventName storeId tillId receiptNo orderId line quantity unitPrice amount total".split(
    " ",
  ),
  ..."currency kind originalReceiptNo originalOrderId questionKind score scaleMin scaleMax".split(" "),
  ..."surveyId questionId answerId".split(" "),
]);

/**
 * Which columns are missing from a file, each once. A column that the mapping names is needed: rows read without it
 * could not be read again later. `required: false` says that a file may come without it; a text joined of several
 * columns does without some of them, but not without all.
 */
export function missingColumns(mapping: FileMapping, columns: readonly string[]): Missing[] {
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
  for (const [target, given] of Object.entries(mapping.fields ?? {})) {
    const rule = typeof given === "string" ? { column: given } : given;
    const names = rule.columns ?? [rule.column ?? rule.path].flatMap((n) => n ?? []);
    const mayLackSome = rule.columns !== undefined && !WHOLE.has(target) && names.some((n) => there.has(n));
    note(names, target, rule.required ?? !mayLackSome);
  }
  for (const { kind, column, columns: composed, required } of mapping.identifiers ?? []) {
    note(composed ?? (column === undefined ? [] : [column]), `identifiers.${kind}`, required ?? true);
  }

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
