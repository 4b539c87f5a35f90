import { randomBytes } from "node:crypto";
import type { KeyId } from "../../../src/kernel/ids.ts";
import { uuidIds } from "../../../src/kernel/ids.ts";
import { AppError } from "../../../src/kernel/problems.ts";
import { HeldKey } from "../../../src/vault/key-cache.ts";
import { noncePool } from "../../../src/vault/nonce.ts";
import type { Place } from "../../../src/vault/vault.ts";

export const nonces = noncePool();

export function aKey(id: string = uuidIds.next(), bytes: Buffer = randomBytes(32)): HeldKey {
  return new HeldKey(id as KeyId, "subject", bytes, 0);
}

export function aPlace(change: Partial<Place> = {}): Place {
  return { table: "event", column: "body", recordId: "rec-1", category: "contact", ...change };
}

/** Everything about an error that a caller could tell apart. */
export function thrownBy(work: () => unknown): {
  code: string;
  message: string;
  detail: string | undefined;
  cause: unknown;
} {
  try {
    work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { code: error.code, message: error.message, detail: error.detail, cause: error.cause };
  }
  throw new Error("nothing was thrown");
}

export const UNREADABLE = {
  code: "cell-unreadable",
  message: "A sealed value could not be opened.",
  detail: undefined,
  cause: undefined,
};
