const SMALLEST = 16;
const STEP = 256;
const MARK = 0x80;

/**
 * The length that a plaintext of `length` bytes is padded to: 16, 32, 64, 128, 256, then multiples of 256.
 * All that a cell's size tells is this bucket.
 */
export function paddedLength(length: number): number {
  const needed = length + 1;
  if (needed > STEP) return Math.ceil(needed / STEP) * STEP;
  let bucket = SMALLEST;
  while (bucket < needed) bucket *= 2;
  return bucket;
}

/** Pads by ISO/IEC 7816-4: the byte 0x80, then zeros up to `size` bytes. Text is written as UTF-8. */
export function padInto(into: Buffer, plaintext: Buffer | string, size: number): void {
  const length = typeof plaintext === "string" ? into.write(plaintext, 0) : plaintext.copy(into, 0);
  into[length] = MARK;
  into.fill(0, length + 1, size);
}

/** Takes the padding off; null when there is none. */
export function unpadded(padded: Buffer): Buffer | null {
  let end = padded.length - 1;
  while (end >= 0 && padded[end] === 0) end--;
  if (end < 0 || padded[end] !== MARK || paddedLength(end) !== padded.length) return null;
  return padded.subarray(0, end);
}
