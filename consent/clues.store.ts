import { column, sql, type Tx } from "../src/db/index.ts";

export const CLUES = ["declared", "country", "storeCountry", "phoneRegion", "language", "birthYear"] as const;
export type ClueKind = (typeof CLUES)[number];

/** One thing that is known of where a subject lives, or of its age. Dates are the first of a month. */
export interface SubjectClue {
  readonly subjectId: string;
  readonly clue: ClueKind;
  /** `TW`, `US-CA`, a language tag, a year. */
  readonly value: string;
  readonly firstOn: string;
  readonly lastOn: string;
  readonly recordedAt: Date;
}

/** Adds clues, or widens the months over which a known one was seen. The order of calls leaves no trace. */
export async function saveClues(
  tx: Tx,
  clues: readonly Omit<SubjectClue, "recordedAt">[],
  at: Date,
): Promise<void> {
  if (clues.length === 0) return;
  await tx.query(sql`
    insert into subject_clue as c (subject_id, clue, value, first_on, last_on, recorded_at)
    select id, clue, value, min(first_on), max(last_on), ${at}::timestamptz
    from unnest(
      ${column.uuid(clues, (c) => c.subjectId)}, ${column.text(clues, (c) => c.clue)},
      ${column.text(clues, (c) => c.value)}, ${column.date(clues, (c) => c.firstOn)},
      ${column.date(clues, (c) => c.lastOn)}) as n(id, clue, value, first_on, last_on)
    group by 1, 2, 3 order by 1, 2, 3
    on conflict (subject_id, clue, value) do update
      set first_on = least(c.first_on, excluded.first_on), last_on = greatest(c.last_on, excluded.last_on)
    where excluded.first_on < c.first_on or excluded.last_on > c.last_on`);
}
