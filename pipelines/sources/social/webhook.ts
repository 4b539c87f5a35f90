import { createHash } from "node:crypto";
import { MINUTE } from "../../../src/kernel/clock.ts";
import type { ProblemCode } from "../../../src/kernel/problems.ts";
import { PROBLEMS } from "../../../src/kernel/problems.ts";
import type { Platform } from "../../adapter.ts";

/** What a platform sent, as bytes and texts: no framework object, nothing parsed. */
export interface WebhookRequest {
  /** `GET` is the platform's handshake, `POST` a delivery. */
  readonly method: string;
  /** Decoded query parameters. Anything but a single text counts as absent. */
  readonly query: Readonly<Record<string, unknown>>;
  /** Lower-case header names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly rawBody: Buffer;
  readonly now: Date;
}

/** Why a webhook was turned away; each is a problem code. */
export type RefusalCode = Extract<
  ProblemCode,
  | "bad-signature"
  | "stale"
  | "replayed"
  | "plain-mode-refused"
  | "unparsable-body"
  | "body-too-large"
  | "method-not-allowed"
>;

/**
 * What must be kept until `expiresAt` to recognise a signed URL that is used again.
 *
 * `key` is the signature itself, not the nonce: WeChat and Weibo sign the bare concatenation of secret,
 * timestamp and nonce, so digits can be moved from one to the other and give a "new" nonce under the same signature.
 * `bodyHash` is of the verified plaintext, which the platform's own retry repeats.
 */
export interface WebhookNonce {
  readonly key: string;
  readonly expiresAt: Date;
  readonly bodyHash: string;
}

export interface Refusal {
  readonly kind: "bad";
  readonly code: RefusalCode;
  readonly detail: string;
}

export interface Handshake {
  readonly kind: "handshake";
  readonly body: string;
  readonly contentType: string;
}

/** What verification says of a request. `payload` is the plaintext that the signature vouches for. */
export type Verification =
  | { readonly kind: "ok"; readonly payload: Buffer; readonly nonce: WebhookNonce | null }
  | Handshake
  | Refusal;

/** How far a signed timestamp may lie from our clock, either way. The platforms retry within 20 seconds. */
export const TIMESTAMP_WINDOW = 5 * MINUTE;

/** Kept beyond the window, for servers whose clocks differ. */
const NONCE_SLACK = MINUTE;

/**
 * Largest body per platform, in bytes. One WeChat or Weibo delivery is one message (texts up to a few kB);
 * LINE and Meta send batches (Meta: up to 1,000 updates).
 */
export const BODY_LIMITS: Readonly<Record<Platform, number>> = {
  wechat: 256 * 1024,
  weibo: 256 * 1024,
  line: 4 * 1024 * 1024,
  meta: 4 * 1024 * 1024,
};

/** One answer for every fault of a signature or a ciphertext, so that nobody learns which check failed. */
export const BAD_SIGNATURE: Refusal = Object.freeze({
  kind: "bad",
  code: "bad-signature",
  detail: "The signature is missing or does not match the request.",
});

export const STALE: Refusal = Object.freeze({
  kind: "bad",
  code: "stale",
  detail: "The signed timestamp is more than 5 minutes from the present.",
});

/** For the caller that finds a nonce stored with another body hash. */
export const REPLAYED: Refusal = Object.freeze({
  kind: "bad",
  code: "replayed",
  detail: "This signed URL was already used with another body.",
});

const TOO_LARGE: Refusal = Object.freeze({
  kind: "bad",
  code: "body-too-large",
  detail: "The body is larger than this platform sends.",
});

const NO_HANDSHAKE: Refusal = Object.freeze({
  kind: "bad",
  code: "method-not-allowed",
  detail: "This platform sends webhooks by POST only.",
});

export function unparsable(detail: string): Refusal {
  return { kind: "bad", code: "unparsable-body", detail };
}

/** Refuses methods and sizes before any other work; null when the request may go on. */
export function refuseByShape(
  platform: Platform,
  request: WebhookRequest,
  handshakes: boolean,
): Refusal | null {
  if (request.method !== "POST" && !(handshakes && request.method === "GET")) return NO_HANDSHAKE;
  return request.rawBody.length > BODY_LIMITS[platform] ? TOO_LARGE : null;
}

/** The HTTP status of a refusal. */
export function refusalStatus(code: RefusalCode): number {
  return PROBLEMS[code].status;
}

/** A query parameter that was sent exactly once and is not empty. */
export function queryText(request: WebhookRequest, name: string): string | null {
  const value = Object.hasOwn(request.query, name) ? request.query[name] : undefined;
  return typeof value === "string" && value !== "" && value.length <= 4096 ? value : null;
}

/** The nonce of a delivery that `signature` vouches for. `signedAt` is the signed timestamp. */
export function nonceOf(signature: string, signedAt: Date, payload: Buffer): WebhookNonce {
  return {
    key: signature,
    expiresAt: new Date(signedAt.getTime() + TIMESTAMP_WINDOW + NONCE_SLACK),
    bodyHash: createHash("sha256").update(payload).digest("hex"),
  };
}

/**
 * What a nonce means, given the body hash stored under its key (null: none): `new`, the platform's own retry
 * (`duplicate`: answer as the first time), or the signature of one message under another (`replayed`: refuse).
 */
export function judgeNonce(
  storedBodyHash: string | null,
  nonce: WebhookNonce,
): "new" | "duplicate" | "replayed" {
  if (storedBodyHash === null) return "new";
  return storedBodyHash === nonce.bodyHash ? "duplicate" : "replayed";
}

/** What a platform wants to hear after a delivery. */
export interface Acknowledgement {
  readonly status: 200;
  readonly contentType: string;
  readonly body: string;
}

const TEXT = "text/plain; charset=utf-8";

/**
 * The quick answer each platform documents. WeChat and Weibo take an empty body as "received, no reply, do not
 * retry" (any other text that is not a reply message shows the follower an error); LINE wants any 200;
 * Meta's own samples answer EVENT_RECEIVED.
 */
export function acknowledgement(platform: Platform): Acknowledgement {
  return { status: 200, contentType: TEXT, body: platform === "meta" ? "EVENT_RECEIVED" : "" };
}

/** The answer to a handshake: the challenge as plain text, which a browser will not run. */
export function handshake(body: string): Handshake {
  return { kind: "handshake", body, contentType: TEXT };
}
