import { isRecord, parseJsonBytes } from "../../steps/index.ts";
import type { JsonObject } from "./item.ts";
import type { MetaSecrets } from "./secrets.schema.ts";
import { hmacSha256, sameText } from "./signature.ts";
import {
  BAD_SIGNATURE,
  handshake,
  queryText,
  refuseByShape,
  type Verification,
  type WebhookRequest,
} from "./webhook.ts";

/**
 * Verifies a request of Meta's webhooks (developers.facebook.com/docs/graph-api/webhooks/getting-started):
 * GET with `hub.mode=subscribe` and our verify token echoes `hub.challenge`; POST carries `X-Hub-Signature-256:
 * sha256=<hex>`, the HMAC-SHA256 of the body under the app secret. Repeats are recognised by the ids inside.
 */
export function verifyMeta(secrets: MetaSecrets, request: WebhookRequest): Verification {
  const refusal = refuseByShape("meta", request, true);
  if (refusal !== null) return refusal;
  if (request.method === "GET") {
    const token = queryText(request, "hub.verify_token");
    const challenge = queryText(request, "hub.challenge");
    if (token === null || !sameText(token, secrets.verifyToken) || challenge === null) return BAD_SIGNATURE;
    return queryText(request, "hub.mode") === "subscribe" ? handshake(challenge) : BAD_SIGNATURE;
  }
  const given = request.headers["x-hub-signature-256"];
  const expected = `sha256=${hmacSha256(secrets.appSecret, request.rawBody, "hex")}`;
  if (given === undefined || !sameText(given, expected)) return BAD_SIGNATURE;
  return { kind: "ok", payload: request.rawBody, nonce: null };
}

/** The lists of an entry that hold one happening per element. `standby`: another app has the conversation. */
const LISTS = ["changes", "messaging", "standby"] as const;

/**
 * The raw items of a verified payload, each in Meta's own form with one entry that holds one happening, whichever
 * of the three shapes it came in: `entry[].changes[]`, `entry[].messaging[]` (or `standby[]`), or `field` and `value` in
 * the entry itself. Null when it is not Meta's form.
 */
export function splitMeta(payload: Buffer): JsonObject[] | null {
  const parsed = parseJsonBytes(payload);
  if (parsed.kind === "bad") return null;
  // The documentation shows the payload inside an array in places.
  const documents: readonly unknown[] = Array.isArray(parsed.value) ? parsed.value : [parsed.value];
  const raws: JsonObject[] = [];
  for (const document of documents) {
    if (!isRecord(document) || !Array.isArray(document.entry)) return null;
    for (const entry of document.entry) {
      for (const part of splitEntry(entry)) raws.push({ object: document.object ?? null, entry: [part] });
    }
  }
  return raws;
}

function splitEntry(entry: unknown): unknown[] {
  if (!isRecord(entry)) return [entry];
  const { changes: _c, messaging: _m, standby: _s, ...envelope } = entry as Record<string, unknown>;
  const parts: unknown[] = LISTS.flatMap((name) => {
    const list = entry[name];
    const { field: _f, value: _v, ...bare } = envelope;
    return Array.isArray(list) ? list.map((element: unknown) => ({ ...bare, [name]: [element] })) : [];
  });
  if ("field" in envelope) parts.push(...splitValues(envelope));
  return parts.length > 0 ? parts : [entry];
}

/** `value` of the entry shape is documented as an object and as an array of them. */
function splitValues(entry: Record<string, unknown>): unknown[] {
  const { value } = entry;
  return Array.isArray(value) ? value.map((one: unknown) => ({ ...entry, value: one })) : [entry];
}
