import type { FieldProblem } from "../../src/kernel/problems.ts";
import type { SourceSettings } from "../adapter.ts";
import { defaultEvent } from "./default-mapping.ts";
import type { FileMapping } from "./mapping.schema.ts";
import { ROW_FIELDS } from "./row-fields.ts";
import { HAPPENING_TARGETS, IDENTIFIER_TARGETS } from "./targets.ts";

export const MAPPING_WARNINGS = [
  "no-identifier",
  "no-time",
  "no-amount",
  "no-currency",
  "no-question-kind",
  "no-answer",
  "no-event-name",
  "unused-field",
] as const;

type Asked = Pick<SourceSettings, "kind" | "currency" | "identifiers">;

/**
 * What of a valid mapping cannot work, whatever file comes: no row could be stored, or a field is filled that nobody
 * reads. A mapping without fields goes by well-known names and is judged by its first file. Pure; paths are those of
 * the mapping.
 */
export function mappingWarnings(mapping: FileMapping | null, source: Asked): FieldProblem[] {
  if (mapping?.fields === undefined) return [];
  const event = mapping.event ?? defaultEvent(source.kind, []);
  const fields = Object.keys(mapping.fields);
  const has = (...targets: string[]): boolean => targets.some((target) => fields.includes(target));
  const warnings: FieldProblem[] = [];
  const warn = (path: string, code: (typeof MAPPING_WARNINGS)[number], message: string): void => {
    warnings.push({ path, code, message });
  };
  if (!namesSomebody(mapping, fields, source)) {
    warn("/fields", "no-identifier", "No field or identifier names a person: every row will be rejected.");
  }
  if (event !== "member" && event !== "identify" && !has("occurredAt")) {
    warn("/fields", "no-time", "No column says when it happened (occurredAt): every row will be rejected.");
  }
  if (event === "sale") {
    if (!has("amount", "unitPrice", "total")) {
      warn(
        "/fields",
        "no-amount",
        "No amount, unitPrice or total is mapped: every row that is not a void will be rejected.",
      );
    }
    if (!has("currency") && mapping.currency === undefined && source.currency === null) {
      warn(
        "/currency",
        "no-currency",
        "Neither the mapping nor the source states a currency: every row will be rejected.",
      );
    }
  }
  if (event === "survey") {
    if (!has("questionKind"))
      warn(
        "/fields",
        "no-question-kind",
        "No column or constant says what kind of question it was (questionKind).",
      );
    if (!has("score", "comment"))
      warn("/fields", "no-answer", "Neither a score nor a comment is mapped: every row will be rejected.");
  }
  if (event === "track" && !has("eventName") && mapping.eventName === undefined) {
    warn(
      "/eventName",
      "no-event-name",
      "Nothing says what happened: map eventName or state it for all rows.",
    );
  }
  for (const target of fields) {
    const isHappening = (HAPPENING_TARGETS as readonly string[]).includes(target);
    if (isHappening && !(ROW_FIELDS[event] as readonly string[]).includes(target))
      warn(`/fields/${target}`, "unused-field", `Rows of the kind "${event}" do not read this field.`);
  }
  return warnings;
}

/** Whether some identifier is filled that is not declared as shared by many. */
function namesSomebody(mapping: FileMapping, fields: readonly string[], source: Asked): boolean {
  const isShared = (kind: string): boolean => source.identifiers[kind]?.shared === true;
  const byField = fields.some(
    (target) =>
      Object.hasOwn(IDENTIFIER_TARGETS, target) &&
      !isShared(IDENTIFIER_TARGETS[target as keyof typeof IDENTIFIER_TARGETS]),
  );
  return byField || (mapping.identifiers ?? []).some(({ kind }) => !isShared(kind));
}
