import type { ErrorObject } from "ajv/dist/2020.js";
import { findCurrency } from "../../src/kernel/money.ts";
import { AppError, type FieldProblem } from "../../src/kernel/problems.ts";
import { validator } from "../../src/kernel/validator.ts";
import { findEncoding } from "../files/decode.ts";
import { isTimeZone } from "../steps/index.ts";
import { dateFormat } from "./date-format.ts";
import { type Condition, type FileMapping, FileMappingSchema } from "./mapping.schema.ts";
import { isTarget } from "./targets.ts";

export type MappingResult =
  | { readonly kind: "ok"; readonly mapping: FileMapping }
  | { readonly kind: "bad"; readonly errors: readonly FieldProblem[] };

const check = validator<FileMapping>(FileMappingSchema, { allErrors: true, allowUnionTypes: true });

/** Reads a stored or submitted mapping; every fault is named by its place, never by its value. */
export function validateMapping(value: unknown): MappingResult {
  if (!check(value)) return { kind: "bad", errors: problemsOf(check.errors) };
  const errors = [...meaningOf(value)];
  return errors.length === 0 ? { kind: "ok", mapping: value } : { kind: "bad", errors };
}

/** The source's mapping, or null when it has none. Throws `invalid-mapping` when what is stored is none. */
export function mappingOf(source: { readonly mapping: unknown }): FileMapping | null {
  if (source.mapping === null || source.mapping === undefined) return null;
  const result = validateMapping(source.mapping);
  if (result.kind === "ok") return result.mapping;
  throw new AppError("invalid-mapping", { errors: result.errors });
}

/** Of a union's complaints the deepest say most; each place is named once. */
function problemsOf(errors: readonly ErrorObject[]): FieldProblem[] {
  const found = new Map<string, FieldProblem>();
  for (const error of errors) {
    if (error.keyword === "anyOf" || error.keyword === "oneOf") continue;
    const extra = error.params.additionalProperty ?? error.params.missingProperty;
    const path = typeof extra === "string" ? `${error.instancePath}/${extra}` : error.instancePath;
    const isDeeper = errors.some((e) => e.instancePath.startsWith(`${error.instancePath}/`));
    const isUnionBranch = error.keyword === "type" && error.schemaPath.includes("/anyOf/");
    if (isUnionBranch && (isDeeper || error.params.type === "string") && errors.length > 2) continue;
    if (!found.has(path)) {
      const message = error.keyword === "additionalProperties" ? "is not known here" : error.message;
      found.set(path, { path, code: error.keyword, message: message ?? "is not valid" });
    }
  }
  if (found.size === 0) return [{ path: "", code: "type", message: "is not a mapping" }];
  return [...found.values()];
}

function* meaningOf(mapping: FileMapping): Generator<FieldProblem> {
  const problem = (path: string, code: string, message: string): FieldProblem => ({ path, code, message });
  if (mapping.encoding !== undefined && findEncoding(mapping.encoding) === null) {
    yield problem("/encoding", "unknown-encoding", "must be utf-8, gb18030, gbk, big5, utf-16le or utf-16be");
  }
  if (mapping.timeZone !== undefined && !isTimeZone(mapping.timeZone)) {
    yield problem("/timeZone", "unknown-time-zone", "is not an IANA time zone");
  }
  if (mapping.currency !== undefined && findCurrency(mapping.currency) === null) {
    yield problem("/currency", "unknown-currency", "is not an ISO 4217 code");
  }
  if (mapping.header === true && mapping.columns !== undefined) {
    yield problem("/columns", "header-and-columns", "name cells by position, for files without header");
  }
  if (mapping.columns !== undefined && new Set(mapping.columns).size !== mapping.columns.length) {
    yield problem("/columns", "duplicate-column", "must be different names");
  }
  if (mapping.separator !== undefined && /["\r\n]/.test(mapping.separator)) {
    yield problem("/separator", "bad-separator", "must not be a quote or a line break");
  }
  if (mapping.thousands !== undefined && mapping.thousands === (mapping.decimal ?? ".")) {
    yield problem("/thousands", "ambiguous-number", "must differ from the decimal sign");
  }
  for (const [i, pattern] of (mapping.dateFormats ?? []).entries()) {
    if (dateFormat(pattern) === null) yield problem(`/dateFormats/${i}`, "bad-date-format", DATE_HELP);
  }
  for (const [target, rule] of Object.entries(mapping.fields ?? {})) {
    const path = `/fields/${target.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    if (!isTarget(target)) yield problem(path, "unknown-field", "is not a field that a mapping can fill");
    if (typeof rule === "string") continue;
    const origins = [rule.column, rule.columns, rule.path, rule.const].filter((o) => o !== undefined).length;
    if (origins !== 1) {
      yield problem(path, "one-origin", "must name exactly one of column, columns, path and const");
    }
    const formats = typeof rule.format === "string" ? [rule.format] : (rule.format ?? []);
    if (formats.some((f) => dateFormat(f) === null)) {
      yield problem(`${path}/format`, "bad-date-format", DATE_HELP);
    }
  }
  for (const [i, identifier] of (mapping.identifiers ?? []).entries()) {
    if ((identifier.column === undefined) === (identifier.columns === undefined)) {
      yield problem(`/identifiers/${i}`, "one-origin", "must name either column or columns");
    }
  }
  for (const { path, condition } of conditionsOf(mapping)) {
    const { column: _column, ...tests } = condition;
    if (Object.keys(tests).length === 0) {
      yield problem(path, "no-test", "must name one of equals, matches, below, above and empty");
    }
    if (condition.matches !== undefined && conditionPattern(condition.matches) === null) {
      yield problem(`${path}/matches`, "bad-pattern", "must be a regular expression without repeated groups");
    }
  }
}

const DATE_HELP = "must be ISO, epoch-s, epoch-ms or a pattern with yyyy (or yyy, yy), M or MM, d or dd";

function* conditionsOf(mapping: FileMapping): Generator<{ path: string; condition: Condition }> {
  const all: [string, Condition | Condition[] | undefined][] = [
    ["/return/when", mapping.return?.when],
    ["/void/when", mapping.void?.when],
    ["/delete/when", mapping.delete?.when],
    ...(mapping.skip ?? []).map((s, i): [string, Condition | Condition[]] => [`/skip/${i}/when`, s.when]),
  ];
  for (const [path, when] of all) {
    if (Array.isArray(when))
      for (const [i, c] of when.entries()) yield { path: `${path}/${i}`, condition: c };
    else if (when !== undefined) yield { path, condition: when };
  }
}

/**
 * A condition's expression, or null when it is none or could take exponential time: a repeated group, or a
 * back reference. Cells are cut to 256 characters before they are tested.
 */
export function conditionPattern(source: string): RegExp | null {
  const plain = source.replace(/\\./g, "_");
  if (/\)[*+?{]/.test(plain) || /\\[1-9k]/.test(source) || /\(\?[=!<]/.test(plain)) return null;
  if ((plain.match(/[*+{]/g) ?? []).length > 3) return null;
  try {
    return new RegExp(source, "u");
  } catch {
    return null;
  }
}
