import { isJson, type Json } from "../../parts/json.ts";
import type { Draft } from "./rule-tree.ts";

/** The forms of a condition by the key that tells them apart, each with the schemas of its parts. */
export type Forms = ReadonlyMap<string, Json>;

/** Joins, which are no conditions. */
const TREE: readonly string[] = ["all", "any", "not"];

/** Reads from the rule's JSON Schema which conditions the server knows. */
export function formsOf(schema: unknown): Forms {
  const forms = new Map<string, Json>();
  const alternatives = isJson(schema) && Array.isArray(schema.oneOf) ? schema.oneOf : [];
  for (const form of alternatives) {
    if (!isJson(form) || !Array.isArray(form.required) || !isJson(form.properties)) continue;
    const [key] = form.required;
    if (typeof key === "string" && !TREE.includes(key)) forms.set(key, form.properties);
  }
  return forms;
}

/** The words that a part of a form may hold; empty where it is free. */
export function offered(forms: Forms, form: string, part: string): string[] {
  const schema = forms.get(form)?.[part];
  return isJson(schema) && Array.isArray(schema.enum) ? schema.enum.map(String) : [];
}

/** The form a condition has; null when the server's schema has none that tells it. */
export function formOf(forms: Forms, draft: Draft): string | null {
  return [...forms.keys()].find((key) => key in draft) ?? null;
}

/** What a condition is like before anything is chosen. */
const FRESH: Readonly<Record<string, Draft>> = {
  measure: { measure: "orders", atLeast: 1 },
  bought: { bought: { category: "" } },
  event: { event: "order.completed", withinDays: 90, atLeast: 1 },
  consent: { consent: "marketing", allowed: true },
  score: { score: "pAlive", atMost: 0.4 },
  loyalty: { loyalty: "condition", is: [] },
};

/** A new condition of a form, as the form has it first. */
export function freshOf(forms: Forms, form: string): Draft {
  return FRESH[form] ?? { [form]: offered(forms, form, form)[0] ?? "", is: [] };
}

/** A condition with another value for one part; undefined takes the part away. */
export function withPart(draft: Draft, part: string, value: unknown): Draft {
  const { [part]: _old, ...rest } = draft;
  return value === undefined || value === null || value === "" ? rest : { ...rest, [part]: value };
}
