import { rejection } from "../../../src/kernel/verdicts.ts";
import { isBlank, isRecord, parseJsonBytes, readTime, type TimeResult } from "../../steps/index.ts";
import {
  composeId,
  type Draft,
  type ItemReader,
  type JsonObject,
  numberOf,
  objectOf,
  textOf,
  without,
} from "./item.ts";
import type { WeiboSecrets } from "./secrets.schema.ts";
import { checkSignedUrl } from "./signature.ts";
import {
  BAD_SIGNATURE,
  handshake,
  nonceOf,
  queryText,
  refuseByShape,
  type Verification,
  type WebhookRequest,
} from "./webhook.ts";

/**
 * Verifies a request of Weibo's fans service (open.weibo.com/wiki/Messages_api_start): `signature` is the hex
 * SHA-1 of app secret, timestamp (in milliseconds) and nonce in dictionary order. It does not cover the body.
 */
export function verifyWeibo(secrets: WeiboSecrets, request: WebhookRequest): Verification {
  const refusal = refuseByShape("weibo", request, true);
  if (refusal !== null) return refusal;
  const signed = checkSignedUrl(request, {
    secret: secrets.appSecret,
    parameter: "signature",
    unit: "milliseconds",
  });
  if (signed.kind === "bad") return signed;
  if (request.method === "GET") {
    const echo = queryText(request, "echostr");
    return echo === null ? BAD_SIGNATURE : handshake(echo);
  }
  const { signature, signedAt } = signed;
  return { kind: "ok", payload: request.rawBody, nonce: nonceOf(signature, signedAt, request.rawBody) };
}

/** The raw items of a verified payload: the message itself, ids beyond 2^53 as text. Null when it is no object. */
export function splitWeibo(payload: Buffer): JsonObject[] | null {
  const message = parseJsonBytes(payload);
  return message.kind === "ok" && isRecord(message.value) ? [message.value] : null;
}

/** Reads one Weibo message or event (open.weibo.com/wiki/Receive_Event_Push, Receive_General_Message). */
export const readWeiboItem: ItemReader = (raw, { mac }) => {
  const type = textOf(raw.type);
  if (type === undefined || type === "") return rejection("missing-field", "The field type is missing.");
  const data = objectOf(raw.data);
  const subtype = textOf(data.subtype) ?? "";
  const base = {
    // Weibo gives no message id and recommends sender and time, which has a grain of one second. The content is
    // added: a retry repeats it, and two different messages of one second stay two.
    messageId: composeId(mac, raw.sender_id, raw.created_at, type, raw.text, raw.data),
    occurredAt: readWeiboTime(raw.created_at),
    identifiers: [{ kind: "weibo_uid", value: raw.sender_id, field: "sender_id" }],
  };
  if (type === "mention" || subtype.startsWith("mention")) {
    return {
      ...base,
      type: "social.comment",
      properties: { action: "mention", text: raw.text, post_id: data.key },
    };
  }
  return type === "event" ? eventDraft(raw, data, subtype, base) : messageDraft(type, raw, data, base);
};

type Base = Pick<Draft, "messageId" | "occurredAt" | "identifiers">;

function messageDraft(type: string, raw: JsonObject, data: JsonObject, base: Base): Draft {
  return {
    ...base,
    type: "social.message",
    properties: {
      message_type: type === "position" ? "location" : type,
      text: raw.text,
      // Weibo names media by two ids: vfid for the sender, tovfid for the receiver.
      media_id: data.tovfid ?? data.vfid,
      latitude: numberOf(data.latitude),
      longitude: numberOf(data.longitude),
    },
  };
}

/**
 * A subscription is Weibo's permission to send messages; it can end while the person still follows. Ending either is
 * read as unfollowing, which withdraws this channel's contactability only; `action` says which it was.
 */
function eventDraft(raw: JsonObject, data: JsonObject, subtype: string, base: Base): Draft {
  const scan = { scene: data.key, ticket: data.ticket };
  switch (subtype) {
    case "follow":
      return { ...base, type: "social.followed", properties: { action: subtype } };
    case "scan_follow":
      return { ...base, type: "social.followed", properties: { action: subtype, ...scan } };
    case "subscribe":
      return { ...base, type: "social.followed", properties: { action: subtype, text: raw.text } };
    case "unfollow":
      return { ...base, type: "social.unfollowed", properties: { action: subtype } };
    case "unsubscribe":
      return { ...base, type: "social.unfollowed", properties: { action: subtype, text: raw.text } };
    case "scan":
      return { ...base, type: "social.interaction", properties: { interaction: "scan", ...scan } };
    case "click":
      return { ...base, type: "social.postback", properties: { action: "click", data: data.key } };
    case "view":
      return { ...base, type: "social.interaction", properties: { interaction: "view", url: data.key } };
    default:
      return {
        ...base,
        type: "social.interaction",
        properties: {
          interaction: subtype === "" ? "event" : subtype,
          text: raw.text,
          details: without(data, "subtype"),
        },
      };
  }
}

const TIME = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{1,2}) (\d{2}:\d{2}:\d{2}) ([+-]\d{2})(\d{2}) (\d{4})$/;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** "Mon Jul 16 18:09:20 +0800 2012"; null when there is none, bad for days that do not exist. */
export function readWeiboTime(value: unknown): TimeResult | null {
  if (isBlank(value)) return null;
  const m = typeof value === "string" ? TIME.exec(value.trim()) : null;
  if (m === null) return { kind: "bad" };
  const month = MONTHS.indexOf(m[1] as string) + 1;
  const two = (part: string | number) => String(part).padStart(2, "0");
  return readTime(`${m[6]}-${two(month)}-${two(m[2] as string)}T${m[3]}${m[4]}:${m[5]}`);
}
