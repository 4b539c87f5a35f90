import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import {
  BAD_SIGNATURE,
  queryText,
  type Refusal,
  STALE,
  TIMESTAMP_WINDOW,
  type WebhookRequest,
} from "./webhook.ts";

/** Whether two texts are equal, in a time that tells nothing about where they differ or how long they are. */
export function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text, "utf8").digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** Hex SHA-1 of the parts in dictionary order, run together: WeChat's and Weibo's signature. */
export function sortedSha1(...parts: readonly string[]): string {
  return createHash("sha1")
    .update([...parts].sort().join(""), "utf8")
    .digest("hex");
}

export function hmacSha256(secret: string, body: Buffer, encoding: "hex" | "base64"): string {
  return createHmac("sha256", secret).update(body).digest(encoding);
}

/** A URL whose signature was right and whose time is near. */
export interface SignedUrl {
  readonly kind: "signed";
  readonly signature: string;
  readonly signedAt: Date;
}

/**
 * Checks the signature in query parameter `parameter` over secret, timestamp, nonce and `covered`, then the
 * freshness of the timestamp; in that order, so that a stranger cannot probe our clock.
 */
export function checkSignedUrl(
  request: WebhookRequest,
  ask: {
    readonly secret: string;
    readonly parameter: "signature" | "msg_signature";
    readonly unit: "seconds" | "milliseconds";
    readonly covered?: string;
  },
): SignedUrl | Refusal {
  const signature = queryText(request, ask.parameter);
  const timestamp = queryText(request, "timestamp");
  const nonce = queryText(request, "nonce");
  if (signature === null || timestamp === null || nonce === null) return BAD_SIGNATURE;
  const covered = ask.covered === undefined ? [] : [ask.covered];
  if (!sameText(sortedSha1(ask.secret, timestamp, nonce, ...covered), signature)) return BAD_SIGNATURE;
  const signedAt = instantOf(timestamp, ask.unit);
  if (signedAt === null || Math.abs(request.now.getTime() - signedAt.getTime()) > TIMESTAMP_WINDOW)
    return STALE;
  return { kind: "signed", signature, signedAt };
}

/** WeChat signs seconds. Weibo documents milliseconds; seconds are taken too. */
function instantOf(timestamp: string, unit: "seconds" | "milliseconds"): Date | null {
  if (/^\d{10}$/.test(timestamp)) return new Date(Number(timestamp) * 1000);
  if (unit === "milliseconds" && /^\d{13}$/.test(timestamp)) return new Date(Number(timestamp));
  return null;
}
