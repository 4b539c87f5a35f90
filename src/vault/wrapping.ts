import { createCipheriv, createDecipheriv } from "node:crypto";
import { NONCE_BYTES, type NonceSource } from "./nonce.ts";

const TAG_BYTES = 16;

/** Encrypts key bytes with AES-256-GCM: nonce(12) | ciphertext | tag(16). */
export function wrapBytes(key: Buffer, plain: Buffer, associated: Buffer, nonces: NonceSource): Buffer {
  const wrapped = Buffer.allocUnsafe(NONCE_BYTES + plain.length + TAG_BYTES);
  nonces.write(wrapped, 0);
  const cipher = createCipheriv("aes-256-gcm", key, wrapped.subarray(0, NONCE_BYTES));
  cipher.setAAD(associated);
  cipher.update(plain).copy(wrapped, NONCE_BYTES);
  cipher.final();
  cipher.getAuthTag().copy(wrapped, NONCE_BYTES + plain.length);
  return wrapped;
}

/** Undoes `wrapBytes`; null when the bytes, the key or the associated data are not the same. */
export function unwrapBytes(key: Buffer, wrapped: Buffer, associated: Buffer): Buffer | null {
  const tagAt = wrapped.length - TAG_BYTES;
  if (tagAt < NONCE_BYTES) return null;
  const decipher = createDecipheriv("aes-256-gcm", key, wrapped.subarray(0, NONCE_BYTES));
  decipher.setAAD(associated);
  decipher.setAuthTag(wrapped.subarray(tagAt));
  const plain = decipher.update(wrapped.subarray(NONCE_BYTES, tagAt));
  try {
    decipher.final();
  } catch {
    plain.fill(0);
    return null;
  }
  return plain;
}
