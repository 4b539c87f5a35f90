import { type Rejection, rejection } from "../../src/kernel/verdicts.ts";
import { isRecord } from "./read-value.ts";

/** Limits of one item. SDKs stop at 32 KiB an event, so twice that leaves room for a long receipt. */
export const MAX_ITEM_DEPTH = 20;
export const MAX_ITEM_KEYS = 2_000;
export const MAX_ITEM_BYTES = 64 * 1024;
/** Elements of all lists of one item together. */
const MAX_ITEM_ELEMENTS = 10_000;

export type ShapeResult =
  | {
      readonly kind: "ok";
      readonly value: Readonly<Record<string, unknown>>;
      /** How many keys were left out because their names steer JavaScript objects (`__proto__` and its kin). */
      readonly dropped: number;
    }
  | { readonly kind: "rejected"; readonly rejection: Rejection };

interface Tally {
  keys: number;
  elements: number;
  /** Upper bound of the size as JSON in UTF-8; exact counting is only worth it near the limit. */
  bound: number;
  dropped: number;
}

function isSteering(key: string): boolean {
  return key === "__proto__" || key === "constructor" || key === "prototype";
}

/** NUL cannot be stored by PostgreSQL; a lone surrogate cannot be written as UTF-8. */
function isBadText(text: string): boolean {
  return text.includes("\0") || !text.isWellFormed();
}

class ShapeFault extends Error {
  readonly rejection: Rejection;
  constructor(fault: Rejection) {
    super(fault.code);
    this.rejection = fault;
  }
}

function fail(code: Parameters<typeof rejection>[0], detail?: string): never {
  throw new ShapeFault(rejection(code, detail));
}

function walkText(text: string, tally: Tally): void {
  tally.bound += text.length * 6 + 3;
  if (isBadText(text)) fail("bad-text");
}

/** Copies only where something had to be left out. Recursion is bounded by the depth limit. */
function walk(value: unknown, depth: number, tally: Tally): unknown {
  switch (typeof value) {
    case "string":
      walkText(value, tally);
      return value;
    case "number":
      if (!Number.isFinite(value)) fail("invalid-field", "A number is too large to be held.");
      tally.bound += 26;
      return value;
    case "boolean":
      tally.bound += 6;
      return value;
    case "object":
      break;
    default:
      fail("invalid-field", "The item holds a value that JSON does not know.");
  }
  if (value === null) {
    tally.bound += 5;
    return value;
  }
  if (depth > MAX_ITEM_DEPTH) fail("too-deep");
  tally.bound += 3;
  if (Array.isArray(value)) {
    tally.elements += value.length;
    if (tally.elements > MAX_ITEM_ELEMENTS) fail("too-large", "The item's lists have too many elements.");
    return walkList(value, depth, tally);
  }
  return walkRecord(value as Record<string, unknown>, depth, tally);
}

function walkList(list: readonly unknown[], depth: number, tally: Tally): readonly unknown[] {
  let copy: unknown[] | null = null;
  for (let index = 0; index < list.length; index++) {
    const before = list[index];
    const after = walk(before, depth + 1, tally);
    if (copy === null && after !== before) copy = list.slice(0, index);
    copy?.push(after);
  }
  return copy ?? list;
}

function walkRecord(record: Record<string, unknown>, depth: number, tally: Tally): Record<string, unknown> {
  // What differs from the record: a value with something left out, or undefined for a key to leave out.
  let changes: Map<string, unknown> | null = null;
  for (const key of Object.keys(record)) {
    if (++tally.keys > MAX_ITEM_KEYS) fail("too-many-keys");
    walkText(key, tally);
    const before = record[key];
    if (isSteering(key)) tally.dropped++;
    if (isSteering(key) || before === undefined) {
      changes ??= new Map();
      changes.set(key, undefined);
      continue;
    }
    const after = walk(before, depth + 1, tally);
    if (after === before) continue;
    changes ??= new Map();
    changes.set(key, after);
  }
  if (changes === null) return record;
  const kept: [string, unknown][] = [];
  for (const key of Object.keys(record)) {
    const value = changes.has(key) ? changes.get(key) : record[key];
    if (value !== undefined) kept.push([key, value]);
  }
  return Object.fromEntries(kept);
}

/**
 * Holds one item to its limits before anything else looks at it: an object, at most 20 levels, 2,000 keys and
 * 64 KiB as JSON, no NUL, no lone surrogate, no infinite number. Keys that steer JavaScript objects are left out
 * and counted. The item itself is never changed.
 */
export function checkShape(item: unknown): ShapeResult {
  if (!isRecord(item)) return { kind: "rejected", rejection: rejection("not-an-object") };
  const tally: Tally = { keys: 0, elements: 0, bound: 0, dropped: 0 };
  try {
    const value = walk(item, 1, tally) as Readonly<Record<string, unknown>>;
    if (tally.bound > MAX_ITEM_BYTES && Buffer.byteLength(JSON.stringify(value), "utf8") > MAX_ITEM_BYTES) {
      return { kind: "rejected", rejection: rejection("too-large") };
    }
    return { kind: "ok", value, dropped: tally.dropped };
  } catch (error) {
    if (error instanceof ShapeFault) return { kind: "rejected", rejection: error.rejection };
    throw error;
  }
}
