import { frame } from "./framing.ts";
import { hmacOnce } from "./hmac.ts";

export const KEY_BYTES = 32;

const FIRST_BLOCK = 1;

/**
 * HKDF-Expand (RFC 5869 §2.3) with SHA-256 for exactly one block of 32 bytes. Extract is skipped, as §3.3
 * allows: every key that goes in here is already uniformly random.
 */
export function expandKey(key: Buffer, info: Buffer): Buffer {
  const message = Buffer.allocUnsafe(info.length + 1);
  info.copy(message, 0);
  message[info.length] = FIRST_BLOCK;
  return hmacOnce(key, message);
}

/** A key of its own for each list of parts. */
export function deriveKey(key: Buffer, ...parts: readonly (string | Buffer)[]): Buffer {
  return expandKey(key, frame(parts));
}
