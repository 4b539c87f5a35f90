import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { DAY, dayOf } from "../kernel/clock.ts";
import type { Principal, Role } from "../kernel/route.ts";

/** A key as it is stored: everything but its secret. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly hash: Buffer;
  readonly role: Role;
  /** Route tags and operation ids to which it is limited; empty: all that its role may. */
  readonly scopes: readonly string[];
  /** Purposes it may name when it reads personal data; "*" means every registered one. */
  readonly purposes: readonly string[];
  /** The shops that a key of the role `store` sees; empty for every other role. */
  readonly stores: readonly string[];
  /** The registered recipient that it belongs to. */
  readonly recipientId: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly endedAt: Date | null;
  /** Midnight UTC of the last day it was used. */
  readonly lastUsed: Date | null;
}

/** The purposes of a key that names none. */
export const DEFAULT_PURPOSES: readonly string[] = ["service"];

const SECRET = /^ck_[A-Za-z0-9_-]{43}$/;

/** A new secret: `ck_` and 256 random bits in base64url. It is shown once and never stored. */
export function newSecret(random: (bytes: number) => Buffer = randomBytes): string {
  return `ck_${random(32).toString("base64url")}`;
}

/** Whether the text has the form of an API key's secret (a source's write key has another). */
export function looksLikeSecret(text: string): boolean {
  return SECRET.test(text);
}

/**
 * SHA-256 of a secret. A plain hash is enough, and right, for 256 random bits: nobody can try them all,
 * and every request pays for it.
 */
export function hashSecret(secret: string): Buffer {
  return createHash("sha256").update(secret, "utf8").digest();
}

/** Whether two secrets are the same, in a time that tells nothing about either. */
export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(hashSecret(a), hashSecret(b));
}

/** Whether the key opens doors at that moment. */
export function isUsable(key: Pick<ApiKey, "expiresAt" | "endedAt">, at: Date): boolean {
  if (key.endedAt !== null && key.endedAt <= at) return false;
  return key.expiresAt === null || key.expiresAt > at;
}

/** Whether today's use is still to be noted. */
export function isFirstUseOfDay(key: Pick<ApiKey, "lastUsed">, at: Date): boolean {
  return key.lastUsed === null || dayOf(at).getTime() - key.lastUsed.getTime() >= DAY;
}

export function principalOf(key: ApiKey): Principal {
  return {
    kind: "api-key",
    id: key.id,
    name: key.name,
    role: key.role,
    purposes: key.purposes,
    scopes: key.scopes,
    stores: key.stores,
    ...(key.recipientId === null ? {} : { recipientId: key.recipientId }),
  };
}

/** Whoever holds CANDOR_ADMIN_KEY: an administrator for the first set-up. */
export const BUILT_IN_ADMIN: Principal = {
  kind: "api-key",
  id: "built-in-admin",
  name: "CANDOR_ADMIN_KEY",
  role: "admin",
  purposes: ["*"],
};

/** Whoever may open the socket in the data directory: the account that runs the server. */
export const SOCKET_ADMIN: Principal = {
  kind: "api-key",
  id: "local-socket",
  name: "data directory socket",
  role: "admin",
  purposes: ["*"],
};
