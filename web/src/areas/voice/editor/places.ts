import { isJson, type Json, listOf } from "../../../../../surveys/definitions/definition.ts";

/** Where something stands inside JSON: keys and positions from the root. */
export type Place = readonly (string | number)[];

/** What stands at a place; undefined when nothing does. */
export function at(root: unknown, place: Place): unknown {
  let found = root;
  for (const step of place) {
    if (Array.isArray(found) && typeof step === "number") found = found[step];
    else if (isJson(found) && typeof step === "string" && Object.hasOwn(found, step)) found = found[step];
    else return undefined;
  }
  return found;
}

/** The object at a place; empty when there is none. */
export function objectAt(root: unknown, place: Place): Json {
  const found = at(root, place);
  return isJson(found) ? found : {};
}

/** The same JSON with another value at one place; everything beside it is kept as it is. Undefined takes a key away. */
export function put<T>(root: T, place: Place, value: unknown): T {
  const [step, ...rest] = place;
  if (step === undefined) return value as T;
  if (typeof step === "number") {
    const list = listOf(root);
    return list.map((inner, i) => (i === step ? put(inner, rest, value) : inner)) as T;
  }
  const object: Json = isJson(root) ? root : {};
  const inner = put(Object.hasOwn(object, step) ? object[step] : undefined, rest, value);
  if (inner !== undefined) return { ...object, [step]: inner } as T;
  const { [step]: _gone, ...kept } = object;
  return kept as T;
}

/** The same JSON with a list changed: `count` items from `start` replaced by others. A list that is not there is made. */
export function splice<T>(
  root: T,
  list: Place,
  start: number,
  count: number,
  ...items: readonly unknown[]
): T {
  return put(root, list, [...listOf(at(root, list))].toSpliced(start, count, ...items));
}

/** The place as a JSON Pointer (RFC 6901), as the linter names places. */
export function pointerOf(place: Place): string {
  return place.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** The list that an item stands in, and its position. */
export function listAround(place: Place): { readonly list: Place; readonly position: number } {
  const position = place.at(-1);
  return { list: place.slice(0, -1), position: typeof position === "number" ? position : 0 };
}
