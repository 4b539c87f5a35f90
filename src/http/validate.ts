import type { ErrorObject, Options, ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { TSchema } from "typebox";
import type { FieldProblem } from "../kernel/problems.ts";

/** Finds what is wrong with a value, at most 20 things; nothing means that it fits. Fills in defaults. */
export type Check = (value: unknown, bytes?: number) => FieldProblem[];

/** Bodies beyond this stop at their first fault: collecting all faults of a hostile one would cost more than itself. */
const COLLECT_ALL_BELOW = 65_536;
const MOST_PROBLEMS = 20;

const OPTIONS: Options = {
  strict: true,
  strictTypes: false,
  strictRequired: false,
  strictTuples: false,
  allowUnionTypes: true,
  ownProperties: true,
  useDefaults: true,
  verbose: true,
};

/** Calls `visit` for every object in a schema. */
function walkSchema(schema: unknown, visit: (node: Record<string, unknown>) => void): void {
  if (typeof schema !== "object" || schema === null) return;
  if (!Array.isArray(schema)) visit(schema as Record<string, unknown>);
  for (const inner of Object.values(schema)) walkSchema(inner, visit);
}

/** Property names that the schema itself states. Others in a pointer came from the sender and are not repeated. */
function declaredNames(schema: TSchema): Set<string> {
  const names = new Set<string>();
  walkSchema(schema, (node) => {
    if (typeof node.properties === "object" && node.properties !== null)
      for (const name of Object.keys(node.properties)) names.add(name);
  });
  return names;
}

function escapePointer(segment: string): string {
  return segment.replaceAll("~", "~0").replaceAll("/", "~1");
}

function list(values: readonly unknown[]): string {
  return values.map((v) => (typeof v === "string" ? v : JSON.stringify(v))).join(", ");
}

function constants(error: ErrorObject): unknown[] | undefined {
  const branches: unknown = error.schema;
  if (error.keyword !== "anyOf" || !Array.isArray(branches)) return undefined;
  const isConst = (b: unknown): b is { const: unknown } =>
    typeof b === "object" && b !== null && "const" in b;
  return branches.every(isConst) ? branches.map((b) => b.const) : undefined;
}

function messageOf(error: ErrorObject): string {
  const allowed = constants(error);
  if (allowed) return `must be one of: ${list(allowed)}`;
  switch (error.keyword) {
    case "required":
      return "is required";
    case "enum":
      return `must be one of: ${list(error.params.allowedValues)}`;
    case "const":
      return `must be ${list([error.params.allowedValue])}`;
    case "anyOf":
    case "oneOf":
      return "has none of the allowed forms";
    case "additionalProperties":
    case "unevaluatedProperties": {
      const known = Object.keys((error.parentSchema?.properties as object | undefined) ?? {});
      return known.length === 0
        ? "takes no properties"
        : `has a property that is none of: ${known.join(", ")}`;
    }
    default:
      return error.message ?? "is not valid";
  }
}

function problemsFrom(errors: readonly ErrorObject[], names: ReadonlySet<string>): FieldProblem[] {
  // A choice between constants fails once per constant; only the choice itself is worth telling.
  const choices = errors.filter((e) => constants(e)).map((e) => `${e.schemaPath}/`);
  const found = new Map<string, FieldProblem>();
  for (const error of errors) {
    if (choices.some((prefix) => error.schemaPath.startsWith(prefix))) continue;
    const segments = error.instancePath
      .split("/")
      .slice(1)
      .map((s) =>
        /^\d{1,6}$/.test(s) || names.has(s.replaceAll("~1", "/").replaceAll("~0", "~")) ? s : "*",
      );
    if (error.keyword === "required") segments.push(escapePointer(String(error.params.missingProperty)));
    const path = segments.map((s) => `/${s}`).join("");
    const problem = { path, code: error.keyword, message: messageOf(error) };
    found.set(`${path} ${problem.message}`, problem);
    if (found.size >= MOST_PROBLEMS) break;
  }
  return [...found.values()];
}

/**
 * Compiles schemas once, when a door is first used: bodies and path parameters as they are, queries with coercion from
 * text. A server has hundreds of doors, and compiling them all took longer than the rest of its start.
 */
export function createValidators(): {
  forBody(schema: TSchema): Check;
  forQuery(schema: TSchema): Check;
} {
  const ajv = (options: Options) => {
    const made = new Ajv2020({ ...OPTIONS, ...options });
    addFormats.default(made);
    return made;
  };
  const first = ajv({});
  const all = ajv({ allErrors: true });
  const query = ajv({ allErrors: true, coerceTypes: "array" });

  const learnMarks = (engine: Ajv2020, schema: TSchema) =>
    walkSchema(schema, (node) => {
      // Our own marks (x-plain, x-category, …) describe fields; they do not constrain them.
      for (const key of Object.keys(node)) {
        if (key.startsWith("x-") && engine.getKeyword(key) === false) engine.addKeyword(key);
      }
    });
  const compile = (engine: Ajv2020, schema: TSchema): (() => ValidateFunction) => {
    let compiled: ValidateFunction | undefined;
    return () => {
      if (compiled === undefined) {
        learnMarks(engine, schema);
        compiled = engine.compile(schema);
      }
      return compiled;
    };
  };

  return {
    forBody: (schema) => {
      const quick = compile(first, schema);
      const thorough = compile(all, schema);
      const names = declaredNames(schema);
      return (value, bytes = 0) => {
        const check = bytes > COLLECT_ALL_BELOW ? quick() : thorough();
        return check(value) ? [] : problemsFrom(check.errors ?? [], names);
      };
    },
    forQuery: (schema) => {
      const check = compile(query, schema);
      const names = declaredNames(schema);
      return (value) => (check()(value) ? [] : problemsFrom(check().errors ?? [], names));
    },
  };
}
