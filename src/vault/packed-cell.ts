import {
  associatedBound,
  type CellKey,
  HEADER_BYTES,
  isCellOf,
  openBody,
  placeFrame,
  writeAssociated,
} from "./cell.ts";
import { KEY_BYTES } from "./derive.ts";
import { copyFew } from "./framing.ts";
import type { Place } from "./vault.ts";

/*
 * A cell on its way to the thread that opens it is  size(4) | associated size(4) | body size(4) | category key(32) |
 * associated data | body,  sizes big-endian, `size` that of the whole. What comes back is  length(4) | plaintext,  one behind
 * the other from the beginning.
 */

const FIXED = 12 + KEY_BYTES;

/** Stands for the length of a plaintext when the cell did not open. */
export const UNREADABLE = 0xffff_ffff;

/** The bytes that `packCell` takes at most. */
export function packedCellBytes(place: Place, cell: Buffer): number {
  return FIXED + associatedBound(placeFrame(place), place.recordId) + cell.length;
}

/** Writes a cell with all that opening it takes, and returns the offset after it. */
export function packCell(into: Buffer, from: number, key: CellKey, place: Place, cell: Buffer): number {
  const shared = placeFrame(place);
  key.copyCategoryKey(shared, into, from + 12);
  const bodyAt = writeAssociated(into, from + FIXED, shared, key.header, place.recordId);
  // Bytes that are no cell of this key have no body, and are found unreadable where the others are opened.
  const end = isCellOf(key, cell) ? bodyAt + copyBody(cell, into, bodyAt) : bodyAt;
  into.writeUInt32BE(end - from, from);
  into.writeUInt32BE(bodyAt - from - FIXED, from + 4);
  into.writeUInt32BE(end - bodyAt, from + 8);
  return end;
}

/** Most values are short; a long one is copied by the engine. */
const SHORT = 512;

function copyBody(cell: Buffer, into: Buffer, at: number): number {
  return cell.length <= SHORT
    ? copyFew(cell, HEADER_BYTES, cell.length, into, at) - at
    : cell.copy(into, at, HEADER_BYTES);
}

/**
 * Opens packed cells where they lie: plaintexts move together at the beginning, everything else is wiped. Answers how many
 * bytes they take.
 */
export function openPacked(bytes: Buffer, count: number): number {
  let from = 0;
  let to = 0;
  for (let n = 0; n < count; n++) {
    const end = from + bytes.readUInt32BE(from);
    const bodyAt = from + FIXED + bytes.readUInt32BE(from + 4);
    const hasBody = bytes.readUInt32BE(from + 8) > 0;
    const plaintext = hasBody
      ? openBody(
          bytes.subarray(from + 12, from + FIXED),
          bytes.subarray(from + FIXED, bodyAt),
          bytes.subarray(bodyAt, end),
        )
      : null;
    const length = plaintext?.copy(bytes, to + 4) ?? 0;
    bytes.writeUInt32BE(plaintext === null ? UNREADABLE : length, to);
    to += 4 + length;
    // What lies before was wiped with the cells before.
    bytes.fill(0, Math.max(from, to), end);
    plaintext?.fill(0);
    from = end;
  }
  return to;
}
