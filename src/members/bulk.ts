import type { ConsentMember } from "../../consent/index.ts";
import type { Tx } from "../db/index.ts";
import { categoryOfTrait, TRAITS } from "../events/index.ts";
import type { SubjectAggregate } from "./aggregates.ts";
import {
  type BulkEvidence,
  readBulkAggregates,
  readBulkAttributes,
  readBulkEvidence,
  type SealedSet,
} from "./bulk.store.ts";
import { type OrderRow, readSharedOrders } from "./orders.store.ts";
import type { BulkSubject } from "./packed-subjects.ts";

/** A member as reads over many members meet it. */
export interface BulkMember extends ConsentMember {
  readonly subjects: readonly BulkSubject[];
}

/** Gathers rows that come member by member. */
export function groupMembers(rows: readonly BulkSubject[]): BulkMember[] {
  const members: { memberId: string; subjects: BulkSubject[] }[] = [];
  for (const row of rows) {
    const last = members.at(-1);
    if (last?.memberId === row.memberId) last.subjects.push(row);
    else members.push({ memberId: row.memberId, subjects: [row] });
  }
  return members;
}

const STANDARD_TRAITS: readonly string[] = Object.keys(
  (TRAITS as unknown as { readonly properties: object }).properties,
).sort();

/** The standard traits of some categories, in a fixed order: the columns of a table of members. */
export function traitsOf(categories: readonly string[]): string[] {
  return STANDARD_TRAITS.filter((name) => categories.includes(categoryOfTrait(name)));
}

/** What may be opened: for each subject its categories. A subject that is absent is not touched. */
export type OpenPlan = ReadonlyMap<string, ReadonlySet<string>>;

/** Sealed rows of many members, read in one snapshot; nothing of it is open yet. */
export interface SealedPage {
  readonly attributes: ReadonlyMap<string, readonly SealedSet[]>;
  readonly evidence: ReadonlyMap<string, readonly BulkEvidence[]>;
  readonly aggregates: ReadonlyMap<string, SubjectAggregate>;
  /** Orders that several of the page's subjects know something of, by subject. */
  readonly sharedOrders: ReadonlyMap<string, readonly OrderRow[]>;
}

/**
 * Reads what a plan allows with at most four statements, however many members it names. `attributes`: the statements
 * of these members where they were read before.
 */
export async function readSealedPage(
  tx: Pick<Tx, "query">,
  plan: OpenPlan,
  members: readonly BulkMember[],
  options: { readonly identifiers: boolean; readonly attributes?: SealedPage["attributes"] | undefined },
): Promise<SealedPage> {
  const subjects = [...plan.keys()];
  const wanted = new Set<string>();
  for (const allowed of plan.values()) for (const category of allowed) wanted.add(category);
  const categories = [...wanted];
  const withFacts = subjects.filter((id) => plan.get(id)?.has("transaction"));
  const several = members
    .filter((m) => m.subjects.length > 1)
    .flatMap((m) => m.subjects.map((s) => s.subjectId))
    .filter((id) => plan.get(id)?.has("transaction"));
  const bySubject = <T extends { readonly subjectId: string }>(rows: readonly T[]): Map<string, T[]> => {
    const grouped = new Map<string, T[]>();
    for (const row of rows) {
      const known = grouped.get(row.subjectId);
      if (known === undefined) grouped.set(row.subjectId, [row]);
      else known.push(row);
    }
    return grouped;
  };
  return {
    attributes: options.attributes ?? (await readBulkAttributes(tx, subjects, categories)),
    evidence: options.identifiers ? bySubject(await readBulkEvidence(tx, subjects)) : new Map(),
    aggregates: new Map((await readBulkAggregates(tx, withFacts)).map((r) => [r.subjectId, r.aggregate])),
    sharedOrders: bySubject(await readSharedOrders(tx, several)),
  };
}
