import { randomBytes } from "node:crypto";
import { type RootKeyProvider, rootKeyFromText } from "../../../src/vault/index.ts";

export function aRootKey(): string {
  return randomBytes(32).toString("base64");
}

export interface ScriptedProvider extends RootKeyProvider {
  /** How it behaves from now on: like a service that answers, refuses connections, or never answers. */
  behave(as: "well" | "away" | "silent"): void;
  readonly calls: { wrap: number; unwrap: number; rewrap: number };
}

/** A key management service far away, over a root key at hand. */
export function scriptedProvider(inner: RootKeyProvider = rootKeyFromText(aRootKey())): ScriptedProvider {
  let mood: "well" | "away" | "silent" = "well";
  const calls = { wrap: 0, unwrap: 0, rewrap: 0 };
  const answer = <T>(work: () => Promise<T>): Promise<T> => {
    if (mood === "away") return Promise.reject(new Error("connect ECONNREFUSED"));
    if (mood === "silent") return new Promise(() => {});
    return work();
  };
  return {
    name: inner.name,
    calls,
    behave: (as) => {
      mood = as;
    },
    currentVersion: () => answer(() => inner.currentVersion()),
    versionOf: (wrapped) => answer(() => inner.versionOf(wrapped)),
    wrap: (items) => {
      calls.wrap++;
      return answer(() => inner.wrap(items));
    },
    unwrap: (items) => {
      calls.unwrap++;
      return answer(() => inner.unwrap(items));
    },
    rewrap: (items) => {
      calls.rewrap++;
      return answer(() => inner.rewrap(items));
    },
  };
}
