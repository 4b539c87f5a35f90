import type { Rejection } from "../../src/kernel/verdicts.ts";
import type { Vault } from "../../src/vault/index.ts";
import type { Arrival, ParsedItem, SourceSettings } from "../adapter.ts";
import { cellsOf, type RawRow } from "../mapping/raw-row.ts";
import type { Decider, Entry } from "./entry.ts";
import { prepareEvent } from "./prepare.ts";
import type { Door } from "./quarantine.store.ts";
import { weightOf } from "./weight.ts";

export interface ItemOrigin {
  readonly door: Door;
  readonly place: string | null;
  readonly raw: unknown;
  /** Reads `raw` again from what was sent, so that it need not wait for the store with its event. Absent: it waits. */
  readonly rawAgain?: () => unknown;
  readonly arrival: Arrival;
  readonly replayOf?: string;
  readonly replayedBy?: Decider;
  readonly isEdited?: boolean;
}

/** Turns a parsed item into an entry of the queue: prepared for storing, or rejected with its reason. */
export function entryOf(vault: Vault, source: SourceSettings, parsed: ParsedItem, origin: ItemOrigin): Entry {
  const { raw, arrival } = origin;
  const { receivedAt } = arrival;
  const kept = (): unknown => raw;
  if (parsed.kind === "rejected")
    return rejectedEntry(source, origin, kept, parsed.messageId, parsed.rejection);
  const { messageId } = parsed.event;
  // Nothing but a raw row is ever read as an event at the door for files.
  const cells = origin.door === "file" ? cellsOf(raw as RawRow) : undefined;
  const result = prepareEvent(vault, source, parsed.event, receivedAt, cells);
  if (result.kind === "rejected") return rejectedEntry(source, origin, kept, messageId, result.rejection);
  // Written out, here and below: to put an object of so many fields together from others costs more than all its fields.
  return {
    sourceId: source.id,
    sourceKind: source.kind,
    purposes: source.purposes,
    region: source.region,
    door: origin.door,
    place: origin.place,
    raw: origin.rawAgain ?? kept,
    weight: weightOf(raw),
    receivedAt,
    sentAt: arrival.sentAt,
    replayOf: origin.replayOf ?? null,
    ...(origin.replayedBy === undefined ? {} : { replayedBy: origin.replayedBy }),
    isEdited: origin.isEdited === true,
    kind: "event",
    messageId,
    prepared: result.prepared,
  };
}

function rejectedEntry(
  source: SourceSettings,
  { door, place, raw, arrival, replayOf, replayedBy, isEdited }: ItemOrigin,
  kept: () => unknown,
  messageId: string | null,
  rejection: Rejection,
): Entry {
  return {
    sourceId: source.id,
    sourceKind: source.kind,
    purposes: source.purposes,
    region: source.region,
    door,
    place,
    raw: kept,
    weight: weightOf(raw),
    receivedAt: arrival.receivedAt,
    sentAt: arrival.sentAt,
    replayOf: replayOf ?? null,
    ...(replayedBy === undefined ? {} : { replayedBy }),
    isEdited: isEdited === true,
    kind: "rejected",
    messageId,
    rejection,
  };
}
