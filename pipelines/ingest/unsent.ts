import type { Db } from "../../src/db/index.ts";
import type { Clock } from "../../src/kernel/clock.ts";
import type { Vault } from "../../src/vault/index.ts";
import type { ParsedItem } from "../adapter.ts";
import { discardItems, fromOldest, readQuarantine } from "./quarantine.store.ts";
import { openItems } from "./replay.ts";

const PAGE = 500;

/** The messages that a delivery says were taken back. */
export function unsentMessages(items: readonly ParsedItem[]): string[] {
  return items.flatMap((item) => {
    if (item.kind !== "event" || item.event.type !== "social.message.unsent") return [];
    const id = item.event.properties.message_id;
    return typeof id === "string" && id !== "" ? [id] : [];
  });
}

/**
 * Gives up quarantined copies of messages that their sender took back: what was unsent is kept nowhere. Answers how
 * many it gave up. Items of one source are opened one by one, for nothing in quarantine is indexed.
 */
export async function dropUnsentCopies(
  deps: { readonly db: Db; readonly vault: Vault; readonly clock: Clock },
  sourceId: string,
  messageIds: readonly string[],
): Promise<number> {
  if (messageIds.length === 0) return 0;
  const wanted = new Set(messageIds);
  let given = 0;
  for (let after: string | undefined; ; ) {
    const page = await readQuarantine(
      deps.db,
      { sourceId, state: "open" },
      { limit: PAGE, order: fromOldest(after) },
    );
    const opened = await openItems(deps, page);
    const copies = page
      .filter((q) => holdsMessage(opened.get(q.quarantineId)?.raw, wanted))
      .map((q) => q.quarantineId);
    if (copies.length > 0) {
      const { items, keys } = await deps.db.tx((tx) => discardItems(tx, copies, deps.clock.now()));
      await deps.vault.destroyKeys(keys);
      given += items;
    }
    if (page.length < PAGE) return given;
    after = page.at(-1)?.quarantineId;
  }
}

/** Whether an item is one of these messages: LINE calls its id `message.id`, Meta `message.mid`. */
function holdsMessage(raw: unknown, wanted: ReadonlySet<string>): boolean {
  if (typeof raw !== "object" || raw === null) return false;
  return Object.entries(raw).some(([name, part]) => {
    if (typeof part !== "object" || part === null) return false;
    if (name !== "message") return holdsMessage(part, wanted);
    const { id, mid } = part as { readonly id?: unknown; readonly mid?: unknown };
    return wanted.has(String(id)) || wanted.has(String(mid));
  });
}
