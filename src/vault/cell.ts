import { createCipheriv, createDecipheriv } from "node:crypto";
import { AppError } from "../kernel/problems.ts";
import { copyFew, frame, partBound, writePart } from "./framing.ts";
import { NONCE_BYTES, type NonceSource } from "./nonce.ts";
import { paddedLength, padInto, unpadded } from "./padding.ts";
import type { Place } from "./vault.ts";

/*
 * A cell is  ver(1) | alg(1) | key id(16) | key version(2) | nonce(12) | ciphertext | tag(16).
 *
 * Associated data: ("candor", table, column, category, key id, header, record id), each part behind its
 * length. The record id stands last because all before it is the same for every record of one key and place.
 * Plaintexts are padded to buckets. AES-256-GCM does not commit to its key, so the key is chosen by the id in
 * the header and nothing is ever tried.
 */

const FORMAT = 1;
const AES_256_GCM = 1;
const ID_BYTES = 16;
const TAG_BYTES = 16;
export const HEADER_BYTES = 2 + ID_BYTES + 2;
const BODY = HEADER_BYTES + NONCE_BYTES;
const SMALLEST_CELL = BODY + paddedLength(0) + TAG_BYTES;
/** One controller an installation, so the tenant is a constant. */
const TENANT = "candor";
/** The only version of a data key so far; re-keying a subject counts it up. */
export const KEY_VERSION = 1;

const MOST_PLACES = 4_096;
const SCRATCH = 4_096;

/** The part of a place that all its records share, framed once. */
export interface PlaceFrame {
  /** What the category key is derived with. */
  readonly info: Buffer;
  /** The beginning of the associated data. */
  readonly associated: Buffer;
}

/** A data key as a cell needs it. */
export interface CellKey {
  /** The first bytes of every cell under this key; see `cellHeader`. */
  readonly header: Buffer;
  /** The 32 bytes that seal cells of this table, column and category. */
  categoryKey(place: PlaceFrame): Buffer;
  /** Writes them at an offset. */
  copyCategoryKey(place: PlaceFrame, into: Buffer, at: number): void;
}

/** Frames by table, column and category: looked up for every cell, so without a joined name. */
const places = new Map<string, Map<string, Map<string, PlaceFrame>>>();
let known = 0;

/** Finds the shared frame of a place, the same object each time. */
export function placeFrame(place: Place): PlaceFrame {
  const { table, column, category } = place;
  return places.get(table)?.get(column)?.get(category) ?? newFrame(table, column, category);
}

function newFrame(table: string, column: string, category: string): PlaceFrame {
  if (known >= MOST_PLACES) {
    places.clear();
    known = 0;
  }
  const made: PlaceFrame = {
    info: frame([TENANT, "category-key", table, column, category]),
    associated: frame([TENANT, table, column, category]),
  };
  const columns = places.get(table) ?? new Map<string, Map<string, PlaceFrame>>();
  const categories = columns.get(column) ?? new Map<string, PlaceFrame>();
  places.set(table, columns.set(column, categories.set(category, made)));
  known++;
  return made;
}

/** Writes the header of cells under a data key: format, algorithm, key id, key version. */
export function writeCellHeader(
  into: Buffer,
  at: number,
  keyId: string,
  version: number = KEY_VERSION,
): void {
  into[at] = FORMAT;
  into[at + 1] = AES_256_GCM;
  into.write(keyId.replaceAll("-", ""), at + 2, "hex");
  into.writeUInt16BE(version, at + 2 + ID_BYTES);
}

/** The same by itself. */
export function cellHeader(keyId: string, version: number = KEY_VERSION): Buffer {
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  writeCellHeader(header, 0, keyId, version);
  return header;
}

/** The id of the key that a cell names, as a UUID, or null when the bytes cannot be a cell. */
export function keyIdOf(cell: Buffer): string | null {
  if (cell.length < SMALLEST_CELL || cell[0] !== FORMAT || cell[1] !== AES_256_GCM) return null;
  const h = cell.toString("hex", 2, 2 + ID_BYTES);
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
}

// Sealing and opening are synchronous, so one scratch buffer each serves every call.
const associatedScratch = Buffer.alloc(SCRATCH);
const paddedScratch = Buffer.alloc(SCRATCH);

/** An upper bound of the bytes that the associated data of a place takes. */
export function associatedBound(shared: PlaceFrame, recordId: string): number {
  return shared.associated.length + 4 + ID_BYTES + 4 + HEADER_BYTES + partBound(recordId);
}

/** Writes the associated data of a cell and returns the offset after it. */
export function writeAssociated(
  into: Buffer,
  from: number,
  shared: PlaceFrame,
  header: Buffer,
  recordId: string,
): number {
  let at = from + shared.associated.copy(into, from);
  into.writeUInt32BE(ID_BYTES, at);
  at = copyFew(header, 2, 2 + ID_BYTES, into, at + 4);
  into.writeUInt32BE(HEADER_BYTES, at);
  at = copyFew(header, 0, HEADER_BYTES, into, at + 4);
  return writePart(into, at, recordId);
}

function associatedData(shared: PlaceFrame, header: Buffer, recordId: string): Buffer {
  const bound = associatedBound(shared, recordId);
  const into = bound <= SCRATCH ? associatedScratch : Buffer.allocUnsafe(bound);
  return into.subarray(0, writeAssociated(into, 0, shared, header, recordId));
}

/** Seals `plaintext` at `place`. A few microseconds for a short value. */
export function sealCell(
  key: CellKey,
  place: Place,
  plaintext: Buffer | string,
  nonces: NonceSource,
): Buffer {
  const shared = placeFrame(place);
  const size = paddedLength(typeof plaintext === "string" ? Buffer.byteLength(plaintext) : plaintext.length);
  const cell = Buffer.allocUnsafe(BODY + size + TAG_BYTES);
  key.header.copy(cell, 0);
  nonces.write(cell, HEADER_BYTES);
  const padded = size <= SCRATCH ? paddedScratch : Buffer.allocUnsafe(size);
  padInto(padded, plaintext, size);
  const cipher = createCipheriv("aes-256-gcm", key.categoryKey(shared), cell.subarray(HEADER_BYTES, BODY));
  cipher.setAAD(associatedData(shared, key.header, place.recordId));
  cipher.update(padded.subarray(0, size)).copy(cell, BODY);
  // Of this mode nothing is left to come; as text, nothing costs no buffer.
  cipher.final("latin1");
  cipher.getAuthTag().copy(cell, BODY + size);
  padded.fill(0, 0, size);
  return cell;
}

/** One error for every reason, so that a cell's fault cannot be told from outside. */
function unreadable(): AppError {
  return new AppError("cell-unreadable");
}

/**
 * Opens a cell. Throws `cell-unreadable`, always with the same words, for anything that is not byte for byte
 * what was sealed at that place under that key.
 */
export function openCell(key: CellKey, place: Place, cell: Buffer): Buffer {
  if (!isCellOf(key, cell)) throw unreadable();
  const shared = placeFrame(place);
  const plaintext = openBody(
    key.categoryKey(shared),
    associatedData(shared, key.header, place.recordId),
    cell.subarray(HEADER_BYTES),
  );
  if (plaintext === null) throw unreadable();
  return plaintext;
}

/** Whether the bytes begin as cells under this key do. */
export function isCellOf(key: CellKey, cell: Buffer): boolean {
  if (cell.length < SMALLEST_CELL) return false;
  const { header } = key;
  for (let i = 0; i < HEADER_BYTES; i++) if (cell[i] !== header[i]) return false;
  return true;
}

/** Opens what follows a cell's header: nonce, ciphertext, tag. Null when it is not exactly what was sealed. */
export function openBody(categoryKey: Buffer, associated: Buffer, body: Buffer): Buffer | null {
  const tagAt = body.length - TAG_BYTES;
  const decipher = createDecipheriv("aes-256-gcm", categoryKey, body.subarray(0, NONCE_BYTES));
  decipher.setAAD(associated);
  decipher.setAuthTag(body.subarray(tagAt));
  const padded = decipher.update(body.subarray(NONCE_BYTES, tagAt));
  try {
    decipher.final();
  } catch {
    padded.fill(0);
    return null;
  }
  return unpadded(padded);
}
