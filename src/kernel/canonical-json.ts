import { compareText, sortFew } from "./sort-few.ts";

/**
 * One spelling for one value: object keys sorted by UTF-16 code units, no white space
 * (the JSON Canonicalization Scheme, RFC 8785, for the values JSON.parse can produce).
 * Keys whose value is undefined are left out; bigint is written as a whole number.
 * Throws TypeError for what JSON cannot hold.
 */
export function canonicalJson(value: unknown): string {
  // What is written may move to a larger room meanwhile.
  const end = write(value, 0);
  return room.toString("utf8", 0, end);
}

/**
 * The same as UTF-8, for a hash to be made of: each event has one, and as text it was a fifth of the memory that reading
 * an event takes. The bytes stand only until the next canonical spelling is asked for.
 */
export function canonicalBytes(value: unknown): Buffer {
  const end = write(value, 0);
  return room.subarray(0, end);
}

// Writing is synchronous, so one growing room serves every call.
let room = Buffer.allocUnsafeSlow(16 * 1024);
/** A room larger than this is rare; its memory is given back at the next call. */
const KEPT = 1024 * 1024;

const [QUOTE, COMMA, COLON, BACKSLASH] = [0x22, 0x2c, 0x3a, 0x5c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
const [FIRST_PLAIN, LAST_PLAIN] = [0x20, 0x7e];

/** Writes a value from an offset on and returns the offset after it. */
function write(value: unknown, at: number): number {
  if (at === 0 && room.length > KEPT) room = Buffer.allocUnsafeSlow(16 * 1024);
  if (value === null) return writeWord("null", at);
  switch (typeof value) {
    case "boolean":
      return writeWord(value ? "true" : "false", at);
    case "string":
      return writeQuoted(value, at);
    case "bigint":
      return writeWord(value.toString(), at);
    case "number":
      if (!Number.isFinite(value)) throw new TypeError("canonical JSON has no NaN or Infinity");
      return writeWord(`${value}`, at);
    case "object":
      if (value instanceof Date) return writeQuoted(value.toISOString(), at);
      return Array.isArray(value) ? writeList(value, at) : writeObject(value as Record<string, unknown>, at);
    default:
      throw new TypeError(`canonical JSON cannot hold a ${typeof value}`);
  }
}

function reserve(at: number, bytes: number): void {
  if (at + bytes <= room.length) return;
  const larger = Buffer.allocUnsafeSlow(Math.max(room.length * 2, at + bytes));
  room.copy(larger, 0, 0, at);
  room = larger;
}

/** Digits and words of JSON's own. */
function writeWord(word: string, at: number): number {
  reserve(at, word.length);
  for (let i = 0; i < word.length; i++) room[at + i] = word.charCodeAt(i);
  return at + word.length;
}

const SHORT = 64;

/** Most text is short and stands as it is: writing it here costs less than asking the engine to. */
function writeQuoted(text: string, at: number): number {
  if (text.length > SHORT) return writeEscaped(text, at);
  reserve(at, text.length + 2);
  let to = at;
  room[to++] = QUOTE;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < FIRST_PLAIN || code > LAST_PLAIN || code === QUOTE || code === BACKSLASH)
      return writeEscaped(text, at);
    room[to++] = code;
  }
  room[to++] = QUOTE;
  return to;
}

function writeEscaped(text: string, at: number): number {
  // Halves of surrogate pairs come out escaped, so there is nothing that UTF-8 could not spell.
  const escaped = JSON.stringify(text);
  reserve(at, escaped.length * 3);
  return at + room.write(escaped, at);
}

function writeMark(mark: number, at: number): number {
  reserve(at, 1);
  room[at] = mark;
  return at + 1;
}

function writeList(list: readonly unknown[], from: number): number {
  let at = writeMark(OPEN_LIST, from);
  for (let i = 0; i < list.length; i++) {
    const item = list[i];
    if (i > 0) at = writeMark(COMMA, at);
    at = item === undefined ? writeWord("null", at) : write(item, at);
  }
  return writeMark(CLOSE_LIST, at);
}

function writeObject(record: Readonly<Record<string, unknown>>, from: number): number {
  const keys = Object.keys(record);
  sortFew(keys, compareText);
  const first = writeMark(OPEN_OBJECT, from);
  let at = first;
  for (const key of keys) {
    const value = record[key];
    if (value === undefined) continue;
    if (at > first) at = writeMark(COMMA, at);
    at = writeMark(COLON, writeQuoted(key, at));
    at = write(value, at);
  }
  return writeMark(CLOSE_OBJECT, at);
}
