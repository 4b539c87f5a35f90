import type { EventType } from "../../../src/events/index.ts";
import { canonicalJson } from "../../../src/kernel/canonical-json.ts";
import { type Rejection, rejection } from "../../../src/kernel/verdicts.ts";
import type { Arrival, ParsedItem, Platform, SourceSettings } from "../../adapter.ts";
import {
  type Candidate,
  checkOccurred,
  checkShape,
  collectIdentifiers,
  isBlank,
  isRecord,
  type Mac,
  type ParseDeps,
  readNumber,
  readTime,
  rejected,
  type TimeResult,
} from "../../steps/index.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

/** What the parsers of social items need from outside. */
export type SocialDeps = Pick<ParseDeps, "mac" | "normalise">;

/** What a platform's reader makes of one item, before the rules that all platforms share. */
export interface Draft {
  readonly messageId: string;
  readonly type: EventType;
  /** Null when the item gives no time. */
  readonly occurredAt: TimeResult | null;
  /** Nulls are persons the item could have named but did not. */
  readonly identifiers: readonly (Candidate | null)[];
  /** Whether the platform confirmed that the person also logged in at the retailer. */
  readonly linked?: boolean;
  /** Undefined, null and empty texts are left out, as in `properties` and `context`. */
  readonly traits?: JsonObject;
  readonly properties: JsonObject;
  readonly context?: JsonObject;
}

/** Reads one raw item, an object in the platform's own form holding exactly one happening. */
export type ItemReader = (raw: JsonObject, about: ReaderContext) => Draft | Rejection;

export interface ReaderContext {
  readonly source: SourceSettings;
  readonly mac: Mac;
}

/** Turns one raw item into an event, or into the reason why not. Never throws on any input. */
export function readItem(
  platform: Platform,
  read: ItemReader,
  raw: unknown,
  source: SourceSettings,
  arrival: Arrival,
  deps: SocialDeps,
): ParsedItem {
  const shape = checkShape(raw);
  if (shape.kind === "rejected") return rejected(null, shape.rejection);
  const draft = read(shape.value, { source, mac: deps.mac });
  if ("code" in draft) return rejected(null, draft);
  const { messageId } = draft;
  const candidates = draft.identifiers.filter((candidate) => candidate !== null);
  const named = collectIdentifiers(candidates, source, deps.normalise);
  if (named.kind === "rejected") return rejected(messageId, named.rejection);
  if (named.identifiers.length === 0) return rejected(messageId, rejection("missing-identifier"));
  if (draft.occurredAt === null) {
    return rejected(messageId, rejection("missing-field", "The time of the event is missing."));
  }
  if (draft.occurredAt.kind === "bad") return rejected(messageId, rejection("invalid-time"));
  const occurred = checkOccurred(draft.occurredAt.at, arrival.receivedAt);
  if (occurred.kind === "rejected") return rejected(messageId, occurred.rejection);
  return {
    kind: "event",
    event: {
      messageId,
      type: draft.type,
      name: null,
      occurredAt: occurred.at,
      channel: platform,
      storeId: null,
      identifiers: draft.linked
        ? named.identifiers.map((one) => ({ ...one, verified: true }))
        : named.identifiers,
      traits: present(draft.traits ?? {}),
      unset: [],
      properties: present(draft.properties),
      context: present(draft.context ?? {}),
      order: null,
    },
  };
}

function present(values: JsonObject): Record<string, unknown> {
  const kept = Object.entries(values).filter(([, v]) => v !== undefined && v !== null && v !== "");
  return Object.fromEntries(kept);
}

/** An id as text: a non-empty text or a whole number that JSON did not round. */
export function idText(value: unknown): string | null {
  if (typeof value === "string") return value.trim() === "" ? null : value.trim();
  return typeof value === "number" && Number.isSafeInteger(value) ? String(value) : null;
}

/** A text, or undefined for anything else. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** A nested object, or an empty one for anything else. */
export function objectOf(value: unknown): JsonObject {
  return isRecord(value) ? value : {};
}

/** A coordinate or other number, also from its decimal text; undefined for anything else. */
export function numberOf(value: unknown): number | undefined {
  return readNumber(value) ?? undefined;
}

/** A time as epoch seconds or milliseconds; null when there is none. */
export function epochOf(value: unknown): TimeResult | null {
  if (isBlank(value)) return null;
  const isEpoch = typeof value === "number" || (typeof value === "string" && /^\d{1,13}$/.test(value.trim()));
  return isEpoch ? readTime(Number(value)) : { kind: "bad" };
}

/**
 * A message id made of what the platform says identifies the message: the same parts give the same id. Keyed, so
 * that it tells nothing of the person whose id is among the parts.
 */
export function composeId(mac: Mac, ...parts: readonly unknown[]): string {
  return mac("social-message-id", canonicalJson(parts)).subarray(0, 16).toString("hex");
}

/** The fields of an object other than these, or undefined when there are none. */
export function without(object: JsonObject, ...names: readonly string[]): JsonObject | undefined {
  const rest = Object.entries(object).filter(([name]) => !names.includes(name));
  return rest.length > 0 ? Object.fromEntries(rest) : undefined;
}
