import { InvalidArgumentError } from "commander";

/** Gathers the values of a repeatable option. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** A whole number from 0. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("a whole number is needed");
  return Number(text);
}

/** A whole number from 1. */
export function positiveNumber(text: string): number {
  const n = wholeNumber(text);
  if (n === 0) throw new InvalidArgumentError("a number from 1 is needed");
  return n;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** An id of Candor's. Checked here because it becomes part of a path. */
export function id(text: string): string {
  if (!UUID.test(text))
    throw new InvalidArgumentError("an id such as 01936f2e-7c1a-7d2b-9d3e-2f6a5b8c9d0e is needed");
  return text.toLowerCase();
}

/** Several ids of Candor's. */
export function ids(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, id(text)];
}

/**
 * What an option may be, as a room's type names it: the compiler sees that none is missing, and the command line need
 * not load the room for its help.
 */
export function everyOf<T extends string>(all: Readonly<Record<T, true>>): T[] {
  return Object.keys(all) as T[];
}
