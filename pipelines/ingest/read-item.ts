import type { Vault } from "../../src/vault/index.ts";
import type { Arrival, ParsedItem, SourceSettings } from "../adapter.ts";
import type { Entry } from "./entry.ts";
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
  readonly isEdited?: boolean;
}

/** Turns a parsed item into an entry of the queue: prepared for storing, or rejected with its reason. */
export function entryOf(vault: Vault, source: SourceSettings, parsed: ParsedItem, origin: ItemOrigin): Entry {
  const { raw } = origin;
  const kept = (): unknown => raw;
  const common = {
    sourceId: source.id,
    sourceKind: source.kind,
    purposes: source.purposes,
    region: source.region,
    door: origin.door,
    place: origin.place,
    raw: kept,
    weight: weightOf(raw),
    receivedAt: origin.arrival.receivedAt,
    sentAt: origin.arrival.sentAt,
    replayOf: origin.replayOf ?? null,
    ...(origin.isEdited === true ? { isEdited: true } : {}),
  };
  if (parsed.kind === "rejected") {
    return { ...common, kind: "rejected", messageId: parsed.messageId, rejection: parsed.rejection };
  }
  const { messageId } = parsed.event;
  const result = prepareEvent(vault, source, parsed.event, origin.arrival.receivedAt, origin.door === "file");
  if (result.kind === "rejected")
    return { ...common, kind: "rejected", messageId, rejection: result.rejection };
  return { ...common, raw: origin.rawAgain ?? kept, kind: "event", messageId, prepared: result.prepared };
}
