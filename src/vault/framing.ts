const ILL_FORMED = 0x8000_0000;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** An upper bound of the bytes that `writePart` needs for this part. */
export function partBound(part: string | Buffer): number {
  return 4 + (typeof part === "string" ? part.length * 3 : part.length);
}

/**
 * Writes one part behind its length in bytes (4 bytes, big-endian) and returns the offset after it.
 *
 * Text is UTF-8. UTF-8 has one replacement for every lone surrogate, which would make two different texts
 * equal; such text is written as UTF-16 with the highest bit of the length set.
 */
export function writePart(into: Buffer, at: number, part: string | Buffer): number {
  let length: number;
  let mark = 0;
  if (typeof part !== "string") {
    length = part.copy(into, at + 4);
  } else {
    length = into.write(part, at + 4, "utf8");
    if (length !== part.length && LONE_SURROGATE.test(part)) {
      length = into.write(part, at + 4, "utf16le");
      mark = ILL_FORMED;
    }
  }
  into.writeUInt32BE((length | mark) >>> 0, at);
  return at + 4 + length;
}

/**
 * Copies a few hundred bytes at most and returns the offset after them. The engine's own copy makes a view of the source
 * for each call that does not take the whole of it, which costs more than so few bytes.
 */
export function copyFew(source: Buffer, from: number, to: number, into: Buffer, at: number): number {
  let end = at;
  for (let i = from; i < to; i++) into[end++] = source[i] as number;
  return end;
}

/** Joins parts so that no two lists of parts give the same bytes: ("a|b", "c") is never ("a", "b|c"). */
export function frame(parts: readonly (string | Buffer)[]): Buffer {
  let bound = 0;
  for (const part of parts) bound += partBound(part);
  const bytes = Buffer.allocUnsafe(bound);
  let at = 0;
  for (const part of parts) at = writePart(bytes, at, part);
  return bytes.subarray(0, at);
}
