import { isUtf8 } from "node:buffer";
import { AppError, type FieldProblem } from "../kernel/problems.ts";

/** How deep objects and arrays may nest in a body. */
export const MAX_DEPTH = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Whether JSON text nests deeper than `max`, found in one pass over its bytes before anything is built from them. */
export function nestsDeeperThan(json: Buffer, max: number): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < json.length; i++) {
    const byte = json[i];
    if (inString) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > max) return true;
    } else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return false;
}

/**
 * Parses a body as JSON. Throws `unparsable-body` for bytes that are not UTF-8, text that is not JSON, and nesting
 * beyond 64 levels. A key `__proto__` becomes an ordinary own property, as JSON.parse makes it.
 */
export function parseJson(body: Buffer): unknown {
  if (!isUtf8(body)) throw new AppError("unparsable-body", { detail: "The body is not valid UTF-8." });
  if (nestsDeeperThan(body, MAX_DEPTH)) {
    throw new AppError("unparsable-body", { detail: `The body nests deeper than ${MAX_DEPTH} levels.` });
  }
  const hasMark = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
  try {
    return JSON.parse(body.toString("utf8", hasMark ? 3 : 0));
  } catch {
    // V8's message quotes the text around the fault, so neither it nor the error itself goes any further.
    throw new AppError("unparsable-body", { detail: "The body is not valid JSON." });
  }
}

const SUSPECT = /__proto__|\\u005f|\\u0000|\\ud[89a-f]/i;
const SURROGATE = /\p{Surrogate}/u;

/**
 * What no field of ours may hold: NUL (which PostgreSQL cannot store), lone surrogates (which UTF-8 cannot spell)
 * and a key `__proto__` (which copying code may mistake for a prototype). Looks closer only where the raw text
 * gives cause. Ingestion does not use it: there each item is judged on its own.
 */
export function findForbiddenText(body: Buffer, value: unknown): FieldProblem[] {
  if (!SUSPECT.test(body.toString("latin1"))) return [];
  const found = new Map<string, FieldProblem>();
  const judge = (text: string) => {
    if (text.includes("\0"))
      found.set("nul", { path: "", code: "bad-text", message: "holds a NUL character" });
    if (SURROGATE.test(text))
      found.set("surrogate", { path: "", code: "bad-text", message: "holds a lone surrogate" });
  };
  const walk = (v: unknown): void => {
    if (typeof v === "string") judge(v);
    else if (Array.isArray(v)) v.forEach(walk);
    else if (typeof v === "object" && v !== null) {
      for (const [key, inner] of Object.entries(v)) {
        if (key === "__proto__")
          found.set("proto", { path: "", code: "forbidden-key", message: "holds a key named __proto__" });
        judge(key);
        walk(inner);
      }
    }
  };
  walk(value);
  return [...found.values()];
}
