import { isKnownEventName, type NewEvent, standardEventName } from "../events/index.ts";
import { sealParts, type Vault } from "../vault/index.ts";
import type { AttributeSetRow } from "./attributes.store.ts";
import type { Assignment, PreparedEvent } from "./prepared.ts";

type Sealer = Pick<Vault, "seal" | "mac">;

/** An event as its rows hold it. */
export interface SealedEvent {
  readonly row: NewEvent;
  /** What it says about its person, one for each data category. */
  readonly sets: readonly AttributeSetRow[];
}

export type SealedEvents = ReadonlyMap<PreparedEvent, SealedEvent>;

/**
 * Seals events under the keys of the subjects that they were assigned to. It is the dearest part of storing them and
 * needs no store: done before a transaction is open, it leaves the engine to others meanwhile, and holds no lock.
 */
export function sealEvents(
  vault: Sealer,
  events: readonly PreparedEvent[],
  assigned: ReadonlyMap<string, Assignment>,
): SealedEvents {
  const sealed = new Map<PreparedEvent, SealedEvent>();
  // Of a statement that several of them make one cell is sealed.
  const cells = new Map<string, Buffer>();
  for (const e of events) {
    const assignment = assigned.get(e.named[0]?.biHex ?? "") as Assignment;
    sealed.set(e, { row: eventRow(vault, e, assignment), sets: setsOf(vault, e, assignment, cells) });
  }
  return sealed;
}

const NO_SETS: readonly AttributeSetRow[] = [];

function setsOf(
  vault: Sealer,
  e: PreparedEvent,
  { subjectId, key }: Assignment,
  cells: Map<string, Buffer>,
): readonly AttributeSetRow[] {
  if (e.traits.length === 0) return NO_SETS;
  const at = e.event.occurredAt;
  return e.traits.map(({ category, text }) => {
    const setMac = vault.mac("attribute-set", subjectId, category, text);
    const recordId = `${subjectId}/${setMac.toString("hex")}`;
    const known = cells.get(recordId);
    const cell =
      known ?? vault.seal(key, { table: "attribute_set", column: "cell", recordId, category }, text);
    if (known === undefined) cells.set(recordId, cell);
    return {
      subjectId,
      sourceId: e.sourceId,
      category,
      setMac,
      firstAt: at,
      firstEvent: e.eventId,
      lastAt: at,
      lastEvent: e.eventId,
      cell,
    };
  });
}

/** One row for each distinct statement of a source about a subject, over the time in which it was made. */
export function joinSets(sets: readonly AttributeSetRow[]): AttributeSetRow[] {
  const joined = new Map<string, AttributeSetRow>();
  for (const set of sets) {
    const id = `${set.subjectId}|${set.sourceId}|${set.category}|${set.setMac.toString("hex")}`;
    const other = joined.get(id);
    joined.set(id, other === undefined ? set : widen(other, set));
  }
  return [...joined.values()];
}

function widen(a: AttributeSetRow, b: AttributeSetRow): AttributeSetRow {
  const first = b.firstAt < a.firstAt || (+b.firstAt === +a.firstAt && b.firstEvent < a.firstEvent);
  const last = b.lastAt > a.lastAt || (+b.lastAt === +a.lastAt && b.lastEvent > a.lastEvent);
  return {
    ...a,
    ...(first ? { firstAt: b.firstAt, firstEvent: b.firstEvent } : {}),
    ...(last ? { lastAt: b.lastAt, lastEvent: b.lastEvent } : {}),
  };
}

function eventRow(vault: Sealer, e: PreparedEvent, { subjectId, key }: Assignment): NewEvent {
  return {
    subjectId,
    occurredAt: e.event.occurredAt,
    eventId: e.eventId,
    sourceId: e.sourceId,
    type: e.event.type,
    // Names of the sender's own are sealed with the rest; only registered ones stand here.
    name: e.event.name !== null && isKnownEventName(e.event.name) ? standardEventName(e.event.name) : null,
    channel: e.event.channel,
    storeId: e.event.storeId,
    receivedAt: e.receivedAt,
    plain: e.plain,
    sealed: sealParts(vault, key, { table: "event", column: "sealed", recordId: e.eventId }, e.sealed),
  };
}
