import type { Tx } from "../../src/db/index.ts";
import { canonicalJson } from "../../src/kernel/canonical-json.ts";
import { DAY } from "../../src/kernel/clock.ts";
import type { Ids } from "../../src/kernel/ids.ts";
import type { ReasonCode } from "../../src/kernel/verdicts.ts";
import type { DataKey, Vault } from "../../src/vault/index.ts";
import type { Outcome, RejectedEntry } from "./entry.ts";
import { eventIdOf } from "./prepare.ts";
import { insertQuarantine, type QuarantineRow } from "./quarantine.store.ts";
import { noteRejections, type Receipt } from "./receipts.store.ts";

/** How long a rejected item is kept for correction. */
export const QUARANTINE_DAYS = 90;

interface RejectDeps {
  readonly vault: Vault;
  readonly ids: Ids;
}

/** What makes two rejected items the same: a retry brings the same item with another time of sending. */
function contentOfRaw(raw: unknown): string {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) return canonicalJson(raw);
  const { sentAt: _, ...rest } = raw as Record<string, unknown>;
  return canonicalJson(rest);
}

/** Left out on purpose, so there is nothing to correct: refused and counted, and its content is not kept. */
const REFUSED: ReadonlySet<string> = new Set<ReasonCode>(["skipped-by-mapping"]);

function refusalReceipt(deps: RejectDeps, entry: RejectedEntry, messageId: string): Receipt {
  return {
    sourceId: entry.sourceId,
    eventId: eventIdOf(deps.vault, entry.sourceId, messageId),
    verdict: "refused",
    code: entry.rejection.code,
    contentMac: deps.vault.mac("quarantine", entry.door, contentOfRaw(entry.raw())),
    subjectId: null,
    occurredAt: null,
    quarantineId: null,
    receivedAt: entry.receivedAt,
  };
}

/** Rejections of items that name nobody: no single person's erasure could ever ask for their key. */
const NAMES_NOBODY: ReadonlySet<string> = new Set<ReasonCode>(["missing-identifier", "blocked-identifier"]);

/**
 * A key for each rejected item, in their order. Rows of a file that name nobody share one for the group: a file without
 * a column of customers would otherwise make a key a line and be read half as fast.
 */
export async function keysFor(
  deps: Pick<RejectDeps, "vault">,
  rejected: readonly { entry: RejectedEntry }[],
): Promise<DataKey[]> {
  const kept = rejected.map(({ entry }) => !REFUSED.has(entry.rejection.code) && entry.replayOf === null);
  const isShared = rejected.map(
    ({ entry }, n) => kept[n] === true && entry.door === "file" && NAMES_NOBODY.has(entry.rejection.code),
  );
  const own = kept.filter((is, n) => is && isShared[n] !== true).length;
  const shared = isShared.includes(true) ? 1 : 0;
  const made = await deps.vault.createKeys("quarantine", own + shared);
  let next = shared;
  return rejected.map(
    (_, n) => (kept[n] === true && isShared[n] !== true ? made[next++] : made[0]) as DataKey,
  );
}

/** Keeps rejected items sealed under their keys, notes their receipts and fills their outcomes. */
export async function keepRejected(
  tx: Tx,
  deps: RejectDeps,
  rejected: readonly { i: number; entry: RejectedEntry }[],
  keys: readonly DataKey[],
  outcomes: (Outcome | undefined)[],
): Promise<void> {
  const rowsToKeep: Omit<QuarantineRow, "state" | "attempts" | "resolvedAt">[] = [];
  const receipts: Receipt[] = [];
  const macs: { i: number; entry: RejectedEntry; key: string }[] = [];
  rejected.forEach(({ i, entry }, n) => {
    if (REFUSED.has(entry.rejection.code)) {
      outcomes[i] = { status: "refused", ...entry.rejection };
      if (entry.messageId !== null) receipts.push(refusalReceipt(deps, entry, entry.messageId));
      return;
    }
    if (entry.replayOf !== null) {
      outcomes[i] = { status: "quarantined", ...entry.rejection, quarantineId: entry.replayOf };
      return;
    }
    const key = keys[n] as DataKey;
    const id = deps.ids.next();
    const raw = entry.raw();
    const text = contentOfRaw(raw);
    const contentMac = deps.vault.mac("quarantine", entry.door, text);
    const eventId = entry.messageId === null ? null : eventIdOf(deps.vault, entry.sourceId, entry.messageId);
    const sealed = canonicalJson({ raw, sentAt: entry.sentAt });
    rowsToKeep.push({
      quarantineId: id,
      sourceId: entry.sourceId,
      eventId,
      contentMac,
      code: entry.rejection.code,
      detail: entry.rejection.detail,
      door: entry.door,
      place: entry.place,
      keyId: key.id,
      cell: deps.vault.seal(
        key,
        { table: "quarantine", column: "cell", recordId: id, category: "unclassified" },
        Buffer.from(sealed, "utf8"),
      ),
      receivedAt: entry.receivedAt,
      expiresAt: new Date(entry.receivedAt.getTime() + QUARANTINE_DAYS * DAY),
    });
    macs.push({ i, entry, key: `${entry.sourceId}|${contentMac.toString("hex")}` });
  });
  const kept = await insertQuarantine(tx, rowsToKeep);
  macs.forEach(({ i, entry, key }, n) => {
    const quarantineId = kept.get(key) as string;
    outcomes[i] = { status: "quarantined", ...entry.rejection, quarantineId };
    const row = rowsToKeep[n] as (typeof rowsToKeep)[number];
    if (row.eventId !== null && entry.rejection.code !== "message-id-conflict") {
      receipts.push({
        sourceId: entry.sourceId,
        eventId: row.eventId,
        verdict: "quarantined",
        code: row.code,
        contentMac: row.contentMac,
        subjectId: null,
        occurredAt: null,
        quarantineId,
        receivedAt: entry.receivedAt,
      });
    }
  });
  await noteRejections(tx, receipts);
}
