import { hash } from "node:crypto";

/** Words of a slot: 96 bits of a hash and a count. */
const WORDS = 4;
const FIRST_SLOTS = 1 << 12;
/** Filled beyond this share, the table doubles. */
const FULL = 0.7;

export interface Occurrences {
  /** How many times this content has been seen, this time included: 1, 2, … */
  next(content: string): number;
}

/**
 * Counts equal rows of one file in bounded memory: an open-addressed table of 16 bytes a slot, 96 bits of SHA-256 and a
 * count, so a million different rows take 32 MB. Two different rows meet by chance once in 10^16 such files.
 */
export function countOccurrences(): Occurrences {
  let slots = FIRST_SLOTS;
  let table = new Uint32Array(slots * WORDS);
  let used = 0;

  function slotOf(target: Uint32Array, count: number, a: number, b: number, c: number): number {
    let slot = a & (count - 1);
    for (;;) {
      const at = slot * WORDS;
      if (target[at + 3] === 0) return at;
      if (target[at] === a && target[at + 1] === b && target[at + 2] === c) return at;
      slot = (slot + 1) & (count - 1);
    }
  }

  function grow(): void {
    const larger = new Uint32Array(slots * 2 * WORDS);
    for (let at = 0; at < table.length; at += WORDS) {
      if (table[at + 3] === 0) continue;
      const [a, b, c] = [table[at] as number, table[at + 1] as number, table[at + 2] as number];
      larger.set(table.subarray(at, at + WORDS), slotOf(larger, slots * 2, a, b, c));
    }
    table = larger;
    slots *= 2;
  }

  return {
    next(content) {
      const digest = hash("sha256", content, "buffer");
      const [a, b, c] = [digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8)];
      let at = slotOf(table, slots, a, b, c);
      if (table[at + 3] === 0) {
        if (used + 1 > slots * FULL) {
          grow();
          at = slotOf(table, slots, a, b, c);
        }
        used += 1;
        table[at] = a;
        table[at + 1] = b;
        table[at + 2] = c;
      }
      const count = (table[at + 3] as number) + 1;
      table[at + 3] = count;
      return count;
    },
  };
}
