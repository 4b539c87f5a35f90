import { hash } from "node:crypto";

const BLOCK = 64;
const DIGEST = 32;
const SCRATCH = 8_192;

/** A key of HMAC-SHA256 with its two padded blocks ready (RFC 2104 §4). */
export interface HmacKey {
  readonly inner: Buffer;
  readonly outer: Buffer;
  /** Overwrites the key. */
  erase(): void;
}

/** Prepares a key of at most 64 bytes. */
export function hmacKey(key: Buffer): HmacKey {
  if (key.length > BLOCK) throw new RangeError("an HMAC key here has at most 64 bytes");
  const inner = Buffer.alloc(BLOCK, 0x36);
  const outer = Buffer.alloc(BLOCK + DIGEST, 0x5c);
  for (let i = 0; i < key.length; i++) {
    inner[i] = 0x36 ^ (key[i] as number);
    outer[i] = 0x5c ^ (key[i] as number);
  }
  return {
    inner,
    outer,
    erase: () => {
      inner.fill(0);
      outer.fill(0);
    },
  };
}

const scratch = Buffer.alloc(SCRATCH);

/**
 * HMAC-SHA256 (RFC 2104) of one message. Two one-shot hashes instead of Node's `createHmac`, whose stream object costs
 * several times as much as hashing the short messages that most MACs here are for; a test compares the two.
 */
export function hmacSha256(key: HmacKey, message: Buffer): Buffer {
  const size = BLOCK + message.length;
  const block = size <= SCRATCH ? scratch : Buffer.allocUnsafe(size);
  key.inner.copy(block, 0);
  message.copy(block, BLOCK);
  const first = hash("sha256", block.subarray(0, size), "buffer");
  block.fill(0, 0, size);
  first.copy(key.outer, BLOCK);
  return hash("sha256", key.outer, "buffer");
}
