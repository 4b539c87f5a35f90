import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import type { Purpose } from "../../consent/index.ts";
import { categoryOfTrait, standardEventName } from "../events/index.ts";
import { findCurrency } from "../kernel/money.ts";
import type { FieldProblem } from "../kernel/problems.ts";
import { categoryOfEvent } from "../members/index.ts";
import { type Condition, FORM_KEYS, formOf, RULE_SCHEMA, type Rule } from "./rule.schema.ts";

/** Limits of a rule, ours: deeper or larger ones are written by mistake or by malice. */
export const MAX_DEPTH = 6;
export const MAX_CONDITIONS = 60;

const ajv = new Ajv2020({ strict: false, allErrors: false });
/** Forms refer to the whole (`$ref: "#"`), which resolves inside the whole only; a form alone checks its own level. */
const checks = new Map<object, ValidateFunction>();

function checkOf(form: object): ValidateFunction {
  let check = checks.get(form);
  if (check === undefined) {
    check = ajv.compile(JSON.parse(JSON.stringify(form).replaceAll('{"$ref":"#"}', "true")) as object);
    checks.set(form, check);
  }
  return check;
}

export type ParsedRule =
  | { readonly kind: "ok"; readonly rule: Rule }
  | { readonly kind: "bad"; readonly errors: readonly FieldProblem[] };

/**
 * Reads a rule against {@link RULE_SCHEMA}, level by level, so that a fault is named by its place; and checks what a
 * schema cannot say: depth, size, known event names, a currency beside `spend`, whether the segment's purpose covers
 * every category of data that the rule asks, and whether the purposes it asks about are registered. Never echoes values.
 */
export function parseRule(
  value: unknown,
  purpose: Pick<Purpose, "categories">,
  purposes: { has(id: string): boolean },
  path = "/rule",
): ParsedRule {
  const errors = [...faultsOf(value, path, 1, { purpose, purposes })];
  if (errors.length === 0 && conditionsOf(value as Rule).length > MAX_CONDITIONS)
    errors.push({ path, code: "size", message: `must not have more than ${MAX_CONDITIONS} conditions` });
  return errors.length > 0 ? { kind: "bad", errors } : { kind: "ok", rule: value as Rule };
}

interface Registered {
  readonly purpose: Pick<Purpose, "categories">;
  readonly purposes: { has(id: string): boolean };
}

function* faultsOf(node: unknown, at: string, depth: number, known: Registered): Generator<FieldProblem> {
  if (typeof node !== "object" || node === null || Array.isArray(node)) {
    yield { path: at, code: "type", message: "must be a condition, or all, any or not of conditions" };
    return;
  }
  if (depth > MAX_DEPTH) {
    yield { path: at, code: "depth", message: `must not be nested deeper than ${MAX_DEPTH}` };
    return;
  }
  const form = formOf(node);
  if (form === null) {
    yield { path: at, code: "form", message: `must have exactly one of ${FORM_KEYS.join(", ")}` };
    return;
  }
  const check = checkOf(form);
  if (!check(node)) {
    const [error] = check.errors ?? [];
    const place = `${at}${error?.instancePath ?? ""}`;
    yield { path: place, code: error?.keyword ?? "form", message: error?.message ?? "is not valid" };
    return;
  }
  const rule = node as Rule;
  if ("all" in rule) {
    for (const [i, r] of rule.all.entries()) yield* faultsOf(r, `${at}/all/${i}`, depth + 1, known);
  } else if ("any" in rule) {
    for (const [i, r] of rule.any.entries()) yield* faultsOf(r, `${at}/any/${i}`, depth + 1, known);
  } else if ("not" in rule) yield* faultsOf(rule.not, `${at}/not`, depth + 1, known);
  else yield* meaningOf(rule, at, known);
}

function* meaningOf(rule: Condition, at: string, known: Registered): Generator<FieldProblem> {
  const no = (path: string, code: string, message: string): FieldProblem => ({ path, code, message });
  if ("atLeast" in rule && "atMost" in rule && (rule.atLeast as number) > (rule.atMost as number))
    yield no(`${at}/atMost`, "bounds", "must not be below atLeast");
  const category = categoryOf(rule);
  if (category !== null && !known.purpose.categories.includes(category))
    yield no(at, "category", `asks for ${category} data, which the segment's purpose does not cover`);
  if ("measure" in rule && (rule.measure === "spend") !== (rule.currency !== undefined))
    yield no(`${at}/currency`, "currency", "must stand beside spend, and only there");
  else if ("measure" in rule && rule.currency !== undefined && findCurrency(rule.currency) !== rule.currency)
    yield no(`${at}/currency`, "unknown-currency", "is not an ISO 4217 code");
  if ("event" in rule && rule.name !== undefined && standardEventName(rule.name) === null)
    yield no(`${at}/name`, "event-name", "is not a registered event name; others are sealed");
  if ("consent" in rule && !known.purposes.has(rule.consent))
    yield no(`${at}/consent`, "purpose", "is not a registered purpose");
}

/** The data category a condition asks for; null for the handling of consent itself. */
export function categoryOf(condition: Condition): string | null {
  if ("attribute" in condition) return categoryOfTrait(condition.attribute);
  if ("measure" in condition) return condition.measure === "daysSinceLastSeen" ? "online" : "transaction";
  if ("bought" in condition) return "transaction";
  if ("event" in condition) return categoryOfEvent(condition.event);
  if ("consent" in condition) return null;
  return "derived";
}

/** Every condition of a rule, in reading order. */
export function conditionsOf(rule: Rule): Condition[] {
  if ("all" in rule) return rule.all.flatMap(conditionsOf);
  if ("any" in rule) return rule.any.flatMap(conditionsOf);
  if ("not" in rule) return conditionsOf(rule.not);
  return [rule];
}

/** Whether a rule asks for nothing but levels, which are made from the accounts that allow profiling alone. */
export function asksLevelsAlone(rule: Rule): boolean {
  return conditionsOf(rule).every((c) => "loyalty" in c || "score" in c);
}

/** Whether the passing of time alone may change who fits. */
export function isTimeBound(rule: Rule): boolean {
  return conditionsOf(rule).some(
    (c) => ("measure" in c && c.measure.startsWith("days")) || ("event" in c && c.withinDays !== undefined),
  );
}

/** The fewest members of whom a count is told (surveys and loyalty use the same): ours, a usual threshold. */
export const SMALL_GROUP = 5;
/** Counts for people who may not see who is counted are rounded, so that two of them do not single anybody out. */
const ROUND_TO = 5;

export interface ShownCount {
  /** Null when the group, or everybody outside it, is too small to be told. */
  readonly count: number | null;
  readonly suppressed: boolean;
  readonly roundedTo: number;
}

/**
 * A count as it may be told. Groups of fewer than five are not, nor are those that leave fewer than five outside: of
 * two counts the difference would tell. `exact` is for people who may list the members anyway.
 */
export function showCount(count: number, total: number, exact: boolean): ShownCount {
  const roundedTo = exact ? 1 : ROUND_TO;
  const rest = total - count;
  if (count < SMALL_GROUP || (rest > 0 && rest < SMALL_GROUP))
    return { count: null, suppressed: true, roundedTo };
  return { count: Math.floor(count / roundedTo) * roundedTo, suppressed: false, roundedTo };
}

export { RULE_SCHEMA };
