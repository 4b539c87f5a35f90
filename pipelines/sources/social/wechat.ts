import { rejection } from "../../../src/kernel/verdicts.ts";
import { isRecord } from "../../steps/index.ts";
import {
  composeId,
  type Draft,
  epochOf,
  type ItemReader,
  idText,
  type JsonObject,
  numberOf,
  textOf,
  without,
} from "./item.ts";
import type { WechatSecrets } from "./secrets.schema.ts";
import { checkSignedUrl } from "./signature.ts";
import {
  BAD_SIGNATURE,
  handshake,
  nonceOf,
  queryText,
  type Refusal,
  refuseByShape,
  unparsable,
  type Verification,
  type WebhookRequest,
} from "./webhook.ts";
import { openMessage } from "./wechat-cipher.ts";
import { findElementText, parseWechatXml } from "./wechat-xml.ts";

const PLAIN_REFUSED: Refusal = Object.freeze({
  kind: "bad",
  code: "plain-mode-refused",
  detail: "This source has an encodingAesKey: set the account's message mode to secure.",
});

/**
 * Verifies a request of a WeChat Official Account (developers.weixin.qq.com/doc/subscription/guide/dev/push).
 *
 * In secure mode (`encrypt_type=aes`) `msg_signature` covers the ciphertext, which is then opened; in plain mode
 * `signature` covers only token, timestamp and nonce, so the body is as trustworthy as the transport, and a source
 * that has an EncodingAESKey refuses it. Compatible mode sends both forms: only the ciphertext is read.
 */
export function verifyWechat(secrets: WechatSecrets, request: WebhookRequest): Verification {
  const refusal = refuseByShape("wechat", request, true);
  if (refusal !== null) return refusal;
  if (request.method === "GET") return verifyHandshake(secrets, request);
  if (queryText(request, "encrypt_type") === "aes") return verifySecure(secrets, request);
  const signed = checkSignedUrl(request, { secret: secrets.token, parameter: "signature", unit: "seconds" });
  if (signed.kind === "bad") return signed;
  if (secrets.encodingAesKey !== undefined) return PLAIN_REFUSED;
  const { signature, signedAt } = signed;
  return { kind: "ok", payload: request.rawBody, nonce: nonceOf(signature, signedAt, request.rawBody) };
}

function verifySecure(secrets: WechatSecrets, request: WebhookRequest): Verification {
  const { token: secret, encodingAesKey } = secrets;
  if (encodingAesKey === undefined) {
    const signed = checkSignedUrl(request, { secret, parameter: "signature", unit: "seconds" });
    return signed.kind === "bad"
      ? signed
      : unparsable("The message is encrypted, and this source has no encodingAesKey.");
  }
  const covered = findElementText(request.rawBody.toString("latin1"), "Encrypt");
  if (covered === null) return BAD_SIGNATURE;
  const signed = checkSignedUrl(request, { secret, parameter: "msg_signature", unit: "seconds", covered });
  if (signed.kind === "bad") return signed;
  const payload = openMessage(encodingAesKey, secrets.appId, covered);
  if (payload === null) return BAD_SIGNATURE;
  return { kind: "ok", payload, nonce: nonceOf(signed.signature, signed.signedAt, payload) };
}

/** Official Accounts send echostr in the clear in every mode; with `msg_signature` it is encrypted. */
function verifyHandshake(secrets: WechatSecrets, request: WebhookRequest): Verification {
  const { token: secret, encodingAesKey } = secrets;
  const echo = queryText(request, "echostr");
  if (echo === null) return BAD_SIGNATURE;
  if (encodingAesKey === undefined || queryText(request, "msg_signature") === null) {
    const signed = checkSignedUrl(request, { secret, parameter: "signature", unit: "seconds" });
    return signed.kind === "bad" ? signed : handshake(echo);
  }
  const signed = checkSignedUrl(request, {
    secret,
    parameter: "msg_signature",
    unit: "seconds",
    covered: echo,
  });
  if (signed.kind === "bad") return signed;
  const opened = openMessage(encodingAesKey, secrets.appId, echo);
  return opened === null ? BAD_SIGNATURE : handshake(opened.toString("utf8"));
}

/**
 * The raw items of a verified payload: one, as `{appId, message}`. The app id goes with the message because OpenIDs
 * are only meaningful together with it, and a replayed item must name the same person. Null for a payload that
 * is not WeChat's XML.
 */
export function splitWechat(payload: Buffer, secrets: WechatSecrets): JsonObject[] | null {
  let xml: string;
  try {
    xml = new TextDecoder("utf-8", { fatal: true }).decode(payload);
  } catch {
    return null;
  }
  const message = parseWechatXml(xml);
  return message === null ? null : [{ appId: secrets.appId, message }];
}

/** Reads one item that `splitWechat` made. */
export const readWechatItem: ItemReader = (raw, { mac }) => {
  const { message } = raw;
  if (!isRecord(message)) return rejection("missing-field", "The field message is missing.");
  const type = textOf(message.MsgType);
  if (type === undefined || type === "") return rejection("missing-field", "The field MsgType is missing.");
  // WeChat tells events apart by sender and time. The event, its key and its own id are added, so that two taps
  // within one second stay two; a retry repeats all of them.
  const composed = composeId(
    mac,
    ...[message.FromUserName, message.CreateTime, type, message.Event, message.EventKey, message.MsgID],
  );
  const who = { occurredAt: epochOf(message.CreateTime), identifiers: identifiersOf(raw, message) };
  return type === "event"
    ? eventDraft(message, { ...who, messageId: composed })
    : messageDraft(type, message, { ...who, messageId: idText(message.MsgId) ?? composed });
};

type Base = Pick<Draft, "messageId" | "occurredAt" | "identifiers">;

/**
 * An OpenID belongs to one account: its issuer is the app id (else the account that received the message). A UnionID
 * belongs to an Open Platform account: the installation's, unless the source names a namespace.
 */
function identifiersOf(raw: JsonObject, message: JsonObject): Draft["identifiers"] {
  const issuer = idText(raw.appId) ?? idText(message.ToUserName);
  const unionId = message.UnionId ?? message.UnionID ?? message.unionid;
  return [
    { kind: "wechat_unionid", value: unionId, field: "UnionId" },
    { kind: "wechat_openid", value: message.FromUserName, issuer, field: "FromUserName" },
  ];
}

function messageDraft(type: string, message: JsonObject, base: Base): Draft {
  return {
    ...base,
    type: "social.message",
    properties: {
      message_id: idText(message.MsgId),
      message_type: type,
      text: message.Content ?? message.Recognition,
      media_id: message.MediaId,
      media_url: message.PicUrl,
      format: message.Format,
      title: message.Title,
      description: message.Description,
      url: message.Url,
      latitude: numberOf(message.Location_X),
      longitude: numberOf(message.Location_Y),
      address: message.Label,
    },
  };
}

const ENVELOPE = [
  ...["ToUserName", "FromUserName", "CreateTime", "MsgType", "Event", "EventKey"],
  ...["UnionId", "UnionID", "unionid"],
];

function eventDraft(message: JsonObject, base: Base): Draft {
  const event = textOf(message.Event);
  const key = textOf(message.EventKey) ?? "";
  const scan = { scene: key.replace(/^qrscene_/, ""), ticket: message.Ticket };
  switch (event) {
    case "subscribe":
      return { ...base, type: "social.followed", properties: scan };
    case "unsubscribe":
      return { ...base, type: "social.unfollowed", properties: {} };
    case "SCAN":
      return { ...base, type: "social.interaction", properties: { interaction: "scan", ...scan } };
    case "LOCATION":
      return {
        ...base,
        type: "social.location",
        properties: {
          latitude: numberOf(message.Latitude),
          longitude: numberOf(message.Longitude),
          precision: numberOf(message.Precision),
        },
      };
    case "CLICK":
      return { ...base, type: "social.postback", properties: { action: "click", data: key } };
    case "VIEW":
      return {
        ...base,
        type: "social.interaction",
        properties: { interaction: "view", url: key, menu_id: message.MenuId },
      };
    default:
      return {
        ...base,
        type: "social.interaction",
        properties: { interaction: event ?? "event", data: key, details: without(message, ...ENVELOPE) },
      };
  }
}
