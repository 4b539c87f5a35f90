import type { Tx } from "../db/index.ts";
import { spaceOf, standardKind } from "../kernel/identifier.ts";
import { AppError } from "../kernel/problems.ts";
import { normaliseIdentifier, type Vault } from "../vault/index.ts";
import { readSealedEvidence } from "./evidence.store.ts";
import { readIssuers } from "./links.store.ts";
import { findMembersByIdentifier, readSubjects } from "./subjects.store.ts";

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

/**
 * Finds the member an identifier belongs to, through its blind index; each candidate's sealed value is opened and
 * compared, so that even a collision of indexes discloses nobody. Of members that hold it with different trust the most
 * trusted alone counts. Throws `invalid-request` for a value that is not of its kind.
 */
export async function findMember(
  db: Pick<Tx, "query">,
  deps: { vault: Vault; regions: readonly string[] },
  query: IdentifierQuery,
): Promise<Found> {
  const kind = standardKind(query.kind);
  const reached = new Map<string, number>();
  for (const { bi, value } of await spell(db, deps, { ...query, kind })) {
    for (const found of await findMembersByIdentifier(db, bi)) {
      if (!(await holds(db, deps.vault, found.subjectId, bi, value))) continue;
      reached.set(found.memberId, Math.min(reached.get(found.memberId) ?? 9, found.class));
    }
  }
  if (reached.size === 0) return { kind: "none" };
  const best = Math.min(...reached.values());
  const members = [...reached].filter(([, cls]) => cls === best).map(([id]) => id);
  const [only, ...others] = members.sort();
  return others.length === 0
    ? { kind: "member", memberId: only as string }
    : { kind: "contested", memberIds: members };
}

/** The blind indexes under which an identifier may be stored. */
export async function identifierIndexes(
  db: Pick<Tx, "query">,
  deps: { vault: Vault; regions: readonly string[] },
  query: IdentifierQuery,
): Promise<Buffer[]> {
  return (await spell(db, deps, { ...query, kind: standardKind(query.kind) })).map((s) => s.bi);
}

/** Every normalised spelling of an identifier with its index, one for each region and issuer it may have. */
async function spell(
  db: Pick<Tx, "query">,
  deps: { vault: Vault; regions: readonly string[] },
  query: IdentifierQuery,
): Promise<{ bi: Buffer; value: string }[]> {
  const { kind } = query;
  const regions = query.region === undefined ? [undefined, ...deps.regions] : [query.region];
  const values = new Set<string>();
  for (const region of kind === "phone" ? regions : [undefined]) {
    const result = normaliseIdentifier(kind, query.value, region === undefined ? {} : { region });
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
  return [...values].flatMap((value) =>
    issuers.map((issuer) => ({ value, bi: deps.vault.blindIndex(spaceOf(kind), issuer, value) })),
  );
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
  return (await readSealedEvidence(db, [subjectId])).some(
    (e) => e.bi.equals(bi) && vault.open(key, place, e.cell).toString("utf8") === value,
  );
}
