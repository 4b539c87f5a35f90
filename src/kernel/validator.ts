import { Ajv2020, type ErrorObject, type Options, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

/** Tells whether a value fits a schema; `errors` are those of the last value that did not. */
export interface Validator<T> {
  (value: unknown): value is T;
  readonly errors: readonly ErrorObject[];
}

/**
 * A validator by JSON Schema 2020-12, compiled at its first use: a program starts with hundreds of schemas and needs
 * few of them. Formats such as `date-time` are checked.
 */
export function validator<T>(schema: object, options: Options): Validator<T> {
  let compiled: ValidateFunction<T> | undefined;
  const check = (value: unknown): value is T => {
    if (compiled === undefined) {
      const ajv = new Ajv2020(options);
      addFormats.default(ajv);
      compiled = ajv.compile<T>(schema);
    }
    return compiled(value);
  };
  return Object.defineProperty(check, "errors", { get: () => compiled?.errors ?? [] }) as Validator<T>;
}
