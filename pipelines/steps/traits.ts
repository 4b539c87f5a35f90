import { standardTrait } from "../../src/events/index.ts";

/** What an item says about a person: values under standard names, and names it explicitly empties. */
export interface ReadTraits {
  readonly traits: Record<string, unknown>;
  readonly unset: readonly string[];
}

/**
 * Puts traits under their standard names. Null says nothing (only `$unset`, a list of names, empties a trait).
 * Of two spellings of one trait the standard one wins, else the first by name; the other stays under its own.
 */
export function readTraits(raw: Readonly<Record<string, unknown>>): ReadTraits {
  const traits: Record<string, unknown> = {};
  const names = Object.keys(raw).filter((name) => name !== "$unset" && name !== "__proto__");
  for (const name of names) {
    const value = raw[name];
    if (value !== null && value !== undefined && standardTrait(name) === name) traits[name] = value;
  }
  for (const name of names.sort()) {
    const value = raw[name];
    const standard = standardTrait(name);
    if (value === null || value === undefined || standard === name) continue;
    traits[Object.hasOwn(traits, standard) ? name : standard] = value;
  }
  return { traits, unset: readUnset(raw.$unset) };
}

function readUnset(value: unknown): readonly string[] {
  const names = Array.isArray(value) ? value : [];
  const standard = names.flatMap((name: unknown) =>
    typeof name === "string" && name.trim() !== "" ? [standardTrait(name.trim())] : [],
  );
  return [...new Set(standard)].sort();
}
