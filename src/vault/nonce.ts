import { createHash, randomFillSync } from "node:crypto";
import { AppError } from "../kernel/problems.ts";

export const NONCE_BYTES = 12;

const POOL_BYTES = 64 * 1024;
/** 64 KiB each: the last 4 GiB of randomness are remembered by their hashes. */
const REMEMBERED = 65_536;

/** Hands out 96-bit random nonces (NIST SP 800-38D §8.2.2). */
export interface NonceSource {
  /** Writes the next nonce into `into` at `at`. */
  write(into: Buffer, at: number): void;
}

function repeated(): AppError {
  return new AppError("internal-error", {
    detail: "The system's random generator repeated itself. Nothing was sealed.",
  });
}

/**
 * Cuts nonces from a pool that the system's generator refills, since one large draw costs far less than many
 * small ones. A nonce used twice under one key breaks GCM altogether, so a pool that was seen before, or one
 * that repeats its own beginning, is refused: every later call throws until a refill looks random again.
 */
export function noncePool(fill: (pool: Buffer) => void = randomFillSync): NonceSource {
  const pool = Buffer.alloc(POOL_BYTES);
  const seen = new Set<string>();
  let at = POOL_BYTES;

  const refill = (): void => {
    at = POOL_BYTES;
    fill(pool);
    if (pool.indexOf(pool.subarray(0, NONCE_BYTES), 1) !== -1) throw repeated();
    const print = createHash("sha256").update(pool).digest("base64");
    if (seen.has(print)) throw repeated();
    seen.add(print);
    if (seen.size > REMEMBERED) for (const oldest of seen.keys()) if (seen.delete(oldest)) break;
    at = 0;
  };

  return {
    write(into, offset) {
      if (at + NONCE_BYTES > POOL_BYTES) refill();
      pool.copy(into, offset, at, at + NONCE_BYTES);
      at += NONCE_BYTES;
    },
  };
}
