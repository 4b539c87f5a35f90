import { createHash } from "node:crypto";
import type { Db, Tx } from "../src/db/index.ts";
import { canonicalJson } from "../src/kernel/canonical-json.ts";
import type { Clock } from "../src/kernel/clock.ts";
import { AppError } from "../src/kernel/problems.ts";
import type { StatementInput } from "./consents.schema.ts";
import type { RegistrySnapshot } from "./registry-snapshot.ts";
import {
  identifyPerson,
  type NamedPerson,
  type StatementFromDoor,
  sayManyThroughDoor,
} from "./say-through-door.ts";
import type { By, Consent } from "./service.ts";
import type { ConsentMember } from "./standing.ts";

export interface ImportDeps {
  readonly consent: Consent;
  readonly db: Db;
  readonly clock: Clock;
}

/** One line of an import that has the form of a statement. */
export interface ImportLine {
  readonly line: number;
  readonly value: StatementInput;
}

export interface ImportFault {
  readonly line: number;
  readonly code: string;
  readonly message: string;
}

export interface PageOutcome {
  readonly recorded: number;
  /** Lines that were imported before. */
  readonly known: number;
  readonly faults: readonly ImportFault[];
}

/** Lines that are written in one transaction. */
export const IMPORT_PAGE = 200;
/** Look-ups on their way at once; each takes a few small queries. */
const LOOKUPS = 4;

interface FoundLine {
  readonly line: number;
  readonly person: NamedPerson;
  readonly input: StatementFromDoor;
  /** The same line again, from this file or another, is the same statement. */
  readonly dedupeKey: string;
}

/**
 * Imports one page of statements in one transaction. Lines of one member follow one another, lines of different
 * members are written together; where one cannot stand, those of its round are written one by one, so that a fault
 * costs its own line and no other. `evidence`: the hash that proves lines which name none.
 */
export async function importPage(
  deps: ImportDeps,
  by: By,
  lines: readonly ImportLine[],
  evidence: string | undefined,
): Promise<PageOutcome> {
  const snapshot = await deps.consent.snapshot();
  const faults: ImportFault[] = [];
  const found = await identifyLines(deps, lines, evidence, faults);
  const written = await deps.db.retryingTx(async (tx) => {
    const members = await deps.consent.members.subjectsOf(
      tx,
      found.map((f) => f.person.id),
    );
    const counts = { recorded: 0, known: 0 };
    const late: ImportFault[] = [];
    const note = (outcome: PageOutcome): void => {
      counts.recorded += outcome.recorded;
      counts.known += outcome.known;
      late.push(...outcome.faults);
    };
    for (const round of roundsOf(found, members)) {
      const together = await attempt(tx, deps, snapshot, by, round);
      if (together !== null) note(together);
      else for (const one of round) note((await attempt(tx, deps, snapshot, by, [one])) as PageOutcome);
    }
    return { ...counts, faults: late };
  });
  return { ...written, faults: [...faults, ...written.faults].sort((a, b) => a.line - b.line) };
}

async function identifyLines(
  deps: ImportDeps,
  lines: readonly ImportLine[],
  evidence: string | undefined,
  faults: ImportFault[],
): Promise<FoundLine[]> {
  const found: FoundLine[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let at = lines[next++]; at !== undefined; at = lines[next++]) {
      const { line, value } = at;
      try {
        const person = await identifyPerson(deps, value);
        const own = value.evidence?.sha256 !== undefined || evidence === undefined;
        const input = {
          ...value,
          method: "import" as const,
          offline: value.occurredAt !== undefined,
          ...(own ? {} : { evidence: { ...value.evidence, sha256: evidence } }),
        };
        const hash = createHash("sha256").update(canonicalJson(value)).digest("hex");
        found.push({ line, person, input, dedupeKey: `import ${hash}` });
      } catch (error) {
        faults.push({ line, ...faultOf(error) });
      }
    }
  };
  await Promise.all(Array.from({ length: LOOKUPS }, lane));
  return found.sort((a, b) => a.line - b.line);
}

/** The lines in rounds that hold each member at most once, in the order of the file: what one says rests on the last. */
function roundsOf(lines: readonly FoundLine[], members: ReadonlyMap<string, ConsentMember>): FoundLine[][] {
  const rounds: FoundLine[][] = [];
  const said = new Map<string, number>();
  for (const line of lines) {
    const member = members.get(line.person.id)?.memberId ?? line.person.id;
    const round = said.get(member) ?? 0;
    said.set(member, round + 1);
    const list = rounds[round];
    if (list === undefined) rounds.push([line]);
    else list.push(line);
  }
  return rounds;
}

/** Writes some lines of different members at once; null when one of several cannot stand, and then nothing is written. */
async function attempt(
  tx: Tx,
  deps: ImportDeps,
  snapshot: RegistrySnapshot,
  by: By,
  lines: readonly FoundLine[],
): Promise<PageOutcome | null> {
  await tx.exec("savepoint import_lines");
  try {
    const said = await sayManyThroughDoor(tx, deps, snapshot, by, lines);
    await tx.exec("release savepoint import_lines");
    const recorded = said.filter((s) => s.records.length > 0).length;
    return { recorded, known: lines.length - recorded, faults: [] };
  } catch (error) {
    await tx.exec("rollback to savepoint import_lines; release savepoint import_lines");
    const fault = faultOf(error);
    return lines.length > 1
      ? null
      : { recorded: 0, known: 0, faults: lines.map(({ line }) => ({ line, ...fault })) };
  }
}

/** What a line did wrong; anything that is not the line's fault is thrown on. */
function faultOf(error: unknown): Omit<ImportFault, "line"> {
  if (!(error instanceof AppError) || error.status >= 500) throw error;
  const first = error.errors?.[0];
  return { code: first?.code ?? error.code, message: first?.message ?? error.message };
}
