import type { Db, Tx } from "../db/index.ts";
import { type EventRow, readEvents } from "../events/index.ts";
import { type DataKey, openPack, type Vault } from "../vault/index.ts";
import { readRecentOrders } from "./orders.store.ts";
import type { OrderState } from "./orders.ts";
import { type KnownSources, type Profile, readProfile } from "./read-profile.ts";
import { findMemberSubjects } from "./subjects.store.ts";

/** Everything that this room keeps of one member, opened: what the person itself may have, whatever the purpose. */
export interface MemberExport {
  readonly profile: Profile;
  readonly subjects: readonly {
    readonly subjectId: string;
    readonly anchorKind: string;
    readonly createdAt: Date;
  }[];
  /** Oldest first. */
  readonly events: readonly OpenedEvent[];
  readonly orders: readonly OrderState[];
}

export interface OpenedEvent extends Omit<EventRow, "sealed"> {
  /** Data category → what was sealed of it. */
  readonly opened: Readonly<Record<string, unknown>>;
}

const PAGE = 2_000;
const MOST_ORDERS = 1_000_000;

/**
 * Reads a member whole, for the member itself; null when the id names nobody. The caller has checked who asks. Rows are
 * read page by page, so that nobody else waits for long, and opened outside any transaction.
 */
export async function readMemberExport(
  deps: { readonly db: Db; readonly vault: Vault; readonly sources: KnownSources },
  memberId: string,
): Promise<MemberExport | null> {
  const { db, vault } = deps;
  const everything = {
    vault,
    sources: deps.sources.labels,
    priorities: deps.sources.priorities,
    may: () => true,
  };
  const head = await db.tx(async (tx) => {
    const subjects = await findMemberSubjects(tx, memberId);
    if (subjects.length === 0) return null;
    const ids = subjects.map((s) => s.subjectId);
    return {
      subjects,
      profile: await readProfile(tx, everything, memberId),
      orders: (await readRecentOrders(tx, ids, MOST_ORDERS)).map((o) => o.folded),
    };
  });
  if (head === null || head.profile === null) return null;
  const events: OpenedEvent[] = [];
  let before: { occurredAt: Date; eventId: string } | undefined;
  for (;;) {
    const ids = head.subjects.map((s) => s.subjectId);
    const rows = await readEvents(db as Pick<Tx, "query">, ids, {
      limit: PAGE,
      ...(before === undefined ? {} : { before }),
    });
    const keys = await vault.loadKeys(head.subjects.map((s) => s.keyId));
    const keyOf = new Map(head.subjects.map((s) => [s.subjectId, keys.get(s.keyId)]));
    for (const row of rows) events.push(openEvent(vault, keyOf.get(row.subjectId), row));
    before = rows.at(-1);
    if (rows.length < PAGE) break;
  }
  return {
    profile: head.profile,
    subjects: head.subjects.map(({ subjectId, anchorKind, createdAt }) => ({
      subjectId,
      anchorKind,
      createdAt,
    })),
    events: events.reverse(),
    orders: head.orders,
  };
}

function openEvent(vault: Vault, key: DataKey | undefined, { sealed, ...event }: EventRow): OpenedEvent {
  const place = { table: "event", column: "sealed", recordId: event.eventId };
  const opened = key === undefined ? new Map() : openPack(vault, key, place, sealed, () => true);
  return { ...event, opened: Object.fromEntries(opened) };
}
