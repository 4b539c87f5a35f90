import { sql, type Tx, uuids } from "../src/db/index.ts";
import type { ClueKind, SubjectClue } from "./clues.store.ts";

/** How far a subject's chain has come: enough to know whether what was read before still holds. */
export interface ChainTip {
  readonly length: number;
  readonly erased: boolean;
  /** Names everything the chain holds, and whether it was erased. */
  readonly tip: string;
}

/** What the ledger's heads and the clues say of some subjects, each by its place in the list asked about. */
export interface KnownOfSubjects {
  /** Undefined for a subject of whom nothing was ever recorded. */
  readonly tips: readonly (ChainTip | undefined)[];
  /** Clues as they were packed, for `unpackClues`; equal texts are equal clues. Undefined for none. */
  readonly clues: readonly (string | undefined)[];
}

const TIP_BYTES = 32;
const HEAD_BYTES = 4 + 4 + 1 + TIP_BYTES;
const CLUE_HEAD = 4 + 4 + 4 + 2;
const DAYS_BEFORE_2000 = 10_957;
const DAY_MS = 86_400_000;

/**
 * Reads the tips of chains and the clues of subjects with one statement, however many there are. They come as two
 * packed columns: thousands of small rows cost a reader of many members more than all it decides with them.
 * `at`: without the clues that were recorded later.
 */
export async function readKnownOfSubjects(
  db: Pick<Tx, "query">,
  subjectIds: readonly string[],
  at: Date | null,
): Promise<KnownOfSubjects> {
  const tips = new Array<ChainTip | undefined>(subjectIds.length);
  const clues = new Array<string | undefined>(subjectIds.length);
  if (subjectIds.length === 0) return { tips, clues };
  const ids = uuids(subjectIds);
  const [row] = await db.query<{ heads: Buffer | null; clues: Buffer | null }>(sql`
    select
      (select string_agg(int4send(u.n::int) || int4send(h.length)
          || case when h.erased then '\\x01'::bytea else '\\x00'::bytea end || h.tip, ''::bytea)
        from unnest(${ids}) with ordinality as u(id, n) join consent_chain h on h.subject_id = u.id) as heads,
      (select string_agg(int4send(u.n::int) || date_send(c.first_on) || date_send(c.last_on)
          || int2send(octet_length(c.clue || ' ' || c.value)::int2) || textsend(c.clue || ' ' || c.value), ''::bytea)
        from unnest(${ids}) with ordinality as u(id, n) join subject_clue c on c.subject_id = u.id
        where c.recorded_at <= coalesce(${at}::timestamptz, 'infinity')) as clues`);
  const heads = row?.heads ?? Buffer.alloc(0);
  for (let from = 0; from < heads.length; from += HEAD_BYTES) {
    const erased = heads[from + 8] === 1;
    tips[heads.readInt32BE(from) - 1] = {
      length: heads.readInt32BE(from + 4),
      erased,
      tip: `${heads.toString("latin1", from + 9, from + HEAD_BYTES)}${erased ? "e" : ""}`,
    };
  }
  const packed = row?.clues ?? Buffer.alloc(0);
  for (let from = 0; from < packed.length; ) {
    const place = packed.readInt32BE(from) - 1;
    const end = from + CLUE_HEAD + packed.readUInt16BE(from + CLUE_HEAD - 2);
    const one = packed.toString("latin1", from + 4, end);
    const before = clues[place];
    clues[place] = before === undefined ? one : before + one;
    from = end;
  }
  return { tips, clues };
}

/** The clues of one subject; when each was recorded is not among what is packed. */
export function unpackClues(packed: string): Omit<SubjectClue, "subjectId" | "recordedAt">[] {
  const bytes = Buffer.from(packed, "latin1");
  const found: Omit<SubjectClue, "subjectId" | "recordedAt">[] = [];
  for (let from = 0; from < bytes.length; ) {
    const end = from + 10 + bytes.readUInt16BE(from + 8);
    const text = bytes.toString("utf8", from + 10, end);
    const space = text.indexOf(" ");
    found.push({
      clue: text.slice(0, space) as ClueKind,
      value: text.slice(space + 1),
      firstOn: dayOf(bytes.readInt32BE(from)),
      lastOn: dayOf(bytes.readInt32BE(from + 4)),
    });
    from = end;
  }
  return found;
}

/** A day as PostgreSQL counts them, as `2026-03-01`. */
function dayOf(days: number): string {
  return new Date((days + DAYS_BEFORE_2000) * DAY_MS).toISOString().slice(0, 10);
}
