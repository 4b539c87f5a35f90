import type { Tx } from "../src/db/index.ts";
import { readClues, type SubjectClue } from "./clues.store.ts";
import type { MemberConsent } from "./decision.ts";
import { foldMember } from "./fold.ts";
import { type ChainHead, readHeads, readLedger } from "./ledger.store.ts";
import type { ConsentRecord } from "./ledger.ts";
import { recordOfRow } from "./ledger-rows.ts";
import { decideRegime, type RegimeClues, type RegimeDecision } from "./regimes/decide-regime.ts";
import type { RegimePacks } from "./regimes/regimes.ts";

/** A member as this room is given it: the subjects, and which of them share their grants. */
export interface ConsentMember {
  readonly memberId: string;
  readonly subjects: readonly {
    readonly subjectId: string;
    /** Subjects of one core share grants; withdrawals always cross. */
    readonly coreId: string;
    /** How strong the anchoring identifier is (1 strongest): the strongest proves what the member says. */
    readonly anchorClass: number;
  }[];
}

/** What is known of a member's consent: folded, with the regime and what it was inferred from. */
export interface Standing extends MemberConsent {
  readonly regimeDecision: RegimeDecision;
}

/** Entries of subjects, remembered by the tip of their chains: a chain only grows, so a tip says all before it. */
export interface LedgerCache {
  get(subjectId: string, tip: string): readonly ConsentRecord[] | undefined;
  set(subjectId: string, tip: string, entries: readonly ConsentRecord[]): void;
  forget(subjectIds: readonly string[]): void;
}

export function createLedgerCache(limit = 50_000): LedgerCache {
  const held = new Map<string, { tip: string; entries: readonly ConsentRecord[] }>();
  return {
    get(subjectId, tip) {
      const known = held.get(subjectId);
      return known?.tip === tip ? known.entries : undefined;
    },
    set(subjectId, tip, entries) {
      if (held.size >= limit) {
        let drop = limit / 2;
        for (const key of held.keys()) {
          if (drop-- <= 0) break;
          held.delete(key);
        }
      }
      held.set(subjectId, { tip, entries });
    },
    forget: (ids) => {
      for (const id of ids) held.delete(id);
    },
  };
}

/**
 * Reads what counts for many members at one moment, with three statements however many there are. Groups inside which
 * grants are shared are the cores that the members room keeps. `at` null: now, with nothing left out.
 */
export async function readStandings(
  db: Pick<Tx, "query">,
  deps: { readonly packs: RegimePacks; readonly cache: LedgerCache; readonly now: Date },
  members: readonly ConsentMember[],
  at: Date | null,
): Promise<Map<string, Standing>> {
  const ids = members.flatMap((m) => m.subjects.map((s) => s.subjectId));
  const heads = new Map((await readHeads(db, ids)).map((h) => [h.subjectId, h]));
  const entries = await entriesOf(db, deps.cache, [...heads.values()]);
  const clues = new Map<string, SubjectClue[]>();
  for (const clue of await readClues(db, ids, at)) {
    const list = clues.get(clue.subjectId);
    if (list === undefined) clues.set(clue.subjectId, [clue]);
    else list.push(clue);
  }
  const moment = at ?? deps.now;
  const found = new Map<string, Standing>();
  for (const member of members) {
    const subjects = member.subjects.map((s) => s.subjectId);
    const known = subjects.flatMap((id) => clues.get(id) ?? []);
    const regimeDecision = decideRegime(regimeCluesOf(known), deps.packs);
    found.set(member.memberId, {
      ledger: foldMember(
        subjects.flatMap((id) => entries.get(id) ?? []),
        coresOf(member),
        // Now means everything committed, also what another server's clock dated a moment ahead of ours.
        at ?? notBeforeNewest(moment, subjects, entries),
      ),
      regime: regimeDecision.regime,
      country: regimeDecision.country,
      regimeDecision,
      status: {
        erased: subjects.length > 0 && subjects.every((id) => heads.get(id)?.erased === true),
        suppressed: false,
        restricted: false,
        age: ageOf(known, moment),
      },
    });
  }
  return found;
}

/** The later of now and the newest entry, so that no committed refusal is ever "not yet" written. */
function notBeforeNewest(
  now: Date,
  subjects: readonly string[],
  entries: ReadonlyMap<string, readonly ConsentRecord[]>,
): Date {
  let latest = now;
  for (const id of subjects) {
    for (const entry of entries.get(id) ?? []) if (entry.recordedAt > latest) latest = entry.recordedAt;
  }
  return latest;
}

async function entriesOf(
  db: Pick<Tx, "query">,
  cache: LedgerCache,
  heads: readonly ChainHead[],
): Promise<Map<string, readonly ConsentRecord[]>> {
  const found = new Map<string, readonly ConsentRecord[]>();
  const missing = new Map<string, ChainHead>();
  for (const head of heads) {
    const known = cache.get(head.subjectId, tipOf(head));
    if (known === undefined) missing.set(head.subjectId, head);
    else found.set(head.subjectId, known);
  }
  if (missing.size === 0) return found;
  const loaded = new Map<string, ConsentRecord[]>([...missing.keys()].map((id) => [id, []]));
  const lengths = new Map<string, number>();
  for (const row of await readLedger(db, [...missing.keys()])) {
    loaded.get(row.subjectId)?.push(recordOfRow(row));
    lengths.set(row.subjectId, row.sequence);
  }
  for (const [id, records] of loaded) {
    found.set(id, records);
    const head = missing.get(id) as ChainHead;
    // Between the two statements an entry may have been committed: then these are more than the tip says.
    if (lengths.get(id) === head.length) cache.set(id, tipOf(head), records);
  }
  return found;
}

function tipOf(head: ChainHead): string {
  return `${head.tip.toString("latin1")}${head.erased ? "e" : ""}`;
}

/** The member's subjects by core, each group and the list of groups ascending. */
export function coresOf(member: ConsentMember): string[][] {
  const cores = new Map<string, string[]>();
  for (const { subjectId, coreId } of member.subjects) {
    const core = cores.get(coreId);
    if (core === undefined) cores.set(coreId, [subjectId]);
    else core.push(subjectId);
  }
  return [...cores.values()]
    .map((ids) => ids.sort())
    .sort((a, b) => ((a[0] as string) < (b[0] as string) ? -1 : 1));
}

/** The subject that proves what a member says when nothing more is known: the one with the strongest anchor. */
export function provingSubject(member: ConsentMember): string {
  const [best] = [...member.subjects].sort(
    (a, b) => a.anchorClass - b.anchorClass || (a.subjectId < b.subjectId ? -1 : 1),
  );
  return (best as { subjectId: string }).subjectId;
}

function pick(clues: readonly SubjectClue[], kind: SubjectClue["clue"], newest: boolean): string | null {
  let best: SubjectClue | null = null;
  for (const clue of clues) {
    if (clue.clue !== kind) continue;
    const [a, b] = newest ? [clue.lastOn, best?.lastOn] : [best?.firstOn, clue.firstOn];
    if (best === null || (a as string) > (b as string) || (a === b && clue.value < best.value)) best = clue;
  }
  return best?.value ?? null;
}

/**
 * Clues of all subjects as one set: the newest declaration, address, phone and language count, and the first store.
 * Equal months are settled by the value, so that the order of arrival leaves no trace.
 */
function regimeCluesOf(clues: readonly SubjectClue[]): RegimeClues {
  const declared = pick(clues, "declared", true);
  const address = pick(clues, "country", true);
  const country = declared ?? address;
  return {
    declared: declared?.slice(0, 2) ?? null,
    country: address?.slice(0, 2) ?? null,
    region: country !== null && country.length > 3 ? country : null,
    storeCountry: pick(clues, "storeCountry", false),
    phoneRegion: pick(clues, "phoneRegion", true),
    language: pick(clues, "language", true),
  };
}

/**
 * Age in whole years, reckoned on the careful side from the year of birth alone: as if born on its last day. Of two
 * stated years the later counts.
 */
function ageOf(clues: readonly SubjectClue[], at: Date): number | null {
  const years = clues.filter((c) => c.clue === "birthYear").map((c) => Number(c.value));
  if (years.length === 0) return null;
  return Math.max(0, at.getUTCFullYear() - Math.max(...years) - 1);
}
