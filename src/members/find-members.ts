import type { Tx } from "../db/index.ts";
import { type IdentifierClass, spaceOf, standardKind } from "../kernel/identifier.ts";
import { AppError } from "../kernel/problems.ts";
import { respell, type Vault } from "../vault/index.ts";
import { readSealedEvidence } from "./evidence.store.ts";
import { stableIndexes } from "./identifier-index.ts";
import { readIssuers } from "./links.store.ts";
import { DEFAULT_LIMITS, lifetimeOf } from "./rules.ts";
import { findMembersByIdentifier, type HolderRow, readSubjects } from "./subjects.store.ts";

export interface IdentifierQuery {
  readonly kind: string;
  readonly value: string;
  /** Absent: every issuer known for the kind is tried. */
  readonly issuer?: string;
  /** For phone numbers without country code; absent: `regions` are tried. */
  readonly region?: string;
}

/** What an identifier leads to. */
export type Found =
  | { readonly kind: "member"; readonly memberId: string }
  | { readonly kind: "none" }
  /** Several members share it and nothing says whose it is: never a silent pick. */
  | { readonly kind: "contested"; readonly memberIds: readonly string[] };

export interface FindDeps {
  readonly vault: Vault;
  /** Regions whose phone numbers may come without country code. */
  readonly regions: readonly string[];
  /** The moment asked about: contact points pass from person to person. */
  readonly at: Date;
}

/** A subject that an identifier leads to; the lower the rank, the more its evidence is worth. */
export interface Reached {
  readonly memberId: string;
  readonly subjectId: string;
  readonly rank: number;
}

/** A shop's own number leads to everybody: so many are told, and no more values are opened. */
const TOLD = 20;
/** Beyond every class: evidence that has expired comes after all that has not. */
const EXPIRED = 10;

/**
 * Finds the member an identifier belongs to, through its blind index; each candidate's sealed value is opened and
 * compared, so that even a collision of indexes discloses nobody. Of members that hold it with different trust the most
 * trusted alone count; those whose evidence has expired only where nobody's has not: a recycled number is its new
 * owner's. Throws `invalid-request` for a value that is not of its kind.
 */
export async function findMember(
  db: Pick<Tx, "query">,
  deps: FindDeps,
  query: IdentifierQuery,
): Promise<Found> {
  const memberIds = [...new Set((await reachBest(db, deps, query)).map((r) => r.memberId))].sort();
  const [only, ...others] = memberIds;
  if (only === undefined) return { kind: "none" };
  return others.length === 0 ? { kind: "member", memberId: only } : { kind: "contested", memberIds };
}

/** The subjects of the lowest rank that an identifier leads to, of at most 20 members. */
export async function reachBest(
  db: Pick<Tx, "query">,
  deps: FindDeps,
  query: IdentifierQuery,
): Promise<Reached[]> {
  const candidates: (Reached & { bi: Buffer; value: string })[] = [];
  for (const { bi, value } of await spell(db, deps, { ...query, kind: standardKind(query.kind) })) {
    for (const holder of await findMembersByIdentifier(db, bi))
      candidates.push({ ...holder, rank: rankOf(holder, deps.at), bi, value });
  }
  const best: Reached[] = [];
  const told = new Set<string>();
  // The sort is stable: within a rank, members stay in the order of their ids.
  for (const { bi, value, ...reached } of candidates.sort((a, b) => a.rank - b.rank)) {
    if (best[0] !== undefined && best[0].rank < reached.rank) break;
    if (told.size >= TOLD && !told.has(reached.memberId)) continue;
    if (!(await holds(db, deps.vault, reached.subjectId, bi, value))) continue;
    best.push(reached);
    told.add(reached.memberId);
  }
  return best;
}

function rankOf(holder: HolderRow, at: Date): number {
  const level = holder.class as IdentifierClass;
  const lifetime = lifetimeOf(holder.kind, level, DEFAULT_LIMITS);
  const last = Math.max(holder.firstAt.getTime(), Date.parse(`${holder.lastMonth}T00:00:00Z`));
  return lifetime !== null && last + lifetime <= at.getTime() ? level + EXPIRED : level;
}

/** The blind indexes under which an identifier may be stored. */
export async function identifierIndexes(
  db: Pick<Tx, "query">,
  deps: Omit<FindDeps, "at">,
  query: IdentifierQuery,
): Promise<Buffer[]> {
  return (await spell(db, deps, { ...query, kind: standardKind(query.kind) })).map((s) => s.bi);
}

/** Every normalised spelling of an identifier with its index, one for each region and issuer it may have. */
async function spell(
  db: Pick<Tx, "query">,
  deps: Omit<FindDeps, "at">,
  query: IdentifierQuery,
): Promise<{ bi: Buffer; value: string }[]> {
  const { kind } = query;
  const regions = query.region === undefined ? [undefined, ...deps.regions] : [query.region];
  const values = new Set<string>();
  for (const region of kind === "phone" ? regions : [undefined]) {
    const result = deps.vault.normaliser.normalise(kind, query.value, region === undefined ? {} : { region });
    if (result.kind === "ok") values.add(result.value);
  }
  if (values.size === 0) {
    throw new AppError("invalid-request", {
      errors: [
        {
          path: "/value",
          code: "identifier",
          message: "This is not a value that an identifier of that kind can have.",
        },
      ],
    });
  }
  const issuers = query.issuer === undefined ? await issuersOf(db, kind) : [query.issuer];
  const spellings = [...values].flatMap((value) => issuers.map((issuer) => ({ kind, issuer, value })));
  const bis = await stableIndexes(db, deps.vault, spellings);
  return spellings.map(({ value }, i) => ({ value, bi: bis[i] as Buffer }));
}

async function issuersOf(db: Pick<Tx, "query">, kind: string): Promise<string[]> {
  const kinds = spaceOf(kind) === "member" ? ["member_id", "user_id"] : [kind];
  const known = new Set([""]);
  for (const k of kinds) for (const issuer of await readIssuers(db, k)) known.add(issuer);
  return [...known];
}

async function holds(
  db: Pick<Tx, "query">,
  vault: Vault,
  subjectId: string,
  bi: Buffer,
  value: string,
): Promise<boolean> {
  const [subject] = await readSubjects(db, [subjectId]);
  if (subject === undefined) return false;
  const key = (await vault.loadKeys([subject.keyId])).get(subject.keyId);
  if (key === undefined) return false;
  const place = {
    table: "evidence",
    column: "cell",
    recordId: `${subjectId}/${bi.toString("hex")}`,
    category: "identity",
  };
  return (await readSealedEvidence(db, [subjectId])).some((e) => {
    if (!e.bi.equals(bi)) return false;
    const written = vault.open(key, place, e.cell).toString("utf8");
    // It may have been written by older rules of spelling.
    return written === value || respell(vault.normaliser, e.kind, written) === value;
  });
}
