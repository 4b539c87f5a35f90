import { rejection } from "../../../src/kernel/verdicts.ts";
import { type Candidate, isRecord, parseJsonBytes } from "../../steps/index.ts";
import {
  composeId,
  type Draft,
  epochOf,
  type ItemReader,
  idText,
  type JsonObject,
  numberOf,
  objectOf,
  textOf,
  without,
} from "./item.ts";
import type { LineSecrets } from "./secrets.schema.ts";
import { hmacSha256, sameText } from "./signature.ts";
import { BAD_SIGNATURE, refuseByShape, type Verification, type WebhookRequest } from "./webhook.ts";

/**
 * Verifies a delivery of the LINE Messaging API: `X-Line-Signature` is the base64 HMAC-SHA256 of the body under
 * the channel secret. LINE has no handshake: its console sends a delivery without events. The signature carries no
 * time; repeats are recognised by `webhookEventId`.
 */
export function verifyLine(secrets: LineSecrets, request: WebhookRequest): Verification {
  const refusal = refuseByShape("line", request, false);
  if (refusal !== null) return refusal;
  const given = request.headers["x-line-signature"];
  const expected = hmacSha256(secrets.channelSecret, request.rawBody, "base64");
  if (given === undefined || !sameText(given, expected)) return BAD_SIGNATURE;
  return { kind: "ok", payload: request.rawBody, nonce: null };
}

/** The kinds of event that name several people, and where. */
const MEMBER_LISTS: ReadonlyMap<string, string> = new Map([
  ["memberJoined", "joined"],
  ["memberLeft", "left"],
]);

/**
 * The raw items of a verified payload, each in LINE's own form with one event; people who join or leave a group
 * together become one item each. Empty for a delivery without events, null when it is not LINE's form.
 */
export function splitLine(payload: Buffer): JsonObject[] | null {
  const parsed = parseJsonBytes(payload);
  const body = parsed.kind === "ok" ? objectOf(parsed.value) : {};
  if (!Array.isArray(body.events)) return null;
  const destination = body.destination ?? null;
  return body.events.flatMap(splitMembers).map((event) => ({ destination, events: [event] }));
}

function splitMembers(event: unknown): unknown[] {
  const list = isRecord(event) ? MEMBER_LISTS.get(textOf(event.type) ?? "") : undefined;
  if (!isRecord(event) || list === undefined) return [event];
  const members = objectOf(event[list]).members;
  if (!Array.isArray(members) || members.length < 2) return [event];
  return members.map((member: unknown) => ({ ...event, [list]: { members: [member] } }));
}

/**
 * Reads one LINE event (webhook.yml of the LINE Messaging API: 19 kinds; an unknown one is kept as an interaction).
 *
 * What serves replying only (reply, quote and read tokens) is left out. Whether this is a redelivery goes to the
 * context, which is no part of an event's content: a redelivery is the same event.
 */
export const readLineItem: ItemReader = (raw, { mac }) => {
  const { events } = raw;
  if (!Array.isArray(events) || events.length !== 1) {
    return rejection("invalid-field", "The field events must hold exactly one event.");
  }
  const event: unknown = events[0];
  if (!isRecord(event)) return rejection("not-an-object", "The event is not a JSON object.");
  const kind = textOf(event.type);
  if (kind === undefined || kind === "") return rejection("missing-field", "The event's type is missing.");
  const origin = objectOf(event.source);
  const messageId =
    idText(event.webhookEventId) ?? composeId(mac, without(event, "deliveryContext", "replyToken"));
  const part = partOf(kind, event);
  return {
    messageId,
    identifiers: [lineUser(origin.userId)],
    ...part,
    // People who joined or left together share one event id.
    ...(MEMBER_LISTS.has(kind) ? memberOf(kind, event, messageId) : {}),
    occurredAt: epochOf(event.timestamp),
    properties: {
      ...part.properties,
      mode: event.mode === "standby" ? "standby" : undefined,
      group_id: origin.groupId,
      room_id: origin.roomId,
    },
    context: { isRedelivery: objectOf(event.deliveryContext).isRedelivery === true ? true : undefined },
  };
};

/**
 * A LINE user id is issued per provider (a company's group of channels), which no webhook names: the source declares
 * its provider as the namespace of `line_user_id`; without one the ids stay within this source.
 */
function lineUser(userId: unknown): Candidate {
  return { kind: "line_user_id", value: userId, field: "source.userId" };
}

function memberOf(
  kind: string,
  event: JsonObject,
  messageId: string,
): Pick<Draft, "messageId" | "identifiers"> {
  const { members } = objectOf(event[MEMBER_LISTS.get(kind) ?? ""]);
  const userId = Array.isArray(members) ? idText(objectOf(members[0]).userId) : null;
  return {
    messageId: userId === null ? messageId : `${messageId}:${userId}`,
    identifiers: [lineUser(userId)],
  };
}

type Part = Pick<Draft, "type" | "properties" | "linked">;

function partOf(kind: string, event: JsonObject): Part {
  switch (kind) {
    case "follow": {
      const unblocked = objectOf(event.follow).isUnblocked === true;
      return { type: "social.followed", properties: { is_unblocked: unblocked } };
    }
    case "unfollow":
      return { type: "social.unfollowed", properties: {} };
    case "message":
      return { type: "social.message", properties: messageProperties(objectOf(event.message)) };
    case "unsend": {
      const message_id = idText(objectOf(event.unsend).messageId);
      return { type: "social.message.unsent", properties: { message_id } };
    }
    case "postback": {
      const { data, params } = objectOf(event.postback);
      return { type: "social.postback", properties: { data, params } };
    }
    case "beacon": {
      const { hwid, type, dm } = objectOf(event.beacon);
      return {
        type: "social.beacon",
        properties: { beacon_id: hwid, beacon_type: type, device_message: dm },
      };
    }
    case "accountLink":
      return accountLink(event);
    case "memberJoined":
    case "memberLeft":
      return interaction(kind, {});
    case "membership": {
      const { type, membershipId } = objectOf(event.membership);
      return interaction(kind, { action: type, membership_id: idText(membershipId) });
    }
    case "videoPlayComplete":
      return interaction(kind, { tracking_id: objectOf(event.videoPlayComplete).trackingId });
    default:
      // join, leave, module, activated, deactivated, botSuspended, botResumed, delivery, and kinds still to come.
      return interaction(kind, { details: without(event, ...ENVELOPE) });
  }
}

const ENVELOPE = ["type", "timestamp", "mode", "webhookEventId", "deliveryContext", "source", "replyToken"];

function interaction(kind: string, properties: JsonObject): Part {
  return { type: "social.interaction", properties: { interaction: kind, ...properties } };
}

/**
 * `result: "ok"` means that the person logged in at the retailer and LINE confirmed the link: the LINE user is
 * from now on evidence of class 2. `nonce` is the one the retailer issued for its own account at that log-in.
 */
function accountLink(event: JsonObject): Part {
  const { result, nonce } = objectOf(event.link);
  if (result !== "ok") return interaction("accountLink", { result, nonce });
  return { type: "social.account-linked", linked: true, properties: { result, nonce } };
}

function messageProperties(message: JsonObject): JsonObject {
  return {
    message_id: idText(message.id),
    message_type: message.type,
    text: message.text,
    quoted_message_id: message.quotedMessageId,
    package_id: message.packageId,
    sticker_id: message.stickerId,
    file_name: message.fileName,
    file_size: message.fileSize,
    duration: message.duration,
    title: message.title,
    address: message.address,
    latitude: numberOf(message.latitude),
    longitude: numberOf(message.longitude),
  };
}
