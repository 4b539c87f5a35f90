import { SECOND } from "../kernel/clock.ts";
import { AppError } from "../kernel/problems.ts";
import {
  contextBytes,
  type RootKeyProvider,
  type ToUnwrap,
  type ToWrap,
  type WrappedKey,
} from "./provider.ts";

export interface VaultTransitSettings {
  /** Where Vault answers: `https://vault.internal:8200`. */
  readonly address: string;
  /** The mount of the transit engine (`transit`). */
  readonly mount: string;
  /** The name of the key: one of type aes256-gcm96 or chacha20-poly1305. */
  readonly key: string;
  readonly namespace: string | null;
  /** Read at every call: an agent may renew it. */
  readonly token: () => string;
}

const PATIENCE = 8 * SECOND;
/** Types that bind associated data; the others would wrap without binding a key to its place. */
const BINDING: ReadonlySet<string> = new Set(["aes256-gcm96", "aes128-gcm96", "chacha20-poly1305"]);
const CIPHERTEXT = /^vault:v([1-9]\d{0,8}):[A-Za-z0-9+/]+=*$/;

function away(detail: string, cause?: unknown): AppError {
  return new AppError("keystore-unavailable", cause === undefined ? { detail } : { detail, cause });
}

interface BatchItem {
  readonly ciphertext?: unknown;
  readonly plaintext?: unknown;
  readonly error?: unknown;
}

/** What Vault's answers say, as far as it is used (its API documentation: /api-docs/secret/transit). */
interface VaultAnswer {
  readonly errors?: unknown;
  readonly data?: {
    readonly latest_version?: unknown;
    readonly type?: unknown;
    readonly batch_results?: readonly BatchItem[];
  };
}

/**
 * The root key in HashiCorp Vault's transit engine: it wraps and unwraps there and never comes here. What a key is for is
 * bound to it as associated data. Vault's `rewrap` takes no associated data, so rewrapping unwraps and wraps.
 *
 * Whatever Vault refuses rejects with `keystore-unavailable` and says why in Vault's status, never in its words.
 */
export function vaultTransit(settings: VaultTransitSettings): RootKeyProvider {
  const base = `${settings.address.replace(/\/+$/, "")}/v1/${settings.mount}`;
  const key = encodeURIComponent(settings.key);

  const call = async (method: "GET" | "POST", path: string, body?: object): Promise<VaultAnswer> => {
    let answer: Response;
    let text: string;
    try {
      answer = await fetch(`${base}/${path}`, {
        method,
        redirect: "error",
        signal: AbortSignal.timeout(PATIENCE),
        headers: {
          "x-vault-request": "true",
          "x-vault-token": settings.token(),
          ...(settings.namespace === null ? {} : { "x-vault-namespace": settings.namespace }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      text = await answer.text();
    } catch (cause) {
      if (cause instanceof AppError) throw cause;
      throw away("Vault does not answer.", cause);
    }
    if (answer.status === 503) throw away("Vault is sealed or under maintenance (HTTP 503).");
    if (answer.status === 403) throw away("Vault refuses the token or the policy (HTTP 403).");
    if (answer.status === 404) throw away("Vault has no such key or mount (HTTP 404).");
    let parsed: VaultAnswer = {};
    try {
      if (text !== "") parsed = JSON.parse(text) as VaultAnswer;
    } catch {
      throw away(`Vault's answer (HTTP ${answer.status}) is not one of its API.`);
    }
    // A batch in which an item failed answers with 400 and the results of all.
    if (!answer.ok && parsed.data?.batch_results === undefined)
      throw away(`Vault refused the request (HTTP ${answer.status}).`);
    return parsed;
  };

  const batch = async (path: string, items: readonly object[]): Promise<readonly BatchItem[]> => {
    if (items.length === 0) return [];
    const results = (await call("POST", `${path}/${key}`, { batch_input: items })).data?.batch_results;
    if (results?.length !== items.length) throw away("Vault answered with another number of keys.");
    return results;
  };

  const describe = async (): Promise<string> => {
    const { data } = await call("GET", `keys/${key}`);
    if (typeof data?.type !== "string" || !BINDING.has(data.type)) {
      throw new AppError("invalid-settings", {
        detail:
          "The Vault key must be of type aes256-gcm96 or chacha20-poly1305: others bind no associated data.",
      });
    }
    if (!Number.isSafeInteger(data.latest_version)) throw away("Vault named no version of the key.");
    return String(data.latest_version);
  };

  const versionIn = (bytes: Buffer): string => {
    const version = CIPHERTEXT.exec(bytes.toString("utf8"))?.[1];
    if (version === undefined) {
      throw new AppError("invalid-settings", {
        detail: "The keystore holds a key that was not wrapped by Vault's transit engine.",
      });
    }
    return version;
  };

  const wrap = async (items: readonly ToWrap[]): Promise<WrappedKey[]> => {
    // Also refuses a key whose type would drop the associated data without a word.
    await describe();
    const results = await batch(
      "encrypt",
      items.map(({ plain, context }) => ({
        plaintext: plain.toString("base64"),
        associated_data: contextBytes(context).toString("base64"),
      })),
    );
    return results.map(({ ciphertext }) => {
      if (typeof ciphertext !== "string") throw away("Vault did not wrap a key.");
      const bytes = Buffer.from(ciphertext, "utf8");
      return { bytes, version: versionIn(bytes) };
    });
  };

  const unwrap = async (items: readonly ToUnwrap[]): Promise<Buffer[]> => {
    for (const { bytes } of items) versionIn(bytes);
    const results = await batch(
      "decrypt",
      items.map(({ bytes, context }) => ({
        ciphertext: bytes.toString("utf8"),
        associated_data: contextBytes(context).toString("base64"),
      })),
    );
    return results.map(({ plaintext }) => {
      if (typeof plaintext !== "string")
        throw away(
          "A key in the keystore was altered, or wrapped by another Vault key, and cannot be unwrapped.",
        );
      return Buffer.from(plaintext, "base64");
    });
  };

  return {
    name: "vault-transit",
    currentVersion: describe,
    versionOf: async (wrapped) => wrapped.map(versionIn),
    wrap,
    unwrap,
    async rewrap(items) {
      const plain = await unwrap(items);
      try {
        return await wrap(items.map((item, i) => ({ plain: plain[i] as Buffer, context: item.context })));
      } finally {
        for (const p of plain) p.fill(0);
      }
    },
    rotate: async () => void (await call("POST", `keys/${key}/rotate`, {})),
  };
}
