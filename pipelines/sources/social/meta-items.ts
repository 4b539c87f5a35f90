import { rejection } from "../../../src/kernel/verdicts.ts";
import { type Candidate, isRecord, type Mac, type TimeResult } from "../../steps/index.ts";
import {
  composeId,
  type Draft,
  epochOf,
  type ItemReader,
  idText,
  type JsonObject,
  objectOf,
  textOf,
  without,
} from "./item.ts";

/** Where an item came from: the account that received it and the scope of the ids of people in it. */
interface Account {
  readonly id: string | null;
  readonly issuer: string | null;
  /** When Meta sent the notification; the only time some items have. May differ between a delivery and its retry. */
  readonly sentAt: TimeResult | null;
  readonly mac: Mac;
}

/** Reads one item that `splitMeta` made. */
export const readMetaItem: ItemReader = (raw, { mac }) => {
  const entries = raw.entry;
  const entry: unknown = Array.isArray(entries) && entries.length === 1 ? entries[0] : undefined;
  if (!isRecord(entry)) return rejection("invalid-field", "The field entry must hold exactly one object.");
  const account = accountOf(raw, entry, mac);
  for (const name of ["messaging", "standby"]) {
    const messaging = only(entry[name]);
    if (messaging !== undefined) return readMessaging(messaging, account, name === "standby");
  }
  const change = only(entry.changes) ?? (entry.field === undefined ? undefined : entry);
  if (change === undefined) return rejection("missing-field", "The entry holds no change and no message.");
  const field = textOf(change.field);
  const value = change.value;
  if (field === undefined || !isRecord(value)) {
    return rejection("missing-field", "The change needs a field and a value.");
  }
  // Instagram's log-in sends messages as changes, in the same form as in `messaging`.
  if (isRecord(value.sender) && isRecord(value.recipient)) return readMessaging(value, account, false);
  return readChange(field, value, account);
};

function only(list: unknown): JsonObject | undefined {
  return Array.isArray(list) && list.length === 1 && isRecord(list[0]) ? list[0] : undefined;
}

/**
 * Meta's ids of people are scoped: a page-scoped id means another person on another page, and Instagram's are scoped
 * to the professional account. The issuer is therefore the object and the account, unless the source names a namespace.
 */
function accountOf(raw: JsonObject, entry: JsonObject, mac: Mac): Account {
  const id = idText(entry.id);
  const issuer = id === null ? null : `${textOf(raw.object) ?? "meta"}:${id}`;
  return { id, issuer, sentAt: epochOf(entry.time), mac };
}

/** A person, but never the account itself: what the business says is not a fact about a member. */
function person(account: Account, id: unknown, field: string): Candidate | null {
  if (account.id !== null && idText(id) === account.id) return null;
  return { kind: "meta_user_id", value: id, issuer: account.issuer, field };
}

const COMMENT_FIELDS = new Set(["comments", "live_comments"]);

function readChange(field: string, value: JsonObject, account: Account): Draft {
  const from = objectOf(value.from);
  const base = {
    messageId: composeId(account.mac, field, value),
    occurredAt: epochOf(value.created_time) ?? account.sentAt,
    identifiers: [person(account, from.id, "from.id")],
    traits: { username: from.username, nickname: from.name },
  };
  if (COMMENT_FIELDS.has(field)) return { ...base, ...comment(field, value) };
  if (field === "feed" && value.item === "comment") return { ...base, ...pageComment(value) };
  return {
    ...base,
    type: "social.interaction",
    properties: {
      interaction: field,
      action: value.verb,
      item: value.item,
      text: value.message,
      details: without(value, "from", "verb", "item", "message"),
    },
  };
}

/** What an item is; without `messageId` it is known by its whole content. */
interface Part extends Pick<Draft, "type" | "properties" | "linked"> {
  readonly messageId?: string;
}

/** The platform's own id, or nothing. */
function knownBy(id: string | null, suffix = ""): Pick<Part, "messageId"> {
  return id === null ? {} : { messageId: `${id}${suffix}` };
}

function comment(field: string, value: JsonObject): Part {
  const media = objectOf(value.media);
  const id = idText(value.id);
  return {
    ...knownBy(id),
    type: "social.comment",
    properties: {
      comment_id: id,
      parent_id: idText(value.parent_id),
      text: value.text,
      media_id: idText(media.id),
      media_product_type: media.media_product_type,
      action: field === "live_comments" ? "live" : undefined,
    },
  };
}

/** A comment on a page's post. One that its author takes back must go from the store too. */
function pageComment(value: JsonObject): Part {
  const id = idText(value.comment_id);
  const verb = textOf(value.verb) ?? "add";
  if (verb === "remove") {
    return {
      ...knownBy(id, ":remove"),
      type: "social.message.unsent",
      properties: { message_id: id, comment_id: id },
    };
  }
  return {
    // A comment may be edited more than once, so an edit is known by its content.
    ...(verb === "add" ? knownBy(id) : {}),
    type: "social.comment",
    properties: {
      comment_id: id,
      parent_id: idText(value.parent_id),
      post_id: idText(value.post_id),
      text: value.message,
      action: verb === "add" ? undefined : verb,
    },
  };
}

function readMessaging(item: JsonObject, account: Account, isStandby: boolean): Draft {
  const isEcho = objectOf(item.message).is_echo === true;
  // An echo is what the business wrote: it concerns the person who received it.
  const party = isEcho ? "recipient" : "sender";
  const part = messagingPart(item, isEcho);
  return {
    messageId: composeId(account.mac, item),
    ...part,
    occurredAt: epochOf(item.timestamp) ?? account.sentAt,
    identifiers: [person(account, objectOf(item[party]).id, `${party}.id`)],
    properties: { ...part.properties, mode: isStandby ? "standby" : undefined },
  };
}

const ENVELOPE = new Set(["sender", "recipient", "timestamp", "prior_message"]);

function messagingPart(item: JsonObject, isEcho: boolean): Part {
  if (isRecord(item.message)) return messagePart(item.message, isEcho);
  if (isRecord(item.message_edit)) return editPart(item.message_edit);
  if (isRecord(item.postback)) {
    const { payload, title, referral, mid } = item.postback;
    return {
      ...knownBy(idText(mid), ":postback"),
      type: "social.postback",
      properties: { data: payload, title, referral },
    };
  }
  if (isRecord(item.account_linking)) {
    const { status, authorization_code } = item.account_linking;
    return status === "linked"
      ? {
          type: "social.account-linked",
          linked: true,
          properties: { result: "ok", nonce: authorization_code },
        }
      : { type: "social.interaction", properties: { interaction: "account_linking", action: status } };
  }
  // reaction, read, delivery, referral, optin, handovers, and what is still to come.
  const kind = Object.keys(item).find((name) => !ENVELOPE.has(name) && isRecord(item[name]));
  return {
    type: "social.interaction",
    properties: { interaction: kind ?? "unknown", details: kind === undefined ? undefined : item[kind] },
  };
}

function messagePart(message: JsonObject, isEcho: boolean): Part {
  const mid = idText(message.mid);
  if (message.is_deleted === true) {
    return {
      ...knownBy(mid, ":deleted"),
      type: "social.message.unsent",
      properties: { message_id: mid },
    };
  }
  const attachments: readonly unknown[] = Array.isArray(message.attachments) ? message.attachments : [];
  return {
    ...knownBy(mid),
    type: isEcho ? "social.interaction" : "social.message",
    properties: {
      interaction: isEcho ? "echo" : undefined,
      message_id: mid,
      message_type: textOf(objectOf(attachments[0]).type) ?? "text",
      text: message.text,
      data: objectOf(message.quick_reply).payload,
      quoted_message_id: idText(objectOf(message.reply_to).mid),
      attachments: attachments.length > 0 ? attachments : undefined,
      referral: message.referral,
    },
  };
}

/** An edit is a message of its own that names the one it replaces. */
function editPart(edit: JsonObject): Part {
  return {
    type: "social.message",
    properties: { message_id: idText(edit.mid), message_type: "text", text: edit.text, action: "edit" },
  };
}
