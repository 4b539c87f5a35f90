import { isJson, type Json } from "../../../parts/json.ts";

/** Where something stands in the rules: keys and numbers of a list. */
export type Place = readonly (string | number)[];

/** What stands at a place; undefined where there is nothing. */
export function at(document: unknown, place: Place): unknown {
  return place.reduce<unknown>(
    (found, key) => (isJson(found) || Array.isArray(found) ? (found as Json)[key] : undefined),
    document,
  );
}

/** The document with another value at a place; everything else is the same. */
export function withAt(document: unknown, place: Place, value: unknown): unknown {
  const [key, ...rest] = place;
  if (key === undefined) return value;
  if (Array.isArray(document)) return document.with(Number(key), withAt(document[Number(key)], rest, value));
  const known = isJson(document) ? document : {};
  return { ...known, [key]: withAt(known[key], rest, value) };
}

/** The place as problems of the server name it. */
export function pointer(place: Place): string {
  return place.map((key) => `/${key}`).join("");
}

/** What a figure may be, as the server's schema says. */
export interface Limits {
  readonly min?: number;
  readonly max?: number;
  /** Whole numbers only. */
  readonly whole: boolean;
}

/** Finds the limits of the figure at a place in the JSON Schema of the rules. */
export function limitsAt(schema: unknown, place: Place): Limits {
  const found = place.reduce<unknown>((part, key) => {
    if (!isJson(part)) return undefined;
    return typeof key === "number" ? part.items : isJson(part.properties) ? part.properties[key] : undefined;
  }, schema);
  if (!isJson(found)) return { whole: false };
  const { minimum, maximum, type } = found;
  return {
    ...(typeof minimum === "number" ? { min: minimum } : {}),
    ...(typeof maximum === "number" ? { max: maximum } : {}),
    whole: type === "integer",
  };
}

/** An id for something new that none of the known ones has. */
export function freshId(stem: string, taken: readonly unknown[]): string {
  for (let n = 1; ; n++) if (!taken.includes(`${stem}-${n}`)) return `${stem}-${n}`;
}
