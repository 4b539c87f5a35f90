import type { CanonicalEvent, EventType } from "../../src/events/index.ts";
import { canonicalBytes } from "../../src/kernel/canonical-json.ts";
import { uuidFromBytes } from "../../src/kernel/ids.ts";
import type { PreparedEvent } from "../../src/members/index.ts";
import type { Vault } from "../../src/vault/index.ts";

/** Bytes of each part of what is kept of a row's content: its cells, what they were read as, whom they tell of. */
const PART = 16;
const ROW = 3 * PART;

/** Types of which nothing is left but the person once order and properties are taken away. */
const PERSONAL: ReadonlySet<EventType> = new Set(["identify", "member.upserted", "member.deleted"]);

function personalType(type: EventType): EventType {
  return PERSONAL.has(type) ? type : "identify";
}

/**
 * What makes two messages of one id the same: everything but when they were sent and received. The order is part of
 * it: a row of a till's file tells its amount, quantity and product there and nowhere else. So is the time of a row; that
 * of a request is corrected by the sender's clock at each sending.
 */
function contentOf(event: CanonicalEvent, hasFixedTime: boolean): Buffer {
  const { identifiers, type, name, channel, storeId, traits, unset, properties, order } = event;
  const occurredAt = hasFixedTime ? event.occurredAt : undefined;
  return canonicalBytes({
    channel,
    identifiers,
    name,
    occurredAt,
    order,
    properties,
    storeId,
    traits,
    type,
    unset,
  });
}

/**
 * A keyed hash by which a message is known again. That of a row of a file (`cells`: as they came, whatever the mapping
 * makes of them) has three parts, so that a row read by another mapping is told from another row.
 */
export function contentMacOf(vault: Pick<Vault, "mac">, event: CanonicalEvent, cells?: unknown): Buffer {
  if (cells === undefined) return vault.mac("content", contentOf(event, false));
  const { identifiers, traits, unset } = event;
  const person = { identifiers, traits, type: personalType(event.type), unset };
  return Buffer.concat(
    [
      vault.mac("row-cells", canonicalBytes(cells)),
      vault.mac("content", contentOf(event, true)),
      vault.mac("row-person", canonicalBytes(person)),
    ].map((mac) => mac.subarray(0, PART)),
  );
}

/**
 * How a message that came again stands to the one that was accepted: `same` when it says nothing new, `read-otherwise`
 * when it is the same row and a mapping of now names more or others of the person, `other` when its sender changed it.
 */
export type Sameness = "same" | "read-otherwise" | "other";

export function compareContent(accepted: Buffer, again: Buffer): Sameness {
  if (accepted.equals(again)) return "same";
  if (again.length !== ROW) return "other";
  const part = (mac: Buffer, n: number): Buffer => mac.subarray(n * PART, (n + 1) * PART);
  // Receipts of rows from before their cells were kept hold what they were read as, and no more.
  if (accepted.length !== ROW) return part(accepted, 0).equals(part(again, 1)) ? "same" : "other";
  if (part(accepted, 1).equals(part(again, 1))) return "same";
  if (!part(accepted, 0).equals(part(again, 0))) return "other";
  return part(accepted, 2).equals(part(again, 2)) ? "same" : "read-otherwise";
}

/**
 * What a row that was accepted under another mapping says of its person now, as a message of its own: without its order
 * and properties, which stay as first read. A moment behind the first reading (`at`), so that what was put right in the
 * mapping counts. The same person read of the same row again is the same message.
 */
export function supplementOf(vault: Pick<Vault, "mac">, row: PreparedEvent, at: Date): PreparedEvent {
  const person = row.contentMac.subarray(2 * PART);
  return {
    ...row,
    eventId: uuidFromBytes(vault.mac("row-supplement", row.eventId, person)),
    contentMac: vault.mac("row-supplement-content", person),
    event: {
      ...row.event,
      type: personalType(row.event.type),
      name: null,
      occurredAt: new Date(at.getTime() + 1),
      storeId: null,
      identifiers: [],
      properties: {},
      context: {},
      order: null,
    },
    plain: null,
    sealed: [],
  };
}
