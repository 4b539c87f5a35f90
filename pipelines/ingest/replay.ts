import { stageAudit } from "../../src/audit/index.ts";
import { AppError } from "../../src/kernel/problems.ts";
import type { ReasonCode } from "../../src/kernel/verdicts.ts";
import type { Arrival, ParsedItem } from "../adapter.ts";
import { type DoorDeps, parseDepsOf } from "../doors/deps.ts";
import { asRawRow, type FileMapping, parseRow } from "../mapping/index.ts";
import type { KnownSource } from "../registry/sources.ts";
import { parseSocialItem } from "../sources/social/index.ts";
import { parseWebItem } from "../sources/web/index.ts";
import { isRecord, parseJsonBytes, readTime } from "../steps/index.ts";
import type { Decider, Entry } from "./entry.ts";
import { fromOldest, type QuarantineFilter, type QuarantineRow, readQuarantine } from "./quarantine.store.ts";
import { entryOf } from "./read-item.ts";

/** A quarantined item with what it held. */
export interface OpenedItem {
  readonly raw: unknown;
  readonly sentAt: Date | null;
}

/** Opens quarantined items; one whose key has been destroyed is absent. */
export async function openItems(
  deps: Pick<DoorDeps, "vault">,
  items: readonly QuarantineRow[],
): Promise<Map<string, OpenedItem>> {
  const keys = await deps.vault.loadKeys(items.map((q) => q.keyId));
  const opened = new Map<string, OpenedItem>();
  for (const q of items) {
    const key = keys.get(q.keyId);
    if (key === undefined || q.cell.length === 0) continue;
    const place = { table: "quarantine", column: "cell", recordId: q.quarantineId, category: "unclassified" };
    const json = parseJsonBytes(deps.vault.open(key, place, q.cell));
    if (json.kind === "bad") throw new AppError("cell-unreadable");
    const { raw, sentAt } = json.value as { raw: unknown; sentAt: string | null };
    const time = sentAt === null ? null : readTime(sentAt);
    opened.set(q.quarantineId, { raw, sentAt: time?.kind === "ok" ? time.at : null });
  }
  return opened;
}

export interface ReplayReport {
  readonly tried: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly quarantined: number;
  readonly results: readonly { id: string; status: string; code?: ReasonCode; detail?: string }[];
}

const PAGE = 500;
/** Items whose outcome is listed one by one; the counts are always whole. */
const LISTED = 1_000;

/**
 * Tries quarantined items again: read as their door reads now, with the source's settings and mapping of now, or with
 * an edited payload (for exactly one item). What is stored leaves the quarantine; the rest stays with the reason of
 * now. Replaying twice changes nothing. Each transaction that stores some of them holds the audit entry of those.
 */
export async function replay(
  deps: DoorDeps,
  decider: Decider,
  filter: QuarantineFilter,
  edited?: { payload: unknown },
): Promise<ReplayReport> {
  const counts = { accepted: 0, duplicate: 0, quarantined: 0 };
  const results: ReplayReport["results"][number][] = [];
  let tried = 0;
  let after: string | undefined;
  for (;;) {
    const page = await readQuarantine(
      deps.db,
      { ...filter, state: "open" },
      { limit: PAGE, order: fromOldest(after) },
    );
    if (page.length === 0) break;
    after = page.at(-1)?.quarantineId;
    const opened = await openItems(deps, page);
    const entries: Entry[] = [];
    for (const q of page) {
      const item = opened.get(q.quarantineId);
      if (item === undefined) continue;
      const source = await deps.registry.get(q.sourceId);
      const arrival: Arrival = { receivedAt: q.receivedAt, sentAt: item.sentAt };
      const raw = edited === undefined ? item.raw : editedItem(q, item.raw, edited.payload);
      const parsed = readAgain(deps, q, raw, source, arrival);
      entries.push(
        entryOf(deps.vault, source.settings, parsed, {
          door: q.door,
          place: q.place,
          raw,
          arrival,
          replayOf: q.quarantineId,
          replayedBy: decider,
          isEdited: edited !== undefined,
        }),
      );
    }
    const outcomes = await deps.queue.submitWhenRoom(entries);
    outcomes.forEach((o, i) => {
      tried++;
      if (o.status !== "refused") counts[o.status]++;
      if (results.length < LISTED) {
        results.push({
          id: (entries[i] as Entry).replayOf as string,
          status: o.status,
          ...(o.code === undefined ? {} : { code: o.code }),
          ...(o.detail === undefined ? {} : { detail: o.detail }),
        });
      }
    });
    if (page.length < PAGE) break;
  }
  // What was tried has left its entries where it was stored; that nothing was found to try is told here.
  if (tried === 0)
    await deps.db.tx((tx) =>
      stageAudit(tx, deps, {
        ...decider,
        action: "quarantine.replayed",
        counts: { tried, ...counts },
      }),
    );
  return { tried, ...counts, results };
}

/**
 * The corrected item. A row of a file may be given as it was shown, or as its cells alone (`{"Amount": "4,90", …}`): then
 * its place in the file, from which its message id is made, stays as it was.
 */
function editedItem(q: QuarantineRow, before: unknown, payload: unknown): unknown {
  if (q.door !== "file" || asRawRow(payload) !== null || !isRecord(payload) || !isRecord(before))
    return payload;
  const cells = Object.keys(payload).length === 1 && isRecord(payload.row) ? payload.row : payload;
  const { line, occurrence, asOf } = before;
  // Of JSON an absent key is an empty one; of a table it is a column that is missing.
  if (before.kind === "object") return { line, occurrence, asOf, kind: "object", object: cells };
  return { line, occurrence, asOf, kind: "row", row: cells };
}

function readAgain(
  deps: DoorDeps,
  q: QuarantineRow,
  raw: unknown,
  source: KnownSource,
  arrival: Arrival,
): ParsedItem {
  const parseDeps = parseDepsOf(deps);
  switch (q.door) {
    case "http":
      return parseWebItem(raw, source.settings, arrival, parseDeps);
    case "file":
      return parseRow(
        raw,
        source.settings,
        source.settings.mapping as FileMapping | null,
        arrival,
        parseDeps,
      );
    case "social":
      return parseSocialItem(raw, source.settings, arrival, parseDeps);
  }
}
