import type { Tx } from "../src/db/index.ts";
import type { SubjectClue } from "./clues.store.ts";
import type { MemberConsent } from "./decision.ts";
import { foldMember, type LedgerState } from "./fold.ts";
import { readLedger } from "./ledger.store.ts";
import type { ConsentRecord } from "./ledger.ts";
import { recordOfRow } from "./ledger-rows.ts";
import { decideSharedRegime, type RegimeClues, type RegimeDecision } from "./regimes/decide-regime.ts";
import type { RegimePacks } from "./regimes/regimes.ts";
import { type ChainTip, cluesOf, readSaid, tipOf } from "./standing.store.ts";

/** A member as this room is given it: the subjects, and which of them share their grants. */
export interface ConsentMember {
  readonly memberId: string;
  readonly subjects: readonly {
    readonly subjectId: string;
    /** Subjects of one core share grants; withdrawals always cross. */
    readonly coreId: string;
    /** How strong the anchoring identifier is (1 strongest): the strongest proves what the member says. */
    readonly anchorClass: number;
    /** What the ledger and the clues say of it (`saidOf`), where it was read in the same statement. */
    readonly said?: string;
  }[];
}

/** What is known of a member's consent: folded, with the regime and what it was inferred from. */
export interface Standing extends MemberConsent {
  readonly regimeDecision: RegimeDecision;
}

/** What was worked out of a member from what the ledger and the clues said then. */
interface Folded {
  /** All that it was worked out from: while this is the same, so is the rest. */
  readonly from: string;
  readonly ledger: LedgerState;
  readonly regimeDecision: RegimeDecision;
  readonly birthYear: number | null;
  readonly erased: boolean;
  /** When its newest entry was written; null for none. */
  readonly newest: Date | null;
}

/**
 * What is remembered between reads: entries of subjects by the tip of their chains (a chain only grows, so a tip says
 * all before it), and members folded, by the tips and clues they were folded from. Bounded; the oldest go first.
 */
export interface LedgerCache {
  readonly entries: Remembered<{ readonly tip: string; readonly records: readonly ConsentRecord[] }>;
  readonly folded: Remembered<Folded>;
}

interface Remembered<T> {
  get(id: string): T | undefined;
  set(id: string, value: T): void;
}

function remembered<T>(limit: number): Remembered<T> {
  const held = new Map<string, T>();
  return {
    get: (id) => held.get(id),
    set(id, value) {
      if (held.size >= limit) {
        let drop = limit / 2;
        for (const key of held.keys()) {
          if (drop-- <= 0) break;
          held.delete(key);
        }
      }
      held.set(id, value);
    },
  };
}

export function createLedgerCache(limit = 50_000): LedgerCache {
  return { entries: remembered(limit), folded: remembered(limit) };
}

/**
 * Reads what counts for many members at one moment, with at most two statements however many there are. Groups inside
 * which grants are shared are the cores that the members room keeps. `at` null: now, with nothing left out.
 */
export async function readStandings(
  db: Pick<Tx, "query">,
  deps: { readonly packs: RegimePacks; readonly cache: LedgerCache; readonly now: Date },
  members: readonly ConsentMember[],
  at: Date | null,
): Promise<Map<string, Standing>> {
  const { cache, packs } = deps;
  const said = await saidOfMembers(db, members, at);
  const found = new Map<string, Standing>();
  const left: ToFold[] = [];
  let first = 0;
  for (const member of members) {
    const from = at === null ? fromOf(member, said, first) : "";
    const folded = at === null ? cache.folded.get(member.memberId) : undefined;
    if (folded?.from === from)
      found.set(member.memberId, standingOf(folded, deps.now, later(deps.now, folded.newest)));
    else left.push({ member, from, said: said.slice(first, first + member.subjects.length) });
    first += member.subjects.length;
  }
  if (left.length === 0) return found;
  const tips = new Map<string, ChainTip>();
  for (const { member, said } of left)
    member.subjects.forEach(({ subjectId }, i) => {
      const tip = tipOf(said[i] as string);
      if (tip !== undefined) tips.set(subjectId, tip);
    });
  const entries = await entriesOf(db, cache, tips);
  for (const { member, from, said } of left) {
    const records = member.subjects.flatMap((s) => entries.get(s.subjectId) ?? []);
    const clues = said.flatMap(cluesOf);
    const newest = newestOf(records);
    const folded: Folded = {
      from,
      newest,
      ledger: foldMember(records, coresOf(member), at ?? later(deps.now, newest)),
      regimeDecision: decideSharedRegime(regimeCluesOf(clues), packs),
      birthYear: birthYearOf(clues),
      erased:
        member.subjects.length > 0 && member.subjects.every((s) => tips.get(s.subjectId)?.erased === true),
    };
    // An entry that was committed between the two statements is more than the tips say.
    const whole = member.subjects.every(
      ({ subjectId }) => (entries.get(subjectId)?.length ?? 0) === (tips.get(subjectId)?.length ?? 0),
    );
    if (at === null && whole) cache.folded.set(member.memberId, folded);
    found.set(member.memberId, standingOf(folded, at ?? deps.now, at ?? later(deps.now, newest)));
  }
  return found;
}

/** A member whose ledger is not remembered as it stands, with what is known of each of its subjects. */
interface ToFold {
  readonly member: ConsentMember;
  readonly from: string;
  readonly said: readonly string[];
}

/** What is known of every subject of some members, in their order: as it was read with them, or else read now. */
async function saidOfMembers(
  db: Pick<Tx, "query">,
  members: readonly ConsentMember[],
  at: Date | null,
): Promise<readonly string[]> {
  const ids: string[] = [];
  const said: string[] = [];
  for (const member of members)
    for (const subject of member.subjects) {
      ids.push(subject.subjectId);
      if (subject.said !== undefined) said.push(subject.said);
    }
  return at === null && said.length === ids.length ? said : readSaid(db, ids, at);
}

/** Everything that a member's standing is worked out from, as one text. */
function fromOf(member: ConsentMember, said: readonly string[], first: number): string {
  let text = "";
  member.subjects.forEach(({ subjectId, coreId }, i) => {
    text += `${subjectId}${coreId}${said[first + i]}|`;
  });
  return text;
}

/** `at`: the moment with which spans of the ledger are reckoned. */
function standingOf(folded: Folded, now: Date, at: Date): Standing {
  const { ledger, regimeDecision, birthYear, erased } = folded;
  return {
    ledger: { ...ledger, at },
    regime: regimeDecision.regime,
    country: regimeDecision.country,
    regimeDecision,
    status: { erased, suppressed: false, restricted: false, age: ageIn(birthYear, now) },
  };
}

function newestOf(records: readonly ConsentRecord[]): Date | null {
  let newest: Date | null = null;
  for (const { recordedAt } of records) if (newest === null || recordedAt > newest) newest = recordedAt;
  return newest;
}

/** Now means everything committed, also what another server's clock dated a moment ahead of ours. */
function later(now: Date, newest: Date | null): Date {
  return newest !== null && newest > now ? newest : now;
}

async function entriesOf(
  db: Pick<Tx, "query">,
  { entries: cache }: LedgerCache,
  tips: ReadonlyMap<string, ChainTip>,
): Promise<Map<string, readonly ConsentRecord[]>> {
  const found = new Map<string, readonly ConsentRecord[]>();
  const missing = new Map<string, ChainTip>();
  for (const [subjectId, tip] of tips) {
    const known = cache.get(subjectId);
    if (known?.tip === tip.tip) found.set(subjectId, known.records);
    else missing.set(subjectId, tip);
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
    const { tip, length } = missing.get(id) as ChainTip;
    // Between the two statements an entry may have been committed: then these are more than the tip says.
    if (lengths.get(id) === length) cache.set(id, { tip, records });
  }
  return found;
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

type Clue = Omit<SubjectClue, "subjectId" | "recordedAt">;

function pick(clues: readonly Clue[], kind: Clue["clue"], newest: boolean): string | null {
  let best: Clue | null = null;
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
function regimeCluesOf(clues: readonly Clue[]): RegimeClues {
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

/** Of two stated years of birth the later counts. */
function birthYearOf(clues: readonly Clue[]): number | null {
  const years = clues.filter((c) => c.clue === "birthYear").map((c) => Number(c.value));
  return years.length === 0 ? null : Math.max(...years);
}

/** Age in whole years, reckoned on the careful side from the year of birth alone: as if born on its last day. */
function ageIn(birthYear: number | null, at: Date): number | null {
  return birthYear === null ? null : Math.max(0, at.getUTCFullYear() - birthYear - 1);
}
