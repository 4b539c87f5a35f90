import type { EventType } from "../../src/events/index.ts";
import type { ParsedItem } from "../adapter.ts";
import { readFlag } from "../steps/index.ts";
import { readPerson } from "./person.ts";
import {
  channelOf,
  contentMessageId,
  eventItem,
  fieldFault,
  listedField,
  namedFields,
  occurredField,
  present,
  type RowContext,
  RowFault,
  sentMessageId,
  textField,
} from "./row-context.ts";

const DELETED: ReadonlySet<string> = new Set([
  "deleted",
  "delete",
  "删除",
  "刪除",
  "已删除",
  "已刪除",
  "注销",
  "註銷",
]);

/**
 * A row of a member list (`member.upserted`, `member.deleted`) or of a table of users (`identify`). Without a time of
 * its own it is dated by its file (when it was written where that is stated, else the day it came), and its id includes
 * that date: the same list sent twice on a day says nothing new, a month later it does. A row that deletes says who and
 * nothing else.
 */
export function parseListedPerson(context: RowContext): ParsedItem {
  const person = readPerson(context, true);
  const { at, isOwn } = listedField(context);
  const isGone = context.compiled.event !== "identify" && isDeleted(context);
  const type: EventType =
    context.compiled.event === "identify" ? "identify" : isGone ? "member.deleted" : "member.upserted";
  return eventItem({
    messageId: sentMessageId(context) ?? contentMessageId(context, isOwn ? null : context.raw.asOf),
    type,
    name: null,
    occurredAt: at,
    channel: channelOf(context),
    storeId: null,
    // Who is only named to be deleted must not become known by it.
    identifiers: person.identifiers,
    traits: isGone ? {} : person.traits,
    unset: isGone ? [] : person.unset,
    properties: isGone
      ? {}
      : {
          ...namedFields(context, "properties"),
          ...person.leftOver,
          ...context.compiled.unmapped(context.row),
        },
    context: isGone ? {} : { ...person.shared, ...namedFields(context, "context") },
    order: null,
  });
}

function isDeleted(context: RowContext): boolean {
  if (context.compiled.when.delete?.(context.row) === true) return true;
  const text = textField(context, "deleted");
  if (text === undefined) return false;
  if (DELETED.has(text.toLowerCase())) return true;
  const flag = readFlag(text);
  if (flag === null) throw fieldFault(context, "invalid-field", "deleted", "is neither yes nor no.");
  return flag;
}

/** A row of a table of happenings of the sender's own naming. */
export function parseTracked(context: RowContext): ParsedItem {
  const name = textField(context, "eventName") ?? context.compiled.mapping.eventName;
  if (name === undefined) throw new RowFault("missing-event-name");
  const person = readPerson(context, false);
  const occurredAt = occurredField(context);
  return eventItem({
    messageId: sentMessageId(context) ?? contentMessageId(context, null),
    type: "track",
    name,
    occurredAt,
    channel: channelOf(context),
    storeId: null,
    identifiers: person.identifiers,
    traits: person.traits,
    unset: person.unset,
    properties: {
      ...present({ store_id: textField(context, "storeId"), order_id: textField(context, "orderId") }),
      ...namedFields(context, "properties"),
      ...person.leftOver,
      ...context.compiled.unmapped(context.row),
    },
    context: { ...person.shared, ...namedFields(context, "context") },
    order: null,
  });
}
