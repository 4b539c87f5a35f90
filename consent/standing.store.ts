import { empty, planOnce, type Sql, sql, type Tx, uuids } from "../src/db/index.ts";
import type { ClueKind, SubjectClue } from "./clues.store.ts";

/** How far a subject's chain has come: enough to know whether what was read before still holds. */
export interface ChainTip {
  readonly length: number;
  readonly erased: boolean;
  /** Names everything the chain holds, and whether it was erased. */
  readonly tip: string;
}

/** What is known of a subject that nothing was ever recorded of. */
const NOTHING = 0;
const IS_ERASED = 2;
const TIP_BYTES = 32;
const HEAD_BYTES = 1 + 4 + TIP_BYTES;
const CLUE_HEAD = 4 + 4 + 2;
const DAYS_BEFORE_2000 = 10_957;
const DAY_MS = 86_400_000;

/**
 * Everything that a subject's standing is worked out from, as one packed value beside others of a statement: whether and
 * how far its chain has come, and its clues. Equal values are equal standings. Thousands of small rows cost a reader of
 * many members more than all it decides with them, and one look-up for each subject needs no statistics. The clues are
 * put in order where the index gives them so; an aggregate that sorts would sort each subject's by itself. `at`: without
 * the clues that were recorded later.
 */
export function saidOf(subjectId: Sql, at: Date | null = null): Sql {
  const then = at === null ? empty : sql`and c.recorded_at <= ${at}::timestamptz`;
  return sql`(
    coalesce((select case when h.erased then '\\x02'::bytea else '\\x01'::bytea end || int4send(h.length) || h.tip
      from consent_chain h where h.subject_id = ${subjectId}), '\\x00'::bytea)
    || coalesce((select string_agg(k.said, ''::bytea) from (
        select date_send(c.first_on) || date_send(c.last_on) || int2send(octet_length(c.clue || ' ' || c.value)::int2)
          || textsend(c.clue || ' ' || c.value) as said
        from subject_clue c where c.subject_id = ${subjectId} ${then} order by c.clue, c.value) k), ''::bytea))`;
}

/** Reads what is known of subjects, each by its place in the list asked about, with one statement however many there are. */
export async function readSaid(
  db: Pick<Tx, "query">,
  subjectIds: readonly string[],
  at: Date | null,
): Promise<string[]> {
  if (subjectIds.length === 0) return [];
  const [row] = await db.query<{ said: Buffer | null }>(
    planOnce(sql`
    select string_agg(int4send(octet_length(s.said)) || s.said, ''::bytea) as said
    from (select ${saidOf(sql`u.id`, at)} as said
      from unnest(${uuids(subjectIds)}) with ordinality as u(id, n) order by u.n) s`),
  );
  const packed = row?.said ?? Buffer.alloc(0);
  const said: string[] = [];
  for (let from = 0; from < packed.length; ) {
    const end = from + 4 + packed.readInt32BE(from);
    said.push(packed.toString("latin1", from + 4, end));
    from = end;
  }
  return said;
}

/** The tip of a chain in what is known of its subject; undefined where nothing was ever recorded. */
export function tipOf(said: string): ChainTip | undefined {
  const state = said.charCodeAt(0);
  if (state === NOTHING) return undefined;
  const head = Buffer.from(said.slice(0, HEAD_BYTES), "latin1");
  return { length: head.readInt32BE(1), erased: state === IS_ERASED, tip: said.slice(0, HEAD_BYTES) };
}

/** The clues in what is known of a subject; when each was recorded is not among it. */
export function cluesOf(said: string): Omit<SubjectClue, "subjectId" | "recordedAt">[] {
  const bytes = Buffer.from(said, "latin1");
  const found: Omit<SubjectClue, "subjectId" | "recordedAt">[] = [];
  for (let from = bytes[0] === NOTHING ? 1 : HEAD_BYTES; from < bytes.length; ) {
    const end = from + CLUE_HEAD + bytes.readUInt16BE(from + 8);
    const text = bytes.toString("utf8", from + CLUE_HEAD, end);
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
