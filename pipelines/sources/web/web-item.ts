import { type Channel, standardEventName } from "../../../src/events/index.ts";
import { type Rejection, rejection } from "../../../src/kernel/verdicts.ts";
import type { SourceSettings } from "../../adapter.ts";
import { isBlank, isRecord, readText } from "../../steps/index.ts";

type Fields = Readonly<Record<string, unknown>>;

const TYPES = ["identify", "track", "page", "screen", "group", "alias"] as const;
type WebType = (typeof TYPES)[number];

/** An item of the tracking API whose parts have the form they must have. */
export interface WebItem {
  readonly type: WebType;
  /** Standard name of a known event, the sender's own otherwise; null for anything but a track. */
  readonly name: string | null;
  readonly raw: Fields;
  readonly traits: Fields;
  readonly properties: Fields;
  readonly context: Fields;
}

export type WebItemResult =
  | { readonly kind: "ok"; readonly item: WebItem }
  | { readonly kind: "rejected"; readonly rejection: Rejection };

function no(code: Parameters<typeof rejection>[0], detail?: string): WebItemResult {
  return { kind: "rejected", rejection: rejection(code, detail) };
}

/** Longest name of an event that a sender may invent. */
const MAX_NAME = 256;

/** Checks the outer form of an item that has passed `checkShape`. */
export function readWebItem(raw: Fields, source: SourceSettings): WebItemResult {
  const given = typeof raw.type === "string" ? raw.type.trim().toLowerCase() : null;
  // Tills and their connectors often leave the type out: whatever has an event's name is a track.
  const wanted =
    given ?? (isBlank(raw.type) && !isBlank(raw.event) && source.kind === "pos" ? "track" : null);
  const type = TYPES.find((t) => t === wanted);
  if (type === undefined) return no("unknown-type");
  for (const part of ["traits", "properties", "context"] as const) {
    if (!isBlank(raw[part]) && !isRecord(raw[part])) return no("invalid-field", `${part} must be an object.`);
  }
  const context = fields(raw.context);
  if (!isBlank(context.traits) && !isRecord(context.traits)) {
    return no("invalid-field", "context.traits must be an object.");
  }
  let name: string | null = null;
  if (type === "track") {
    name = readText(raw.event);
    if (name === null) return no("missing-event-name");
    if (name.length > MAX_NAME) return no("invalid-field", `event is longer than ${MAX_NAME} characters.`);
    name = standardEventName(name) ?? name;
  }
  return {
    kind: "ok",
    item: {
      type,
      name,
      raw,
      // A group's traits describe the group; they are no one's own.
      traits: { ...fields(context.traits), ...(type === "group" ? {} : fields(raw.traits)) },
      properties: propertiesOf(type, raw),
      context,
    },
  };
}

function fields(part: unknown): Fields {
  return isRecord(part) ? part : {};
}

function propertiesOf(type: WebType, raw: Fields): Fields {
  if (type !== "page" && type !== "screen" && type !== "group") return fields(raw.properties);
  const properties: Record<string, unknown> = { ...fields(raw.properties) };
  const add = (key: string, value: unknown) => {
    if (!isBlank(value) && !Object.hasOwn(properties, key)) properties[key] = value;
  };
  if (type === "page" || type === "screen") {
    add("name", raw.name);
    add("category", raw.category);
  }
  if (type === "group") {
    add("group_id", raw.groupId);
    if (Object.keys(fields(raw.traits)).length > 0) add("group_traits", raw.traits);
  }
  return properties;
}

const APP_SYSTEMS = new Set(["ios", "android", "ipados", "harmonyos"]);

/** Where a tracking item happened, when it is no till's. */
export function channelOf(item: WebItem): Channel {
  if (item.type === "screen" || item.raw.channel === "mobile") return "app";
  const device = isRecord(item.context.device) ? readText(item.context.device.type) : null;
  return device !== null && APP_SYSTEMS.has(device.toLowerCase()) ? "app" : "web";
}
