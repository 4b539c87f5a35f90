import { HEADER_BYTES } from "./cell.ts";
import { KEY_BYTES } from "./derive.ts";

/*
 * Keys that are held lie in memory of their own, side by side. Each by itself they lay among what lives for a moment, in
 * pieces of 8 KiB that Node's buffers share, and a single key held on to all of its piece.
 *
 * A slot: the header of the key's cells | the key | what it derived, for one or two tables of a few categories each.
 */

/** How many derived keys a slot has room for. */
export const DERIVED_ROOM = 4;
export const HEADER_AT = 0;
export const KEY_AT = 32;
export const DERIVED_AT = KEY_AT + KEY_BYTES;
const SLOT_BYTES = DERIVED_AT + DERIVED_ROOM * KEY_BYTES;
const SLOTS_A_PIECE = 512;

export interface Slot {
  readonly bytes: Buffer;
  readonly header: Buffer;
}

/** Slots that nobody uses; all zero. */
const free: Slot[] = [];

function addPiece(): void {
  const piece = Buffer.alloc(SLOTS_A_PIECE * SLOT_BYTES);
  for (let at = piece.length - SLOT_BYTES; at >= 0; at -= SLOT_BYTES) {
    const bytes = piece.subarray(at, at + SLOT_BYTES);
    free.push({ bytes, header: bytes.subarray(HEADER_AT, HEADER_AT + HEADER_BYTES) });
  }
}

/** A slot for one key, all zero. */
export function takeSlot(): Slot {
  if (free.length === 0) addPiece();
  return free.pop() as Slot;
}

/** Zeroes a slot for the next key. Whoever had it must not look at it again. */
export function giveBack(slot: Slot): void {
  slot.bytes.fill(0);
  free.push(slot);
}
