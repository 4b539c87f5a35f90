import { timingSafeEqual } from "node:crypto";
import type { Db } from "../db/index.ts";
import { type Clock, SECOND } from "../kernel/clock.ts";
import type { Principal } from "../kernel/route.ts";
import { findKeyByHash, noteUse } from "./api-key.store.ts";
import {
  BUILT_IN_ADMIN,
  hashSecret,
  isFirstUseOfDay,
  isUsable,
  looksLikeSecret,
  principalOf,
} from "./api-key.ts";

/** How long an answer may be remembered: the longest time an ended key keeps working elsewhere. */
const REMEMBERED = 5 * SECOND;
const MOST_REMEMBERED = 10_000;

export interface KeyAuthenticator {
  /**
   * Who holds this secret: the key's principal, or undefined when it is unknown, ended or expired.
   * Answers may be up to 5 seconds old. Rejects when the store is away.
   */
  authenticateKey(secret: string): Promise<Principal | undefined>;
  /** Forgets every remembered answer, so that a key ended in this process stops at once. */
  forget(): void;
}

/** Recognises API keys and, when one is set, the built-in admin key. */
export function createKeyAuthenticator(deps: {
  readonly db: Db;
  readonly clock: Clock;
  readonly adminKey?: string | null | undefined;
}): KeyAuthenticator {
  const adminHash = deps.adminKey == null ? undefined : hashSecret(deps.adminKey);
  const remembered = new Map<string, { readonly principal: Principal | undefined; readonly at: number }>();
  let generation = 0;

  const lookUp = async (hash: Buffer, at: Date): Promise<Principal | undefined> => {
    const key = await findKeyByHash(deps.db, hash);
    if (key === undefined || !timingSafeEqual(key.hash, hash) || !isUsable(key, at)) return undefined;
    if (isFirstUseOfDay(key, at)) await noteUse(deps.db, key.id, at);
    return principalOf(key);
  };

  return {
    authenticateKey: async (secret) => {
      const hash = hashSecret(secret);
      if (adminHash !== undefined && timingSafeEqual(hash, adminHash)) return BUILT_IN_ADMIN;
      if (!looksLikeSecret(secret)) return undefined;
      const now = deps.clock.now();
      const name = hash.toString("base64");
      const known = remembered.get(name);
      if (known !== undefined && Math.abs(now.getTime() - known.at) < REMEMBERED) return known.principal;
      const asked = generation;
      const principal = await lookUp(hash, now);
      // An answer that was under way while a key ended may be from before it.
      if (asked === generation) {
        if (remembered.size >= MOST_REMEMBERED) remembered.clear();
        remembered.set(name, { principal, at: now.getTime() });
      }
      return principal;
    },
    forget: () => {
      generation++;
      remembered.clear();
    },
  };
}
