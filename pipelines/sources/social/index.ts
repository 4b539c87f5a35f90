import type { Arrival, ParsedItem, Platform, SourceSettings } from "../../adapter.ts";
import { type ItemReader, type JsonObject, readItem, type SocialDeps } from "./item.ts";
import { readLineItem, splitLine, verifyLine } from "./line.ts";
import { splitMeta, verifyMeta } from "./meta.ts";
import { readMetaItem } from "./meta-items.ts";
import type { SocialSecrets } from "./secrets.schema.ts";
import {
  type Acknowledgement,
  acknowledgement,
  REPLAYED,
  type RefusalCode,
  refusalStatus,
  unparsable,
  type Verification,
  type WebhookNonce,
  type WebhookRequest,
} from "./webhook.ts";
import { readWechatItem, splitWechat, verifyWechat } from "./wechat.ts";
import { readWeiboItem, splitWeibo, verifyWeibo } from "./weibo.ts";

export type { JsonObject, SocialDeps } from "./item.ts";
export {
  LineSecretsSchema,
  MetaSecretsSchema,
  SECRETS_SCHEMAS,
  type SecretsResult,
  type SocialSecrets,
  validateSecrets,
  WechatSecretsSchema,
  WeiboSecretsSchema,
} from "./secrets.schema.ts";
export { type SignedRequest, type SigningOptions, signedHandshake, signedWebhook } from "./sign.ts";
export {
  type Acknowledgement,
  acknowledgement,
  BODY_LIMITS,
  judgeNonce,
  type RefusalCode,
  TIMESTAMP_WINDOW,
  type WebhookNonce,
  type WebhookRequest,
} from "./webhook.ts";

interface PlatformDoor<P extends Platform> {
  readonly verify: (secrets: SocialSecrets[P], request: WebhookRequest) => Verification;
  readonly split: (payload: Buffer, secrets: SocialSecrets[P]) => JsonObject[] | null;
  readonly read: ItemReader;
}

const DOORS: { readonly [P in Platform]: PlatformDoor<P> } = {
  wechat: { verify: verifyWechat, split: splitWechat, read: readWechatItem },
  weibo: { verify: verifyWeibo, split: splitWeibo, read: readWeiboItem },
  line: { verify: verifyLine, split: splitLine, read: readLineItem },
  meta: { verify: verifyMeta, split: splitMeta, read: readMetaItem },
};

/** What became of a webhook, before anything is stored. */
export type ReceivedWebhook =
  | {
      readonly kind: "handshake";
      readonly status: 200;
      readonly contentType: string;
      readonly body: string;
    }
  | {
      readonly kind: "items";
      readonly items: readonly ParsedItem[];
      /** The raw item behind each of `items`, in the same order: what quarantine keeps and `parseSocialItem` reads. */
      readonly raw: readonly JsonObject[];
      /** Null on platforms whose signature covers the body. See `judgeNonce`. */
      readonly nonce: WebhookNonce | null;
      /** What to answer once the items are committed. */
      readonly answer: Acknowledgement;
    }
  | RefusedWebhook;

export interface RefusedWebhook {
  readonly kind: "refused";
  readonly code: RefusalCode;
  readonly detail: string;
  readonly status: number;
}

/**
 * Verifies a webhook and reads its items. Pure: the caller stores `nonce` and the items in one transaction,
 * refuses with `replayedWebhook()` when `judgeNonce` says so, and answers `answer` after the commit, also to a
 * duplicate. Never throws on anything a sender can send; nothing of the body is in a refusal.
 */
export function receiveWebhook<P extends Platform>(
  platform: P,
  secrets: SocialSecrets[P],
  request: WebhookRequest,
  source: SourceSettings,
  arrival: Arrival,
  deps: SocialDeps,
): ReceivedWebhook {
  const door: PlatformDoor<P> = DOORS[platform];
  const verified = door.verify(secrets, request);
  if (verified.kind === "bad") return refused(verified);
  if (verified.kind === "handshake") return { ...verified, status: 200 };
  const raw = door.split(verified.payload, secrets);
  if (raw === null) return refused(unparsable("The body does not have the form this platform documents."));
  return {
    kind: "items",
    items: raw.map((one) => readItem(platform, door.read, one, source, arrival, deps)),
    raw,
    nonce: verified.nonce === null ? null : keyedNonce(verified.nonce, source, deps),
    answer: acknowledgement(platform),
  };
}

/** The nonce as it may be stored: bound to its source, and telling nothing of the message without our key. */
function keyedNonce(nonce: WebhookNonce, source: SourceSettings, deps: SocialDeps): WebhookNonce {
  return {
    key: deps.mac("webhook-nonce", source.id, nonce.key).toString("hex"),
    expiresAt: nonce.expiresAt,
    bodyHash: deps.mac("webhook-body", source.id, nonce.bodyHash).toString("hex"),
  };
}

/** The refusal for a nonce that `judgeNonce` calls `replayed`. */
export function replayedWebhook(): RefusedWebhook {
  return refused(REPLAYED);
}

function refused({ code, detail }: { readonly code: RefusalCode; readonly detail: string }): RefusedWebhook {
  return { kind: "refused", code, detail, status: refusalStatus(code) };
}

/**
 * Reads one raw item again, as `receiveWebhook` gave it out or as somebody corrected it in quarantine. Needs no
 * secret. `source.platform` says whose form it has; throws TypeError for a source without one.
 */
export function parseSocialItem(
  raw: unknown,
  source: SourceSettings,
  arrival: Arrival,
  deps: SocialDeps,
): ParsedItem {
  if (source.platform === null) throw new TypeError("a social source has a platform");
  return readItem(source.platform, DOORS[source.platform].read, raw, source, arrival, deps);
}
