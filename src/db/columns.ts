import { type Sql, sql } from "./sql.ts";

/*
 * A batch of rows travels as one binary array per column, which the statement zips again:
 *
 *     select * from unnest(${column.uuid(batch, (r) => r.id)}, ${column.text(batch, (r) => r.kind)}) as r(id, kind)
 *
 * Both engines read it with hardly any parsing. The same rows as one JSON parameter cost three times as much processor
 * time on either side (docs/benchmarks.md): text is escaped, scanned, built into a tree and parsed by type again.
 *
 * Format: PostgreSQL's array_send, that is dimensions, null flag, element type, length, lower bound, then each element
 * behind its length (-1: null), all big-endian.
 */

/** Object identifiers of built-in types (pg_type): the same in every database. */
const OID = {
  bytea: 17,
  int8: 20,
  int2: 21,
  int4: 23,
  text: 25,
  date: 1082,
  timestamptz: 1184,
  uuid: 2950,
  jsonb: 3802,
} as const;

type Type = keyof typeof OID;

const HEADER = 20;
const NULL_LENGTH = -1;
const DAY_MS = 86_400_000;
/** PostgreSQL counts time from here. */
const EPOCH_2000 = Date.UTC(2000, 0, 1);
const TWO_32 = 2 ** 32;

// Building is synchronous, so one growing scratch buffer serves every call.
let scratch = Buffer.allocUnsafeSlow(64 * 1024);
/** A column this large is rare; the memory it took is given back. */
const KEPT = 4 * 1024 * 1024;

function reserve(at: number, bytes: number): void {
  if (at + bytes <= scratch.length) return;
  const larger = Buffer.allocUnsafeSlow(Math.max(scratch.length * 2, at + bytes));
  scratch.copy(larger, 0, 0, at);
  scratch = larger;
}

function writeInt32(value: number, at: number): void {
  scratch[at] = value >>> 24;
  scratch[at + 1] = value >>> 16;
  scratch[at + 2] = value >>> 8;
  scratch[at + 3] = value;
}

/** Writes the element at an offset that has been reserved by it, and returns the offset after it. */
type Write<V> = (value: V, at: number) => number;

function arrayOf<T, V>(
  type: Type,
  batch: readonly T[],
  of: (row: T) => V | null | undefined,
  write: Write<V>,
): Sql {
  let at = HEADER;
  let hasNull = 0;
  let previous: V | undefined;
  let from = 0;
  let to = 0;
  for (const row of batch) {
    const value = of(row);
    if (value === null || value === undefined) {
      hasNull = 1;
      reserve(at, 4);
      writeInt32(NULL_LENGTH, at);
      at += 4;
    } else if (value === previous) {
      // A source, a kind, a channel: neighbours are often the same.
      reserve(at, to - from);
      scratch.copyWithin(at, from, to);
      at += to - from;
    } else {
      reserve(at, 4);
      const end = write(value, at + 4);
      writeInt32(end - at - 4, at);
      previous = value;
      from = at;
      to = end;
      at = end;
    }
  }
  const isEmpty = batch.length === 0;
  writeInt32(isEmpty ? 0 : 1, 0);
  writeInt32(hasNull, 4);
  writeInt32(OID[type], 8);
  writeInt32(batch.length, 12);
  writeInt32(1, 16);
  const bytes = Buffer.allocUnsafeSlow(isEmpty ? 12 : at);
  scratch.copy(bytes, 0, 0, bytes.length);
  if (scratch.length > KEPT) scratch = Buffer.allocUnsafeSlow(64 * 1024);
  return CAST[type](bytes);
}

const CAST: Readonly<Record<Type, (bytes: Buffer) => Sql>> = {
  bytea: (bytes) => sql`${bytes}::bytea[]`,
  int8: (bytes) => sql`${bytes}::int8[]`,
  int2: (bytes) => sql`${bytes}::int2[]`,
  int4: (bytes) => sql`${bytes}::int4[]`,
  text: (bytes) => sql`${bytes}::text[]`,
  date: (bytes) => sql`${bytes}::date[]`,
  timestamptz: (bytes) => sql`${bytes}::timestamptz[]`,
  uuid: (bytes) => sql`${bytes}::uuid[]`,
  jsonb: (bytes) => sql`${bytes}::jsonb[]`,
};

/** Bad data of one row, told as the store itself would tell it: the caller looks for the culprit. */
function refuse(code: string, message: string): never {
  throw Object.assign(new Error(message), { code });
}

const NIBBLE = new Int8Array(128).fill(-1);
for (let i = 0; i < 16; i++) {
  NIBBLE["0123456789abcdef".charCodeAt(i)] = i;
  NIBBLE["0123456789ABCDEF".charCodeAt(i)] = i;
}

function writeUuid(text: string, at: number): number {
  reserve(at, 16);
  let seen = text.length === 36 ? 0 : -1;
  let to = at;
  for (let i = 0; i < 36; i += 2) {
    if (i === 8 || i === 13 || i === 18 || i === 23) {
      if (text.charCodeAt(i) !== 0x2d) seen = -1;
      i++;
    }
    const high = NIBBLE[text.charCodeAt(i)] ?? -1;
    const low = NIBBLE[text.charCodeAt(i + 1)] ?? -1;
    seen |= high | low;
    scratch[to++] = (high << 4) | low;
  }
  if (seen < 0) refuse("22P02", "not a UUID");
  return to;
}

function writeText(text: string, at: number): number {
  // UTF-8 has no spelling for a lone surrogate, and what is written in its place would be another text.
  if (!text.isWellFormed()) refuse("22021", "text that is not well-formed");
  reserve(at, text.length * 3);
  return at + scratch.write(text, at);
}

function writeBytes(value: Buffer, at: number): number {
  reserve(at, value.length);
  return at + value.copy(scratch, at);
}

function writeTime(value: Date, at: number): number {
  const micros = (value.getTime() - EPOCH_2000) * 1_000;
  if (Number.isNaN(micros)) refuse("22007", "not a time");
  reserve(at, 8);
  if (Number.isSafeInteger(micros)) {
    const high = Math.floor(micros / TWO_32);
    writeInt32(high, at);
    writeInt32(micros - high * TWO_32, at + 4);
  } else scratch.writeBigInt64BE(BigInt(value.getTime() - EPOCH_2000) * 1_000n, at);
  return at + 8;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

function writeDate(text: string, at: number): number {
  const start = DAY.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  // The 31st of February is not the 3rd of March.
  if (Number.isNaN(start) || new Date(start).toISOString().slice(0, 10) !== text)
    refuse("22007", "not a day of the calendar");
  reserve(at, 4);
  writeInt32((start - EPOCH_2000) / DAY_MS, at);
  return at + 4;
}

function writeInteger(bytes: 2 | 4 | 8): Write<number> {
  return (value, at) => {
    if (!Number.isSafeInteger(value) || Math.abs(value) >= 2 ** (bytes * 8 - 1))
      refuse("22003", "a number out of range");
    reserve(at, bytes);
    if (bytes === 8) scratch.writeBigInt64BE(BigInt(value), at);
    else scratch.writeIntBE(value, at, bytes);
    return at + bytes;
  };
}

const writeInt2 = writeInteger(2);
const writeInt4 = writeInteger(4);
const writeInt8 = writeInteger(8);

const JSONB_VERSION = 1;

function writeJsonText(text: string, at: number): number {
  reserve(at, 1 + text.length * 3);
  scratch[at] = JSONB_VERSION;
  return at + 1 + scratch.write(text, at + 1);
}

type Of<T, V> = (row: T) => V | null | undefined;

/**
 * Columns of a batch as binary array parameters with their casts, one value a row in the batch's order; null and
 * undefined are null. A value that its type cannot hold throws with the SQLSTATE that the store itself would give
 * (class 22), so callers treat both alike.
 */
export const column = {
  uuid: <T>(batch: readonly T[], of: Of<T, string>): Sql => arrayOf("uuid", batch, of, writeUuid),
  text: <T>(batch: readonly T[], of: Of<T, string>): Sql => arrayOf("text", batch, of, writeText),
  bytea: <T>(batch: readonly T[], of: Of<T, Buffer>): Sql => arrayOf("bytea", batch, of, writeBytes),
  /** To the millisecond. */
  time: <T>(batch: readonly T[], of: Of<T, Date>): Sql => arrayOf("timestamptz", batch, of, writeTime),
  /** Days as `2026-03-01`. */
  date: <T>(batch: readonly T[], of: Of<T, string>): Sql => arrayOf("date", batch, of, writeDate),
  smallint: <T>(batch: readonly T[], of: Of<T, number>): Sql => arrayOf("int2", batch, of, writeInt2),
  int: <T>(batch: readonly T[], of: Of<T, number>): Sql => arrayOf("int4", batch, of, writeInt4),
  bigint: <T>(batch: readonly T[], of: Of<T, number>): Sql => arrayOf("int8", batch, of, writeInt8),
  /** Anything JSON.stringify takes; null is SQL's null. */
  json: <T>(batch: readonly T[], of: (row: T) => unknown): Sql =>
    arrayOf("jsonb", batch, of as Of<T, object>, (value, at) => writeJsonText(JSON.stringify(value), at)),
  /** JSON that stands in writing already. */
  jsonText: <T>(batch: readonly T[], of: Of<T, string>): Sql => arrayOf("jsonb", batch, of, writeJsonText),
};

/** A list of UUIDs: `subject_id = any(${uuids(ids)})`. */
export function uuids(ids: readonly string[]): Sql {
  return arrayOf("uuid", ids, (id) => id, writeUuid);
}

/** A list of byte strings: `bi = any(${byteStrings(indexes)})`. */
export function byteStrings(values: readonly Buffer[]): Sql {
  return arrayOf("bytea", values, (value) => value, writeBytes);
}
