import { createHash } from "node:crypto";
import { categoryOfTrait } from "../events/index.ts";
import { canonicalJson } from "../kernel/canonical-json.ts";
import { compareText, sortFew } from "../kernel/sort-few.ts";
import type { DataKey, Vault } from "../vault/index.ts";
import type { SealedSet } from "./bulk.store.ts";
import type { BulkMember, OpenPlan, SealedPage } from "./bulk.ts";
import { type AttributeCandidate, foldProfile, type SourcePriorities } from "./profile.ts";
import { foldFacts, type ProfileFacts } from "./read-profile.ts";

export interface BulkField {
  readonly category: string;
  readonly value: unknown;
}

export interface BulkIdentifier {
  readonly kind: string;
  readonly issuer: string;
  readonly value: string;
}

export interface OpenDeps {
  readonly vault: Vault;
  readonly sourceKinds: ReadonlyMap<string, string>;
  readonly priorities: SourcePriorities;
}

interface StoredSet {
  readonly values: Readonly<Record<string, unknown>>;
  readonly unset: readonly string[];
  readonly verified: readonly string[];
}

/** A statement that has been opened. */
export interface OpenedSet {
  readonly set: SealedSet;
  readonly stored: StoredSet;
}

/** Opened statements, by subject. */
export type OpenedSets = ReadonlyMap<string, readonly OpenedSet[]>;

/** Statements that may be opened, and beside each the key that opens it. */
interface Planned {
  readonly sets: SealedSet[];
  readonly keys: DataKey[];
}

/** Adds the statements of a member that the plan allows. */
function collectSets(
  keys: ReadonlyMap<string, DataKey>,
  member: BulkMember,
  plan: OpenPlan,
  page: SealedPage,
  planned: Planned,
): void {
  for (const { subjectId, keyId } of member.subjects) {
    const allowed = plan.get(subjectId);
    const key = keys.get(keyId);
    const stated = page.attributes.get(subjectId);
    if (allowed === undefined || key === undefined || stated === undefined) continue;
    for (const set of stated) {
      if (!allowed.has(set.category)) continue;
      planned.sets.push(set);
      planned.keys.push(key);
    }
  }
}

function openPlanned(vault: Pick<Vault, "openMany">, { sets, keys }: Planned): Promise<OpenedTexts> {
  return vault.openMany(sets.length, (index) => {
    const { subjectId, category, setMac, cell } = sets[index] as SealedSet;
    const place = { table: "attribute_set", column: "cell", recordId: `${subjectId}/${setMac}`, category };
    return { key: keys[index] as DataKey, place, cell };
  });
}

/** Plaintexts by the places of their statements. */
type OpenedTexts = (index: number) => string;

/**
 * Opens the statements of some members that the plan allows, all at once. The keys of all planned subjects are in
 * `keys`; a subject without one is gone and left out.
 */
export async function openSets(
  vault: Pick<Vault, "openMany">,
  keys: ReadonlyMap<string, DataKey>,
  members: readonly BulkMember[],
  plan: OpenPlan,
  page: SealedPage,
): Promise<OpenedSets> {
  const planned: Planned = { sets: [], keys: [] };
  for (const member of members) collectSets(keys, member, plan, page, planned);
  return bySubject(planned.sets, await openPlanned(vault, planned), 0, planned.sets.length);
}

/** The statements at places from one to before another. */
function bySubject(sets: readonly SealedSet[], opened: OpenedTexts, from: number, to: number): OpenedSets {
  const found = new Map<string, OpenedSet[]>();
  for (let i = from; i < to; i++) {
    const set = sets[i] as SealedSet;
    const one = { set, stored: storedIn(opened(i)) };
    const known = found.get(set.subjectId);
    if (known === undefined) found.set(set.subjectId, [one]);
    else known.push(one);
  }
  return found;
}

/** What is asked of one member: which statements of its subjects may be opened. */
export interface FieldsAsked {
  readonly member: BulkMember;
  readonly plan: OpenPlan;
}

/** Whether a field of a subject of the member at a place may be shown. */
export type MayField = (index: number, subjectId: string, field: string, category: string) => boolean;

/** A member's fields by name, in the order of the names. */
export type FieldValues = Readonly<Record<string, unknown>>;

/**
 * Opens what is asked of so many members, all at once, and answers the fields of each by its place when it is asked for
 * them, as `openSets` and `foldFields` would one after the other. Most members state each field once, and of them nothing
 * is built but the answer; what is built for one member is gone before the next.
 */
export async function openFields(
  deps: OpenDeps,
  keys: ReadonlyMap<string, DataKey>,
  count: number,
  askedAt: (index: number) => FieldsAsked,
  mayField: MayField,
  page: SealedPage,
): Promise<(index: number) => FieldValues> {
  const planned: Planned = { sets: [], keys: [] };
  const ends = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const { member, plan } = askedAt(i);
    collectSets(keys, member, plan, page, planned);
    ends[i] = planned.sets.length;
  }
  const { sets } = planned;
  const opened = await openPlanned(deps.vault, planned);
  return (index) => {
    const from = index === 0 ? 0 : (ends[index - 1] as number);
    const to = ends[index] as number;
    const once = fieldsOnce(index, mayField, sets, opened, from, to);
    if (once !== null) return once;
    const stated = bySubject(sets, opened, from, to);
    return fieldsFolded(deps, askedAt(index).member, stated, (...field) => mayField(index, ...field));
  };
}

function storedIn(opened: string): StoredSet {
  return JSON.parse(opened) as StoredSet;
}

/** The fields of a member that states each of them once; null where one is stated twice or taken back. */
function fieldsOnce(
  index: number,
  mayField: MayField,
  sets: readonly SealedSet[],
  opened: OpenedTexts,
  from: number,
  to: number,
): FieldValues | null {
  const names: string[] = [];
  const values: unknown[] = [];
  for (let i = from; i < to; i++) {
    const { subjectId, category } = sets[i] as SealedSet;
    const stored = storedIn(opened(i));
    if (stored.unset.length > 0) return null;
    for (const name in stored.values) {
      if (!Object.hasOwn(stored.values, name) || !mayField(index, subjectId, name, category)) continue;
      let at = names.length;
      for (; at > 0 && name < (names[at - 1] as string); at--) {
        names[at] = names[at - 1] as string;
        values[at] = values[at - 1];
      }
      if (at > 0 && name === names[at - 1]) return null;
      names[at] = name;
      values[at] = stored.values[name];
    }
  }
  const fields: Record<string, unknown> = {};
  for (let i = 0; i < names.length; i++) put(fields, names[i] as string, values[i]);
  return fields;
}

function fieldsFolded(
  deps: OpenDeps,
  member: BulkMember,
  stated: OpenedSets,
  mayField: (subjectId: string, field: string, category: string) => boolean,
): FieldValues {
  const folded = [...foldFields(deps, member, stated, mayField)];
  const fields: Record<string, unknown> = {};
  for (const [name, { value }] of sortFew(folded, ([a], [b]) => compareText(a, b))) put(fields, name, value);
  return fields;
}

function put(fields: Record<string, unknown>, name: string, value: unknown): void {
  if (value === null || value === undefined) return;
  // A field may be called like the one name that assigning takes for something else.
  if (name !== "__proto__") fields[name] = value;
  else Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true });
}

/** One member's fields of what was opened, exactly those that `mayField` allows, with the winner that `foldProfile` names. */
export function foldFields(
  deps: Pick<OpenDeps, "sourceKinds" | "priorities">,
  member: BulkMember,
  opened: OpenedSets,
  mayField: (subjectId: string, field: string, category: string) => boolean,
): Map<string, BulkField> {
  const statements = new Map<string, OpenedSet[]>();
  for (const { subjectId } of member.subjects) {
    for (const one of opened.get(subjectId) ?? []) {
      const { values, unset } = one.stored;
      for (const field in values) if (Object.hasOwn(values, field)) note(statements, field, one, mayField);
      for (const field of unset) note(statements, field, one, mayField);
    }
  }
  const fields = new Map<string, BulkField>();
  for (const [field, said] of statements) {
    const [only] = said;
    // One statement needs no fold; most fields of most members have one.
    const value =
      said.length === 1 && only !== undefined
        ? Object.hasOwn(only.stored.values, field)
          ? only.stored.values[field]
          : null
        : winnerOf(deps, member, field, said);
    if (value !== null && value !== undefined) fields.set(field, { category: categoryOfTrait(field), value });
  }
  return fields;
}

function note(
  statements: Map<string, OpenedSet[]>,
  field: string,
  one: OpenedSet,
  mayField: (subjectId: string, field: string, category: string) => boolean,
): void {
  if (!mayField(one.set.subjectId, field, one.set.category)) return;
  const known = statements.get(field);
  if (known === undefined) statements.set(field, [one]);
  else known.push(one);
}

function winnerOf(
  deps: Pick<OpenDeps, "sourceKinds" | "priorities">,
  member: BulkMember,
  field: string,
  said: readonly OpenedSet[],
): unknown {
  const anchorOf = new Map(member.subjects.map((s) => [s.subjectId, s.anchorBi.toString("hex")]));
  const candidates: AttributeCandidate[] = [];
  const seen = new Set<object>();
  for (const { set, stored } of said) {
    // A set that both states and unsets a field is met twice.
    if (seen.has(set)) continue;
    seen.add(set);
    const sourceKind = deps.sourceKinds.get(set.sourceId);
    const common = {
      field,
      sourceId: set.sourceId,
      ...(sourceKind === undefined ? {} : { sourceKind }),
      eventId: set.lastEvent,
      firstObserved: set.firstAt,
      lastObserved: set.lastAt,
      subject: anchorOf.get(set.subjectId) as string,
    };
    if (Object.hasOwn(stored.values, field)) {
      const value = stored.values[field];
      const valueHash = createHash("sha256").update(canonicalJson(value), "utf8").digest("hex");
      candidates.push({
        ...common,
        value,
        valueHash,
        verified: stored.verified.includes(field),
        unset: false,
      });
    }
    if (stored.unset.includes(field))
      candidates.push({ ...common, value: null, valueHash: "", verified: false, unset: true });
  }
  const folded = foldProfile({ candidates, priorities: deps.priorities, categories: {} });
  return folded[field]?.value ?? null;
}

/** Opens those of one member's identifiers that `mayShow` allows, by kind, issuer and value. */
export function openIdentifiers(
  deps: Pick<OpenDeps, "vault">,
  keys: ReadonlyMap<string, DataKey>,
  member: BulkMember,
  page: SealedPage,
  mayShow: (subjectId: string, kind: string) => boolean,
): BulkIdentifier[] {
  const found = new Map<string, BulkIdentifier>();
  for (const subject of member.subjects) {
    const key = keys.get(subject.keyId);
    if (key === undefined) continue;
    for (const e of page.evidence.get(subject.subjectId) ?? []) {
      const bi = e.bi.toString("hex");
      const id = `${e.kind}|${bi}`;
      if (found.has(id) || !mayShow(subject.subjectId, e.kind)) continue;
      const place = {
        table: "evidence",
        column: "cell",
        recordId: `${e.subjectId}/${bi}`,
        category: "identity",
      };
      const value = deps.vault.open(key, place, e.cell).toString("utf8");
      found.set(id, { kind: e.kind, issuer: e.issuer, value });
    }
  }
  const text = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return [...found.values()].sort(
    (a, b) => text(a.kind, b.kind) || text(a.issuer, b.issuer) || text(a.value, b.value),
  );
}

/** One member's facts over the planned subjects, with orders that several of them know folded together. */
export function openFacts(member: BulkMember, plan: OpenPlan, page: SealedPage): ProfileFacts | null {
  const subjects = member.subjects.filter((s) => plan.get(s.subjectId)?.has("transaction"));
  if (subjects.length === 0) return null;
  return foldFacts(
    subjects.flatMap((s) => page.aggregates.get(s.subjectId) ?? []),
    subjects.flatMap((s) => page.sharedOrders.get(s.subjectId) ?? []),
  );
}
