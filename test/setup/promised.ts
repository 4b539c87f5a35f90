import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { Route } from "../../src/kernel/route.ts";

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
/** By operation and status: each is compiled once in a process. */
const compiled = new Map<string, ValidateFunction>();

const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll(/:\w+/g, "[^/]+")}$`);

/**
 * Holds answers against what their routes promise: a success must be one of the stated statuses, and JSON must fit its
 * schema. Throws an Error that names the operation and where the answer differs. Whatever is no route is let pass.
 */
export function promiseKeeper(routes: readonly Route[]) {
  const known = routes
    .map((route) => ({ route, pattern: patternOf(route.path) }))
    // A path that is written out goes before one with a name in it.
    .sort((a, b) => Number(a.route.path.includes(":")) - Number(b.route.path.includes(":")));
  return (method: string, address: string, status: number, json: unknown): void => {
    if (status >= 400) return;
    const [path = ""] = address.split("?");
    const route = known.find((r) => r.route.method === method && r.pattern.test(path))?.route;
    if (route === undefined) return;
    const promised = route.responses[status];
    if (promised === undefined)
      throw new Error(`${route.operationId} answered ${status}, which it does not promise`);
    if (promised.schema === undefined || json === undefined) return;
    const key = `${route.operationId} ${status}`;
    const fits = compiled.get(key) ?? ajv.compile(promised.schema as object);
    compiled.set(key, fits);
    if (!fits(json))
      throw new Error(
        `${key} is not as promised: ${JSON.stringify(fits.errors?.slice(0, 5).map((e) => `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`))}`,
      );
  };
}
