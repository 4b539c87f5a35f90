import type { Basis } from "../../consent/index.ts";
import { compareText } from "../kernel/sort-few.ts";

/** One statement about one field, by one source, about one subject. The unit of lineage. */
export interface AttributeCandidate {
  readonly field: string;
  /** JSON; null says nothing (unless `unset`). */
  readonly value: unknown;
  /** Hex digest of the canonical JSON of `value`: equal hashes are equal values. */
  readonly valueHash: string;
  readonly sourceId: string;
  /** `pos`, `web`, …: priorities may name a kind instead of a source. */
  readonly sourceKind?: string;
  readonly eventId: string;
  readonly firstObserved: Date;
  readonly lastObserved: Date;
  readonly verified: boolean;
  /** The source explicitly emptied the field. */
  readonly unset: boolean;
  /** Ref or id of the subject it hangs on. */
  readonly subject: string;
  /** What lets it be read for the purpose at hand, where it is read for one. */
  readonly basis?: Basis;
}

/**
 * Why the value shown was preferred to the best of the other values; `unset`: the field was explicitly emptied;
 * `correction`: the person had it put right, which outranks every source, also what a source states later.
 */
export type WinnerReason =
  | "correction"
  | "only-candidate"
  | "source-priority"
  | "verified"
  | "latest"
  | "hash"
  | "unset";

/** The kind of the source that corrections are stated by. */
export const CORRECTION_KIND = "correction";

/** One statement behind a value, as shown to people. Times are RFC 3339 UTC. */
export interface LineageEntry {
  readonly source: string;
  readonly subject: string;
  readonly eventId: string;
  readonly firstObserved: string;
  readonly lastObserved: string;
  readonly verified: boolean;
  /** What lets it be read for the purpose at hand; null where it is read for none, as for the person itself. */
  readonly basis: Basis | null;
  /** A later explicit unset by a source of the same or higher priority ended it. */
  readonly ended: boolean;
}

/** A value that somebody stated, with everyone who stated it, preferred first. */
export interface ProfileCandidate {
  readonly value: unknown;
  readonly valueHash: string;
  readonly verified: boolean;
  readonly firstObserved: string;
  readonly lastObserved: string;
  /** Every statement of it was ended by an unset. */
  readonly ended: boolean;
  readonly lineage: readonly LineageEntry[];
}

export interface ProfileField {
  /** Null when the field was explicitly emptied. */
  readonly value: unknown;
  /** Data category: `unclassified` until a schema names one. */
  readonly category: string;
  readonly because: WinnerReason;
  readonly source: string;
  readonly eventId: string;
  readonly observedAt: string;
  readonly verified: boolean;
  /** Distinct values, preferred first; ended ones last. */
  readonly candidates: readonly ProfileCandidate[];
  /** Explicit unsets that bear on the field, in the same order. */
  readonly unsets: readonly LineageEntry[];
}

/** Field → source ids or kinds, most trusted first; `*` for fields not listed. Unlisted sources come last. */
export type SourcePriorities = Readonly<Record<string, readonly string[]>>;

export interface ProfileInput {
  readonly candidates: readonly AttributeCandidate[];
  readonly priorities: SourcePriorities;
  /** Field → data category. */
  readonly categories: Readonly<Record<string, string>>;
}

interface Ranked {
  readonly candidate: AttributeCandidate;
  readonly rank: number;
  readonly ended: boolean;
}

/**
 * Folds every statement about a member into one value per field: source priority, then verified, then observed last,
 * then value hash. A null never overwrites; an explicit unset ends statements observed strictly before it by sources
 * of the same or lower priority, and loses to what is stated afterwards. A late-arriving older statement joins the
 * history and changes no current value.
 *
 * A function of the set of statements: order and repetition of `candidates` change nothing, so that the canonical
 * JSON of the result is byte-identical. The result has no prototype: any field name is safe.
 */
export function foldProfile(input: ProfileInput): Record<string, ProfileField> {
  const byField = new Map<string, Map<string, AttributeCandidate>>();
  for (const candidate of input.candidates) {
    if (candidate.value === null && !candidate.unset) continue;
    let statements = byField.get(candidate.field);
    if (!statements) {
      statements = new Map();
      byField.set(candidate.field, statements);
    }
    // Emptying has no value: what came with it says nothing and must not order anything.
    const statement = candidate.unset ? { ...candidate, value: null, valueHash: "" } : candidate;
    statements.set(identityOf(statement), statement);
  }
  const fields: Record<string, ProfileField> = Object.create(null);
  for (const field of [...byField.keys()].sort()) {
    const statements = [...(byField.get(field) as Map<string, AttributeCandidate>).values()];
    const order = own(input.priorities, field) ?? own(input.priorities, "*") ?? [];
    fields[field] = foldField(statements, order, own(input.categories, field) ?? "unclassified");
  }
  return fields;
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** Statements that differ in nothing are one. */
function identityOf(c: AttributeCandidate): string {
  return JSON.stringify([
    c.sourceId,
    c.subject,
    c.eventId,
    c.unset,
    c.valueHash,
    c.firstObserved.getTime(),
    c.lastObserved.getTime(),
    c.verified,
    c.basis ?? null,
    c.sourceKind ?? null,
  ]);
}

/** Before every place in a list of priorities. */
const CORRECTED = -1;

function foldField(
  statements: readonly AttributeCandidate[],
  order: readonly string[],
  category: string,
): ProfileField {
  const rankOf = ({ sourceId, sourceKind }: AttributeCandidate): number => {
    if (sourceKind === CORRECTION_KIND) return CORRECTED;
    const rank = order.findIndex((name) => name === sourceId || name === sourceKind);
    return rank < 0 ? order.length : rank;
  };
  const unsets = statements.filter((s) => s.unset).map((s) => ({ candidate: s, rank: rankOf(s) }));
  const endedBy = (candidate: AttributeCandidate, rank: number): boolean =>
    unsets.some(
      (u) =>
        (u.rank === CORRECTED && rank !== CORRECTED) ||
        (u.rank <= rank && u.candidate.lastObserved.getTime() > candidate.lastObserved.getTime()),
    );
  const ranked: Ranked[] = statements
    .filter((s) => !s.unset)
    .map((candidate) => {
      const rank = rankOf(candidate);
      return { candidate, rank, ended: endedBy(candidate, rank) };
    })
    .sort(compareRanked);
  const emptied: Ranked[] = unsets.map((u) => ({ ...u, ended: false })).sort(compareRanked);

  const first = ranked[0];
  const live = first !== undefined && !first.ended;
  const winner = (live ? first : emptied[0]) as Ranked;
  const rival = ranked.find((r) => !r.ended && r.candidate.valueHash !== winner.candidate.valueHash);
  return {
    value: live ? winner.candidate.value : null,
    category,
    because: live ? reasonOver(winner, rival) : "unset",
    source: winner.candidate.sourceId,
    eventId: winner.candidate.eventId,
    observedAt: winner.candidate.lastObserved.toISOString(),
    verified: winner.candidate.verified,
    candidates: candidatesOf(ranked),
    unsets: emptied.map(lineageOf),
  };
}

function compareRanked(a: Ranked, b: Ranked): number {
  const [x, y] = [a.candidate, b.candidate];
  return (
    Number(a.ended) - Number(b.ended) ||
    a.rank - b.rank ||
    Number(y.verified) - Number(x.verified) ||
    y.lastObserved.getTime() - x.lastObserved.getTime() ||
    compareText(x.valueHash, y.valueHash) ||
    // From here on the value is the same and only the lineage is ordered.
    x.firstObserved.getTime() - y.firstObserved.getTime() ||
    compareText(identityOf(x), identityOf(y))
  );
}

function reasonOver(winner: Ranked, rival: Ranked | undefined): WinnerReason {
  if (winner.rank === CORRECTED) return "correction";
  if (!rival) return "only-candidate";
  if (winner.rank !== rival.rank) return "source-priority";
  if (winner.candidate.verified !== rival.candidate.verified) return "verified";
  if (winner.candidate.lastObserved.getTime() !== rival.candidate.lastObserved.getTime()) return "latest";
  return "hash";
}

/** Equal values become one candidate, at the place of its most preferred statement. */
function candidatesOf(ranked: readonly Ranked[]): ProfileCandidate[] {
  const byHash = new Map<string, Ranked[]>();
  for (const r of ranked) {
    const same = byHash.get(r.candidate.valueHash);
    if (same) same.push(r);
    else byHash.set(r.candidate.valueHash, [r]);
  }
  return [...byHash].map(([valueHash, same]) => ({
    value: (same[0] as Ranked).candidate.value,
    valueHash,
    verified: same.some((r) => r.candidate.verified),
    firstObserved: new Date(Math.min(...same.map((r) => r.candidate.firstObserved.getTime()))).toISOString(),
    lastObserved: new Date(Math.max(...same.map((r) => r.candidate.lastObserved.getTime()))).toISOString(),
    ended: same.every((r) => r.ended),
    lineage: same.map(lineageOf),
  }));
}

function lineageOf({ candidate: c, ended }: Ranked): LineageEntry {
  return {
    source: c.sourceId,
    subject: c.subject,
    eventId: c.eventId,
    firstObserved: c.firstObserved.toISOString(),
    lastObserved: c.lastObserved.toISOString(),
    verified: c.verified,
    basis: c.basis ?? null,
    ended,
  };
}
