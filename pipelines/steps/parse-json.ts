/** Why a text could not be read as JSON. */
export type JsonFault = "invalid-json" | "too-deep" | "bad-text";

export type JsonResult =
  | { readonly kind: "ok"; readonly value: unknown }
  | { readonly kind: "bad"; readonly fault: JsonFault };

/** Deeper bodies than this are refused whole; a single item's own limit (check-shape) is far lower. */
export const MAX_BODY_DEPTH = 256;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

function isNumberUnit(unit: number): boolean {
  // digits, plus, minus, point, e, E
  return isDigit(unit) || unit === 0x2b || unit === MINUS || unit === 0x2e || unit === 0x65 || unit === 0x45;
}

/** The position just after the string that opens at `start`; the text's length when it never closes. */
function afterString(text: string, start: number): number {
  let at = start;
  for (;;) {
    at = text.indexOf('"', at + 1);
    if (at === -1) return text.length;
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return at + 1;
  }
}

/** Deepest nesting of brackets outside strings, in one linear pass without recursion; stops above `limit`. */
function exceedsDepth(text: string, limit: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) at = afterString(text, at) - 1;
    else if (unit === 0x5b || unit === 0x7b) {
      if (++depth > limit) return true;
    } else if (unit === 0x5d || unit === 0x7d) depth--;
  }
  return false;
}

/** Whether a JSON number cannot be held as a double without changing: unsafe integers, and overflow to infinity. */
function losesDigits(token: string): boolean {
  const value = Number(token);
  if (!Number.isFinite(value)) return true;
  return /^-?\d+$/.test(token) && !Number.isSafeInteger(value);
}

/** The same JSON with every number that a double cannot hold put in quotation marks. The text must be valid JSON. */
function quoteLossyNumbers(text: string): string {
  const parts: string[] = [];
  let copied = 0;
  let at = 0;
  while (at < text.length) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) at = afterString(text, at);
    else if (unit === MINUS || isDigit(unit)) {
      let end = at + 1;
      while (end < text.length && isNumberUnit(text.charCodeAt(end))) end++;
      const token = text.slice(at, end);
      if (losesDigits(token)) {
        parts.push(text.slice(copied, at), '"', token, '"');
        copied = end;
      }
      at = end;
    } else at++;
  }
  parts.push(text.slice(copied));
  return parts.join("");
}

/**
 * Reads JSON without losing digits: integers beyond ±(2^53 − 1), such as Weibo ids, and numbers too large for a
 * double come back as text. Depth is checked in a linear scan before the parser runs. `__proto__` stays an own
 * key, as JSON.parse makes it; of equal keys the last wins.
 */
export function parseJson(text: string, maxDepth: number = MAX_BODY_DEPTH): JsonResult {
  if (exceedsDepth(text, maxDepth)) return { kind: "bad", fault: "too-deep" };
  try {
    const value: unknown = JSON.parse(text);
    if (!/\d{16}|[eE]\+?\d{3}/.test(text)) return { kind: "ok", value };
    // Sixteen digits in a row may be an unsafe integer, three in an exponent an overflow. The first parse has
    // proven the text valid, so quoting some of its numbers cannot turn bad JSON into good.
    return { kind: "ok", value: JSON.parse(quoteLossyNumbers(text)) as unknown };
  } catch {
    return { kind: "bad", fault: "invalid-json" };
  }
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

/** The same for bytes, which must be UTF-8 (a byte order mark is skipped); anything else is `bad-text`. */
export function parseJsonBytes(bytes: Uint8Array, maxDepth: number = MAX_BODY_DEPTH): JsonResult {
  let text: string;
  try {
    text = strictUtf8.decode(bytes);
  } catch {
    return { kind: "bad", fault: "bad-text" };
  }
  return parseJson(text, maxDepth);
}
