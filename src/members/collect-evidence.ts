import type { Tx } from "../db/index.ts";
import type { DataKey, Vault } from "../vault/index.ts";
import { type EvidenceKey, type EvidenceRow, findNewEvidence, readKnownAnchors } from "./evidence.store.ts";
import { isStrongerAnchor } from "./named.ts";
import type { Observations } from "./observations.ts";
import type { Assignment, PreparedEvent } from "./prepared.ts";
import type { AnchorRow } from "./subjects.store.ts";

/** What a group of events adds to the evidence. */
export interface CollectedEvidence {
  /** Rows that are new or whose observation moved. */
  readonly changed: readonly EvidenceRow[];
  /** Anchors of known subjects that are now named more strongly, or under a kind that comes first. */
  readonly anchors: readonly AnchorRow[];
  /** What the events observe and this process did not know, whether the store did or not. */
  readonly observed: readonly Observation[];
}

/** An identifier as a group of events observes it. */
export interface Observation {
  readonly row: EvidenceKey;
  readonly biHex: string;
}

/** The first days of months, each spelled once. */
function monthSpeller(): (at: Date) => string {
  const spelled = new Map<number, string>();
  return (at) => {
    const month = at.getUTCFullYear() * 12 + at.getUTCMonth();
    let text = spelled.get(month);
    if (text === undefined) {
      text = `${at.toISOString().slice(0, 7)}-01`;
      spelled.set(month, text);
    }
    return text;
  };
}

interface Wanted {
  row: EvidenceKey;
  readonly biHex: string;
  readonly value: string;
  readonly key: DataKey;
  /** Whether the identifier is its subject's anchor. */
  readonly isAnchor: boolean;
  /** Another observation of the same identifier. */
  readonly before: Wanted | undefined;
}

/** What the events observe, each observation of a subject once, as wide as they saw it. */
function wantedOf(
  events: readonly PreparedEvent[],
  assignmentOf: (e: PreparedEvent) => Assignment,
): Wanted[] {
  const monthOf = monthSpeller();
  const all: Wanted[] = [];
  // By identifier: one is observed a few times, and comparing those costs less than a name made of all their parts.
  const seen = new Map<string, Wanted>();
  for (const e of events) {
    const { subjectId, key } = assignmentOf(e);
    const firstAt = e.event.occurredAt;
    const anchorHex = e.named[0]?.biHex;
    const lastMonth = monthOf(firstAt);
    for (const { bi, biHex, kind, issuer, class: cls, value } of e.named) {
      const row: EvidenceKey = {
        subjectId,
        bi,
        kind,
        issuer,
        class: cls,
        sourceId: e.sourceId,
        firstAt,
        firstEvent: e.eventId,
        lastMonth,
      };
      const before = seen.get(biHex);
      const same = findSame(before, row);
      if (same !== undefined) {
        same.row = widen(same.row, row);
        continue;
      }
      const wanted: Wanted = { row, biHex, value, key, isAnchor: biHex === anchorHex, before };
      seen.set(biHex, wanted);
      all.push(wanted);
    }
  }
  return all;
}

function findSame(newest: Wanted | undefined, row: EvidenceKey): Wanted | undefined {
  for (let w = newest; w !== undefined; w = w.before) {
    const { subjectId, kind, class: cls, sourceId } = w.row;
    if (subjectId === row.subjectId && kind === row.kind && cls === row.class && sourceId === row.sourceId)
      return w;
  }
  return undefined;
}

/**
 * Evidence of these events, sealed, as far as it says more than is known. The caller holds the subjects' aggregates,
 * so nobody else is writing evidence of theirs.
 */
export async function collectEvidence(
  tx: Tx,
  deps: { readonly vault: Vault; readonly observations: Observations },
  events: readonly PreparedEvent[],
  assignmentOf: (e: PreparedEvent) => Assignment,
  fresh: ReadonlySet<string>,
): Promise<CollectedEvidence> {
  const { vault, observations } = deps;
  const all = wantedOf(events, assignmentOf);
  const observed = all.filter((w) => !observations.covers(w.biHex, w.row));
  // Of a subject made just now nothing is known.
  const asked = observed.filter((w) => !fresh.has(w.row.subjectId));
  const news = await findNewEvidence(
    tx,
    asked.map((w) => w.row),
  );
  const added = [
    ...observed.filter((w) => fresh.has(w.row.subjectId)),
    ...news.map(({ at }) => asked[at] as Wanted),
  ];
  const anchors = await strongerAnchors(
    tx,
    news.filter(({ known }) => !known).map(({ at }) => asked[at] as Wanted),
  );
  return { changed: added.map((w) => ({ ...w.row, cell: sealValue(vault, w) })), anchors, observed };
}

function sealValue(vault: Vault, { row, biHex, value, key }: Wanted): Buffer {
  const place = {
    table: "evidence",
    column: "cell",
    recordId: `${row.subjectId}/${biHex}`,
    category: "identity",
  };
  return vault.seal(key, place, value);
}

/** What is new of known subjects may name their anchors more strongly than anything known. */
async function strongerAnchors(tx: Tx, news: readonly Wanted[]): Promise<AnchorRow[]> {
  const naming = news.filter((w) => w.isAnchor);
  const before = new Map<string, AnchorRow>();
  for (const known of await readKnownAnchors(
    tx,
    naming.map((w) => w.row),
  ))
    strengthen(before, known);
  const after = new Map(before);
  for (const { row } of naming) strengthen(after, row);
  return [...after.values()].filter((a) => {
    const was = before.get(a.subjectId);
    return was !== undefined && isStrongerAnchor(a, was);
  });
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
