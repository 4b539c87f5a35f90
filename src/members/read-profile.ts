import { createHash } from "node:crypto";
import type { Basis } from "../../consent/index.ts";
import type { Tx } from "../db/index.ts";
import { categoryOfTrait } from "../events/index.ts";
import { canonicalJson } from "../kernel/canonical-json.ts";
import type { Money } from "../kernel/money.ts";
import type { DataKey } from "../vault/index.ts";
import {
  applyOrderChange,
  combine,
  favouriteCategory,
  favouriteStore,
  purchaseSpan,
  type SubjectAggregate,
} from "./aggregates.ts";
import { readAttributeSets } from "./attributes.store.ts";
import { type OrderRow, readSharedOrders } from "./orders.store.ts";
import { foldOrder } from "./orders.ts";
import { type AttributeCandidate, foldProfile, type ProfileField, type SourcePriorities } from "./profile.ts";
import { type IdentifierDeps, type ProfileIdentifier, readIdentifiers } from "./read-identifiers.ts";
import { findMemberSubjects, type MemberSubject, readAggregates } from "./subjects.store.ts";

/** What lineage says of a source beside its id. */
export interface SourceLabel {
  readonly name: string;
  readonly kind: string;
}

/** What reads of members ask of the registered sources. */
export interface KnownSources {
  readonly labels: ReadonlyMap<string, SourceLabel>;
  /** Whose word counts before whose. */
  readonly priorities: SourcePriorities;
}

export interface ProfileDeps extends IdentifierDeps {
  readonly sources: ReadonlyMap<string, SourceLabel>;
  readonly priorities: SourcePriorities;
  /** Why a category of a subject may be opened, where the read is for a purpose. */
  readonly basisOf?: (category: string, subjectId: string) => Basis | null;
}

export interface ProfileFacts {
  readonly orders: number;
  readonly returns: number;
  /** Net of returns, one entry a currency. */
  readonly spend: readonly Money[];
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
  readonly firstOrderDay: string | null;
  readonly lastOrderDay: string | null;
  readonly favouriteStore: string | null;
  readonly favouriteCategory: string | null;
  readonly stores: Readonly<Record<string, number>>;
  readonly categories: Readonly<Record<string, number>>;
  readonly channels: Readonly<Record<string, number>>;
  readonly eventCounts: Readonly<Record<string, number>>;
}

/** The unified view of a member at this moment. */
export interface Profile {
  readonly memberId: string;
  readonly subjects: readonly { id: string; anchorKind: string; anchorIssuer: string; anchorClass: number }[];
  readonly identifiers: readonly ProfileIdentifier[];
  readonly attributes: Readonly<Record<string, ProfileField>>;
  /** Null: what was bought may not be told. */
  readonly facts: ProfileFacts | null;
}

interface StoredSet {
  readonly values: Readonly<Record<string, unknown>>;
  readonly unset: readonly string[];
  readonly verified: readonly string[];
}

function valueHash(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value), "utf8").digest("hex");
}

/**
 * Reads one member as it is now, opening only what `may` allows; null when the id names nobody. An id that was merged
 * into another still finds its member. A pure function of what is stored: order of arrival leaves no trace in it.
 */
export async function readProfile(
  tx: Pick<Tx, "query">,
  deps: ProfileDeps,
  memberOrSubjectId: string,
): Promise<Profile | null> {
  const subjects = await findMemberSubjects(tx, memberOrSubjectId);
  const first = subjects[0];
  if (first === undefined) return null;
  const byAnchor = [...subjects].sort((a, b) => Buffer.compare(a.anchorBi, b.anchorBi));
  const ids = byAnchor.map((s) => s.subjectId);
  const keys = await deps.vault.loadKeys(byAnchor.map((s) => s.keyId));
  const keyOf = new Map<string, DataKey>();
  for (const s of byAnchor) {
    const key = keys.get(s.keyId);
    if (key !== undefined) keyOf.set(s.subjectId, key);
  }
  const told = ids.filter((id) => deps.may("transaction", id));
  return {
    memberId: first.memberId,
    subjects: byAnchor
      .filter((s) => deps.may("identity", s.subjectId))
      .map((s) => ({
        id: s.subjectId,
        anchorKind: s.anchorKind,
        anchorIssuer: s.anchorIssuer,
        anchorClass: s.anchorClass,
      })),
    identifiers: await readIdentifiers(tx, deps, ids, keyOf),
    attributes: await readAttributes(tx, deps, byAnchor, keyOf),
    facts: told.length === 0 ? null : await readFacts(tx, told),
  };
}

async function readAttributes(
  tx: Pick<Tx, "query">,
  deps: ProfileDeps,
  subjects: readonly MemberSubject[],
  keyOf: ReadonlyMap<string, DataKey>,
): Promise<Record<string, ProfileField>> {
  const refOf = new Map(subjects.map((s) => [s.subjectId, s.anchorBi.toString("hex")]));
  const idOf = new Map(subjects.map((s) => [s.anchorBi.toString("hex"), s.subjectId]));
  const candidates: AttributeCandidate[] = [];
  const categories: Record<string, string> = Object.create(null);
  for (const set of await readAttributeSets(
    tx,
    subjects.map((s) => s.subjectId),
    null,
  )) {
    const key = keyOf.get(set.subjectId);
    if (key === undefined || !deps.may(set.category, set.subjectId)) continue;
    const hidden = (field: string) => set.category === "contact" && deps.mayReach?.(field) === false;
    const place = {
      table: "attribute_set",
      column: "cell",
      recordId: `${set.subjectId}/${set.setMac.toString("hex")}`,
      category: set.category,
    };
    const stored = JSON.parse(deps.vault.open(key, place, set.cell).toString("utf8")) as StoredSet;
    const sourceKind = deps.sources.get(set.sourceId)?.kind;
    const basis = deps.basisOf?.(set.category, set.subjectId) ?? null;
    const common = {
      sourceId: set.sourceId,
      ...(basis === null ? {} : { basis }),
      ...(sourceKind === undefined ? {} : { sourceKind }),
      eventId: set.lastEvent,
      firstObserved: set.firstAt,
      lastObserved: set.lastAt,
      subject: refOf.get(set.subjectId) as string,
    };
    for (const [field, value] of Object.entries(stored.values)) {
      if (hidden(field)) continue;
      categories[field] = categoryOfTrait(field);
      candidates.push({
        ...common,
        field,
        value,
        valueHash: valueHash(value),
        verified: stored.verified.includes(field),
        unset: false,
      });
    }
    for (const field of stored.unset) {
      if (hidden(field)) continue;
      categories[field] = categoryOfTrait(field);
      candidates.push({
        ...common,
        field,
        value: null,
        valueHash: valueHash(null),
        verified: false,
        unset: true,
      });
    }
  }
  const folded = foldProfile({ candidates, priorities: deps.priorities, categories });
  // The fold names subjects by their anchors, which do not depend on minted ids; people read ids.
  for (const field of Object.values(folded)) {
    for (const line of [...field.candidates.flatMap((c) => c.lineage), ...field.unsets]) {
      (line as { subject: string }).subject = idOf.get(line.subject) ?? line.subject;
    }
  }
  return folded;
}

/** Facts of a member: the sum over its subjects, with orders that several of them know folded together. */
export async function readFacts(tx: Pick<Tx, "query">, subjectIds: readonly string[]): Promise<ProfileFacts> {
  return foldFacts(await readAggregates(tx, subjectIds), await readSharedOrders(tx, subjectIds));
}

/** The same over rows that were read before. */
export function foldFacts(
  aggregates: readonly SubjectAggregate[],
  sharedOrders: readonly OrderRow[],
): ProfileFacts {
  let total = combine(aggregates);
  const shared = new Map<string, Parameters<typeof foldOrder>[0][]>();
  for (const order of sharedOrders) {
    const parts = shared.get(order.orderKey);
    if (parts === undefined) shared.set(order.orderKey, [order.facts]);
    else parts.push(order.facts);
  }
  for (const parts of shared.values()) {
    for (const facts of parts) total = applyOrderChange(total, foldOrder(facts), null);
    total = applyOrderChange(total, null, foldOrder(parts.flat()));
  }
  return factsOf(total);
}

function factsOf(total: SubjectAggregate): ProfileFacts {
  return {
    orders: total.orders,
    returns: total.returns,
    spend: Object.keys(total.spend)
      .sort()
      .map((currency) => ({ amount: total.spend[currency] as number, currency })),
    firstSeen: total.firstSeen,
    lastSeen: total.lastSeen,
    ...purchaseSpan(total),
    favouriteStore: favouriteStore(total),
    favouriteCategory: favouriteCategory(total),
    stores: sorted(total.stores),
    categories: sorted(total.categories),
    channels: sorted(total.channels),
    eventCounts: sorted(total.eventCounts),
  };
}

function sorted(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}
