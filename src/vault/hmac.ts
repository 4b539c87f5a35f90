import { hash } from "node:crypto";
import { partBound, writePart } from "./framing.ts";

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

function prepare(blocks: Pick<HmacKey, "inner" | "outer">, key: Buffer): void {
  const { inner, outer } = blocks;
  inner.fill(0x36);
  outer.fill(0x5c, 0, BLOCK);
  for (let i = 0; i < key.length; i++) {
    inner[i] = 0x36 ^ (key[i] as number);
    outer[i] = 0x5c ^ (key[i] as number);
  }
}

/** Prepares a key of at most 64 bytes. */
export function hmacKey(key: Buffer): HmacKey {
  if (key.length > BLOCK) throw new RangeError("an HMAC key here has at most 64 bytes");
  const inner = Buffer.alloc(BLOCK);
  const outer = Buffer.alloc(BLOCK + DIGEST);
  prepare({ inner, outer }, key);
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
 * The block that the outer hash is of, for the message that `write` puts behind the inner block; `bound` is the most
 * bytes that it may need, and `write` returns where it ended.
 *
 * Two one-shot hashes instead of Node's `createHmac`, whose stream object costs several times as much as hashing the
 * short messages that most MACs here are for; a test compares the two. Between them the digest is text, because a
 * buffer made by the engine costs twice as much as the hash.
 */
function outerBlock(
  key: Pick<HmacKey, "inner" | "outer">,
  bound: number,
  write: (into: Buffer, at: number) => number,
): Buffer {
  const block = BLOCK + bound <= SCRATCH ? scratch : Buffer.allocUnsafe(BLOCK + bound);
  key.inner.copy(block, 0);
  const size = write(block, BLOCK);
  key.outer.write(hash("sha256", block.subarray(0, size), "hex"), BLOCK, "hex");
  block.fill(0, 0, size);
  return key.outer;
}

/** HMAC-SHA256 (RFC 2104) of one message, whose bytes stand nowhere else: fit for a key. */
export function hmacSha256(key: HmacKey, message: Buffer): Buffer {
  const outer = outerBlock(key, message.length, (into, at) => at + message.copy(into, at));
  return hash("sha256", outer, "buffer");
}

const once = hmacKey(Buffer.alloc(0));

/** The same under a key that is used for this one message. */
export function hmacOnce(key: Buffer, message: Buffer): Buffer {
  if (key.length > BLOCK) throw new RangeError("an HMAC key here has at most 64 bytes");
  prepare(once, key);
  const mac = hmacSha256(once, message);
  once.erase();
  return mac;
}

/** The same of parts, each framed by its length, as hexadecimal text: for indexes, which are no secrets. */
export function hmacOfParts(key: HmacKey, parts: readonly (string | Buffer)[]): string {
  let bound = 0;
  for (const part of parts) bound += partBound(part);
  const outer = outerBlock(key, bound, (into, at) => {
    for (const part of parts) at = writePart(into, at, part);
    return at;
  });
  return hash("sha256", outer, "hex");
}
