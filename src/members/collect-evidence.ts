import type { Tx } from "../db/index.ts";
import type { DataKey, Vault } from "../vault/index.ts";
import { type EvidenceRow, readEvidenceOf } from "./evidence.store.ts";
import { isStrongerAnchor } from "./named.ts";
import type { Assignment, PreparedEvent } from "./prepared.ts";
import type { AnchorRow } from "./subjects.store.ts";

/** What a group of events adds to the evidence. */
export interface CollectedEvidence {
  /** Rows that are new or whose observation moved. */
  readonly changed: readonly EvidenceRow[];
  /** Anchors of known subjects that are now named more strongly, or under a kind that comes first. */
  readonly anchors: readonly AnchorRow[];
}

function monthOf(at: Date): string {
  return `${at.toISOString().slice(0, 7)}-01`;
}

function evidenceKey(
  e: { subjectId: string; kind: string; class: number; sourceId: string },
  biHex: string,
): string {
  return `${e.subjectId}|${biHex}|${e.kind}|${e.class}|${e.sourceId}`;
}

/**
 * Evidence of these events, sealed, as far as it says more than is known. The caller holds the subjects' aggregates,
 * so nobody else is writing evidence of theirs.
 */
export async function collectEvidence(
  tx: Tx,
  vault: Vault,
  events: readonly PreparedEvent[],
  assignmentOf: (e: PreparedEvent) => Assignment,
  fresh: ReadonlySet<string>,
): Promise<CollectedEvidence> {
  const touched = [...new Set(events.map((e) => assignmentOf(e).subjectId))].filter((id) => !fresh.has(id));
  const knownRows = await readEvidenceOf(tx, touched);
  const known = new Map(knownRows.map((e) => [evidenceKey(e, e.bi.toString("hex")), e]));
  const wanted = new Map<string, { row: Omit<EvidenceRow, "cell">; key: DataKey; value: string }>();
  const anchorOf = new Map<string, string>();
  for (const e of events) {
    const { subjectId, key } = assignmentOf(e);
    anchorOf.set(subjectId, e.named[0]?.biHex ?? "");
    for (const n of e.named) {
      const at = e.event.occurredAt;
      const row = {
        subjectId,
        bi: n.bi,
        kind: n.kind,
        issuer: n.issuer,
        class: n.class,
        sourceId: e.sourceId,
        firstAt: at,
        firstEvent: e.eventId,
        lastMonth: monthOf(at),
      };
      const id = evidenceKey(row, n.biHex);
      const other = wanted.get(id)?.row;
      wanted.set(id, { row: other === undefined ? row : widen(other, row), key, value: n.value });
    }
  }

  const changed: EvidenceRow[] = [];
  const strongest = new Map<string, AnchorRow>();
  for (const e of knownRows) if (e.bi.toString("hex") === anchorOf.get(e.subjectId)) strengthen(strongest, e);
  const before = new Map(strongest);
  for (const [id, { row, key, value }] of wanted) {
    const old = known.get(id);
    const after = old === undefined ? row : widen(old, row);
    const moved =
      old === undefined || after.lastMonth !== old.lastMonth || after.firstEvent !== old.firstEvent;
    if (!moved) continue;
    const biHex = row.bi.toString("hex");
    if (biHex === anchorOf.get(row.subjectId)) strengthen(strongest, row);
    const place = {
      table: "evidence",
      column: "cell",
      recordId: `${row.subjectId}/${biHex}`,
      category: "identity",
    };
    changed.push({ ...after, cell: vault.seal(key, place, Buffer.from(value, "utf8")) });
  }
  const anchors = [...strongest.values()].filter((a) => {
    const was = before.get(a.subjectId);
    return was !== undefined && isStrongerAnchor(a, was);
  });
  return { changed, anchors };
}

function strengthen(strongest: Map<string, AnchorRow>, row: AnchorRow): void {
  const known = strongest.get(row.subjectId);
  const { subjectId, kind } = row;
  if (known === undefined || isStrongerAnchor(row, known))
    strongest.set(subjectId, { subjectId, kind, class: row.class });
}

function widen<T extends { firstAt: Date; firstEvent: string; lastMonth: string }>(a: T, b: T): T {
  const bFirst =
    b.firstAt.getTime() < a.firstAt.getTime() ||
    (b.firstAt.getTime() === a.firstAt.getTime() && b.firstEvent < a.firstEvent);
  const first = bFirst ? b : a;
  return {
    ...a,
    firstAt: first.firstAt,
    firstEvent: first.firstEvent,
    lastMonth: b.lastMonth > a.lastMonth ? b.lastMonth : a.lastMonth,
  };
}
