import type { Consent } from "../../consent/index.ts";
import type { Db, Tx } from "../db/index.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import { maskValue } from "../kernel/mask.ts";
import type { RouteRequest } from "../kernel/route.ts";
import type { DataKey, Vault } from "../vault/index.ts";
import type { Grouping, RegroupOutcome } from "./decide-links.ts";
import { type GatedMember, gateMember, noteRead } from "./purpose-bound.ts";
import type { OpenAsk } from "./purpose-query.ts";
import { categoryOfIdentifier, type ProfileIdentifier, readIdentifiers } from "./read-identifiers.ts";
import { readFacts } from "./read-profile.ts";
import { readSubjects } from "./subjects.store.ts";

/** Members that are described in one answer; a shop's own number may concern hundreds, and nobody compares those. */
const MOST_DESCRIBED = 50;

export interface SideDeps {
  readonly db: Db;
  readonly consent: Consent;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** An identifier as the person who decides sees it: enough to tell two apart, not enough to write to anybody. */
export interface SideIdentifier {
  readonly kind: string;
  readonly issuer: string;
  readonly value: string;
  readonly class: number;
  /** Whether another side names the same value. */
  readonly shared: boolean;
  /** The rule by which it links nobody, when it does not. */
  readonly contested: string | null;
}

export interface Side extends Grouping {
  readonly identifiers?: readonly SideIdentifier[];
  /** Null: what was bought may not be told for this purpose. */
  readonly orders?: number | null;
}

export interface DescribedOutcome extends RegroupOutcome {
  readonly before: readonly Side[];
  readonly after: readonly Side[];
}

/**
 * Adds to a preview what each side is known by, masked, and how many orders it has, as far as the purpose lets each
 * member be read. Every member whose data is told is registered as disclosed and audited, in one transaction that is
 * committed before anything is answered. Members beyond the fiftieth stay undescribed.
 */
export async function describeSides(
  deps: SideDeps,
  request: Pick<RouteRequest, "principal" | "requestId">,
  { snapshot, ask }: OpenAsk,
  outcome: RegroupOutcome,
): Promise<DescribedOutcome> {
  return deps.db.tx(async (tx) => {
    const gateOf = new Map<string, GatedMember>();
    for (const { memberId, subjects } of outcome.before.slice(0, MOST_DESCRIBED)) {
      const gated = await gateMember(tx, deps, snapshot, ask, memberId);
      for (const id of subjects) gateOf.set(id, gated);
    }
    const may = (category: string, id: string) => gateOf.get(id)?.gate.may(category, id) ?? false;
    const told = [...gateOf.keys()];
    const identifiers = await readIdentifiers(
      tx,
      {
        vault: deps.vault,
        may,
        mayReach: (field) => [...gateOf.values()].every(({ gate }) => gate.mayReach(field)),
      },
      told,
      await keysOf(tx, deps, told),
    );
    const describe = async (side: Grouping): Promise<Side> => {
      if (!side.subjects.every((id) => gateOf.has(id))) return side;
      const countable = side.subjects.every((id) => may("transaction", id));
      return {
        ...side,
        identifiers: identifiersOf(side, identifiers),
        orders: countable ? (await readFacts(tx, side.subjects)).orders : null,
      };
    };
    const before: Side[] = [];
    for (const side of outcome.before) before.push(await describe(side));
    const after: Side[] = [];
    for (const side of outcome.after) after.push(await describe(side));
    for (const side of before) {
      const gated = gateOf.get(side.subjects[0] ?? "");
      if (gated === undefined) continue;
      await noteRead(tx, deps, request, {
        action: "identity.previewed",
        purpose: ask.purpose,
        gated,
        given: [
          ...(side.identifiers ?? []).map((i) => categoryOfIdentifier(i.kind)),
          ...(side.orders === null || side.orders === undefined ? [] : ["transaction"]),
        ],
      });
    }
    return { ...outcome, before, after };
  });
}

async function keysOf(
  tx: Tx,
  { vault }: Pick<SideDeps, "vault">,
  subjectIds: readonly string[],
): Promise<Map<string, DataKey>> {
  const subjects = await readSubjects(tx, subjectIds);
  const keys = await vault.loadKeys(subjects.map((s) => s.keyId));
  const found = new Map<string, DataKey>();
  for (const s of subjects) {
    const key = keys.get(s.keyId);
    if (key !== undefined) found.set(s.subjectId, key);
  }
  return found;
}

function identifiersOf(side: Grouping, all: readonly ProfileIdentifier[]): SideIdentifier[] {
  const own = new Set(side.subjects);
  return all
    .filter((i) => i.evidence.some((line) => own.has(line.subject)))
    .map((i) => ({
      kind: i.kind,
      issuer: i.issuer,
      value: maskValue(i.value),
      class: i.class,
      shared: !i.evidence.every((line) => own.has(line.subject)),
      contested: i.contested?.rule ?? null,
    }));
}
