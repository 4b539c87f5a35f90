import type { EvidenceKey } from "./evidence.store.ts";

/** What this process has seen committed about who named which identifier, so that the store need not be asked again. */
export interface Observations {
  /**
   * Whether this observation says nothing that is not committed already. Never wrong: evidence of a subject only ever
   * becomes wider (its first time earlier, its last month later), and goes with the subject, whose id nobody gets again.
   * False also where this process cannot know.
   */
  covers(biHex: string, row: EvidenceKey): boolean;
  /** Remembers an observation that has been committed. */
  committed(biHex: string, row: EvidenceKey): void;
}

interface Observed {
  readonly subjectId: string;
  readonly kind: string;
  readonly class: number;
  readonly sourceId: string;
  /** In milliseconds of the epoch. */
  readonly firstAt: number;
  readonly lastMonth: string;
}

function isSame(a: Observed, b: EvidenceKey): boolean {
  return a.subjectId === b.subjectId && a.kind === b.kind && a.class === b.class && a.sourceId === b.sourceId;
}

/** Remembers one observation of each identifier, the last; when full, the older half goes. */
export function createObservations(limit = 150_000): Observations {
  const seen = new Map<string, Observed>();
  return {
    covers(biHex, row) {
      const known = seen.get(biHex);
      return (
        known !== undefined &&
        isSame(known, row) &&
        // Of equal times the event's id decides, which is not kept here: then the store is asked.
        row.firstAt.getTime() > known.firstAt &&
        row.lastMonth <= known.lastMonth
      );
    },
    committed(biHex, row) {
      if (seen.size >= limit) {
        let drop = limit / 2;
        for (const key of seen.keys()) {
          if (drop-- <= 0) break;
          seen.delete(key);
        }
      }
      const { subjectId, kind, class: cls, sourceId, lastMonth } = row;
      seen.set(biHex, { subjectId, kind, class: cls, sourceId, firstAt: row.firstAt.getTime(), lastMonth });
    },
  };
}
