import type { CanonicalEvent, EventType, OrderFact } from "../../../src/events/index.ts";
import { isPlainCode } from "../../../src/events/index.ts";
import { rejection } from "../../../src/kernel/verdicts.ts";
import type { Arrival, ParsedItem, SourceSettings } from "../../adapter.ts";
import {
  type Candidate,
  candidatesOfExternalIds,
  candidatesOfTraits,
  collectIdentifiers,
  firstOf,
  identifierRule,
  isBlank,
  isRecord,
  type OccurredResult,
  occurredAt,
  type ParseDeps,
  readEnvelope,
  readText,
  readTraits,
  rejected,
} from "../../steps/index.ts";
import { parseMemberItem } from "../members/index.ts";
import { parseSurveyItem } from "../survey/index.ts";
import { isFromTill, orderActOf, readOrder } from "./orders.ts";
import { channelOf, readWebItem, type WebItem } from "./web-item.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads one item of the Segment and RudderStack tracking APIs, as web shops, apps and tills send it. `unpackBody`
 * has set its type and merged the batch's context.
 *
 * - An item without messageId gets a fresh one (`deps.ids`); a till's document gets one derived from its number, so
 *   that sending it again changes nothing.
 * - `alias` joins `previousId`, taken as an anonymous id, with `userId`. A source whose previous ids are user ids of
 *   a space of their own declares a rule for `previousId`; its namespace is then their issuer.
 * - An answer to a survey ("Survey Answered", or any item without type of a survey source) and a row of a member
 *   list (an item without type of a member source) are read by their own parsers.
 */
export function parseWebItem(
  raw: unknown,
  source: SourceSettings,
  arrival: Arrival,
  deps: ParseDeps,
): ParsedItem {
  const envelope = readEnvelope(raw);
  if (envelope.kind === "rejected") return envelope.item;
  const { value: given, messageId } = envelope;
  // An answer sent to the door of track events names no event: the source says what it is.
  const isBareAnswer = isBlank(given.type) || (given.type === "track" && isBlank(given.event));
  if (isBareAnswer && source.kind === "survey") return parseSurveyItem(given, source, arrival, deps);
  if (isBlank(given.type) && source.kind === "members") return parseMemberItem(given, source, arrival, deps);
  const read = readWebItem(given, source);
  if (read.kind === "rejected") return rejected(messageId, read.rejection);
  const { item } = read;
  if (item.name === "Survey Answered") {
    return parseSurveyItem(answerOf(item, messageId), source, arrival, deps);
  }

  const { traits, unset } = traitsOf(item);
  if (item.type === "alias" && isBlank(given.previousId)) {
    return rejected(messageId, rejection("missing-field", "previousId is missing."));
  }
  const at = timeOf(given, arrival, source.timeZone);
  if (at.kind === "rejected") return rejected(messageId, at.rejection);

  const act = orderActOf(item.name, item.properties, source);
  const order = act === null ? null : readOrder(act, item.properties, source, deps.mac);
  if (order?.kind === "rejected") return rejected(messageId, order.rejection);

  const isTill = source.kind === "pos" || (order !== null && isFromTill(item.properties));
  const who = collectIdentifiers(candidatesOf(item, traits, source, isTill), source, deps.normalise);
  if (who.kind === "rejected") return rejected(messageId, who.rejection);

  const event: CanonicalEvent = {
    messageId: messageId ?? derivedId(order?.order ?? null, source, item, deps) ?? deps.ids.next(),
    type: order?.type ?? typeOf(item),
    name: order === null && item.type === "track" && typeOf(item) === "track" ? item.name : null,
    occurredAt: at.at,
    channel: isTill ? "store" : channelOf(item),
    storeId: order?.order.storeId ?? storeOf(item.properties),
    identifiers: who.identifiers,
    traits,
    unset,
    properties: propertiesOf(item),
    context: contextOf(item.context, who.shared),
    order: order?.order ?? null,
  };
  return { kind: "event", event };
}

function typeOf(item: WebItem): EventType {
  return item.name === "Segment Consent Preference Updated" ? "consent.preference" : item.type;
}

/**
 * When the item happened. Of the two spellings one alone is the sender's clock and is corrected. Where both stand,
 * `originalTimestamp` is when the SDK was called and `timestamp` is what its caller stated (a purchase of last week),
 * or what another pipeline has corrected already: it is taken as it stands.
 */
function timeOf(given: Fields, arrival: Arrival, timeZone: string): OccurredResult {
  const { timestamp, originalTimestamp, sentAt } = given;
  if (!isBlank(timestamp) && !isBlank(originalTimestamp)) {
    return occurredAt({ original: timestamp, field: "timestamp" }, { ...arrival, sentAt: null }, timeZone);
  }
  return isBlank(originalTimestamp)
    ? occurredAt({ original: timestamp, sentAt, field: "timestamp" }, arrival, timeZone)
    : occurredAt({ original: originalTimestamp, sentAt, field: "originalTimestamp" }, arrival, timeZone);
}

function traitsOf(item: WebItem): { traits: Record<string, unknown>; unset: readonly string[] } {
  return readTraits(item.traits);
}

function storeOf(properties: Fields): string | null {
  const text = readText(firstOf(properties, ["store_id", "storeId"]));
  return text !== null && isPlainCode(text) ? text : null;
}

/** Every place where an item may name a person. */
function candidatesOf(
  item: WebItem,
  traits: Fields,
  source: SourceSettings,
  isTill: boolean,
): readonly Candidate[] {
  const { raw, properties } = item;
  const found: Candidate[] = [
    { kind: "user_id", value: raw.userId, field: "userId" },
    { kind: "anonymous_id", value: raw.anonymousId, field: "anonymousId" },
    ...candidatesOfTraits(traits, "traits"),
    ...candidatesOfExternalIds(item.context.externalIds),
  ];
  if (item.type === "alias") found.push(previousOf(raw.previousId, source));
  const device = isRecord(item.context.device) ? item.context.device.id : undefined;
  const card = firstOf(properties, ["member_card", "memberCard"]);
  found.push({ kind: "device_id", value: device, field: "context.device.id" });
  found.push({ kind: "member_id", value: card, field: "properties.member_card" });
  // Beside a happening on the web an e-mail address may be anybody's (a gift's recipient); a till asks the buyer.
  if (isTill) {
    found.push({ kind: "email", value: properties.email, field: "properties.email" });
    found.push({ kind: "phone", value: properties.phone, field: "properties.phone" });
  }
  return found;
}

function previousOf(value: unknown, source: SourceSettings): Candidate {
  const rule = identifierRule(source, "previousId") ?? identifierRule(source, "previous_id");
  if (rule === undefined) return { kind: "anonymous_id", value, field: "previousId" };
  return { kind: "user_id", value, rule, field: "previousId" };
}

/**
 * The id of a till's message that has none: from its document, what it does, and the time it states. Two documents
 * never share it; the same one sent again does. Web shops' items without id are taken as new each time.
 */
function derivedId(
  order: OrderFact | null,
  source: SourceSettings,
  item: WebItem,
  deps: ParseDeps,
): string | null {
  if (order === null || source.kind !== "pos") return null;
  const stated = readText(firstOf(item.raw, ["timestamp", "originalTimestamp"])) ?? "";
  const line = readText(firstOf(item.properties, ["line", "line_no", "lineNo"])) ?? "";
  const parts = [item.name ?? "", order.orderKey, order.returnsOrderKey ?? "", stated, line];
  return `pos:${deps
    .mac("till-message", ...parts)
    .subarray(0, 16)
    .toString("hex")}`;
}

function propertiesOf(item: WebItem): Fields {
  const consent = isRecord(item.context.consent) ? item.context.consent : null;
  if (typeOf(item) !== "consent.preference" || !isRecord(consent?.categoryPreferences))
    return item.properties;
  return { ...item.properties, category_preferences: consent.categoryPreferences };
}

/** Circumstances without what has become traits; shared identifiers (a kiosk's) stay here as what they are. */
function contextOf(context: Fields, shared: Readonly<Record<string, string>>): Fields {
  const { traits: _, ...rest } = context;
  return Object.keys(shared).length === 0 ? rest : { ...rest, sharedIdentifiers: { ...shared } };
}

/** A tracked "Survey Answered" in the flat form of answers that came from elsewhere. */
function answerOf(item: WebItem, messageId: string | null): Fields {
  const { raw, properties } = item;
  const { traits } = traitsOf(item);
  return {
    ...properties,
    messageId,
    answeredAt:
      firstOf(properties, ["answeredAt", "answered_at"]) ?? firstOf(raw, ["timestamp", "originalTimestamp"]),
    sentAt: raw.sentAt,
    who: {
      ...(isRecord(properties.who) ? properties.who : {}),
      userId: raw.userId,
      anonymousId: raw.anonymousId,
      traits,
      externalIds: item.context.externalIds,
    },
    context: contextOf(item.context, {}),
  };
}
