import { createHmac } from "node:crypto";
import { expect } from "chai";
import type { Arrival, ParsedItem, Platform, SourceSettings } from "../../../../pipelines/adapter.ts";
import {
  type ReceivedWebhook,
  receiveWebhook,
  type SignedRequest,
  type SocialDeps,
  type SocialSecrets,
  signedWebhook,
  type WebhookRequest,
} from "../../../../pipelines/sources/social/index.ts";
import type { CanonicalEvent } from "../../../../src/events/index.ts";

/** The moment at which all deliveries of these tests arrive. */
export const NOW = new Date("2026-11-21T10:00:00.000Z");
export const SECONDS = String(NOW.getTime() / 1000);

export const ARRIVAL: Arrival = { receivedAt: NOW, sentAt: null };

export const AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

export const SECRETS: SocialSecrets = {
  wechat: { appId: "wx0a1b2c3d4e5f6071", token: "tok3nForTests" },
  weibo: { appSecret: "weiboSecret0987" },
  line: { channelSecret: "0123456789abcdef0123456789abcdef" },
  meta: { appSecret: "metaAppSecret01", verifyToken: "verify-me" },
};

export const SECURE_WECHAT: SocialSecrets["wechat"] = { ...SECRETS.wechat, encodingAesKey: AES_KEY };

export const DEPS: SocialDeps = {
  mac: (label, ...parts) => {
    const hmac = createHmac("sha256", `test:${label}`);
    for (const part of parts) hmac.update(`${part.length}:`).update(part);
    return hmac.digest();
  },
  normalise: (_kind, value) =>
    value === "anonymous" ? { kind: "blocked" } : { kind: "ok", value, version: 1 },
};

export function aSource(platform: Platform, change: Partial<SourceSettings> = {}): SourceSettings {
  return {
    id: "01900000-0000-7000-8000-000000000001",
    name: "Invented account",
    kind: "social",
    platform,
    purposes: ["service"],
    locale: null,
    region: null,
    timeZone: "UTC",
    currency: null,
    identifiers: {},
    blockedValues: [],
    orderNamespace: null,
    mapping: null,
    ...change,
  };
}

/** A signed request as the HTTP room would hand it on. */
export function arriving(signed: SignedRequest, change: Partial<WebhookRequest> = {}): WebhookRequest {
  return {
    method: signed.method,
    query: signed.query,
    headers: signed.headers,
    rawBody: signed.body,
    now: NOW,
    ...change,
  };
}

/** Receives a delivery that the platform signed correctly. */
export function deliver<P extends Platform>(
  platform: P,
  payload: string | Buffer | Readonly<Record<string, unknown>>,
  options: { readonly source?: SourceSettings; readonly secrets?: SocialSecrets[P] } = {},
): ReceivedWebhook {
  const secrets = options.secrets ?? SECRETS[platform];
  const signed = signedWebhook(platform, secrets, payload, { now: NOW, nonce: "481516" });
  return receiveWebhook(
    platform,
    secrets,
    arriving(signed),
    options.source ?? aSource(platform),
    ARRIVAL,
    DEPS,
  );
}

export function itemsOf(received: ReceivedWebhook): readonly ParsedItem[] {
  expect(received.kind).to.equal("items");
  return received.kind === "items" ? received.items : [];
}

/** The only item of a delivery, which must be an event. */
export function eventOf(received: ReceivedWebhook): CanonicalEvent {
  const items = itemsOf(received);
  expect(items).to.have.length(1);
  return asEvent(items[0]);
}

export function asEvent(item: ParsedItem | undefined): CanonicalEvent {
  if (item?.kind !== "event") throw new Error(`no event but ${JSON.stringify(item)}`);
  return item.event;
}

export function codeOf(received: ReceivedWebhook): string {
  return received.kind === "refused" ? received.code : received.kind;
}

/** The reason for which the only item of a delivery was rejected. */
export function reasonOf(received: ReceivedWebhook): string {
  const [item] = itemsOf(received);
  return item?.kind === "rejected" ? item.rejection.code : "accepted";
}
