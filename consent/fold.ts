import { type ConsentRecord, effectiveTime } from "./ledger.ts";
import type { ContactChannel } from "./vocabulary.ts";

/** An entry that is the newest of its kind for one exact scope. `at`: its effective time in milliseconds. */
export interface Slot {
  readonly entry: ConsentRecord;
  readonly at: number;
}

/** Newest entries by purpose id; several per purpose when they differ in channel, recipient, regime or aspect. */
export type SlotTable = ReadonlyMap<string, readonly Slot[]>;

/** What counts for one strongly joined group of a member's subjects. */
export interface GroupState {
  readonly subjects: readonly string[];
  /** Grants of these subjects only. */
  readonly grants: SlotTable;
  /** Requests and grants that wait for a confirmation; these subjects only. */
  readonly pending: SlotTable;
  readonly liftedObjections: SlotTable;
  readonly liftedRestrictions: SlotTable;
  /** Newest TC string by device; these subjects only. */
  readonly tcf: ReadonlyMap<string, Slot>;
  /** Newest loyalty prompt by programme; these subjects only. */
  readonly prompts: ReadonlyMap<string, Slot>;
}

/** A member's ledger, folded as of one moment. */
export interface LedgerState {
  readonly at: Date;
  readonly groups: readonly GroupState[];
  /** Refusals of every subject: they cross every merge. */
  readonly denials: SlotTable;
  readonly objections: SlotTable;
  readonly restrictions: SlotTable;
  /** Channels on which no account of the member can be reached any more. */
  readonly closedChannels: ReadonlyMap<ContactChannel, Slot>;
  /** The first and the newest GPC signal of any subject. */
  readonly firstGpc: Slot | null;
  readonly newestGpc: Slot | null;
}

/** How two subjects of one member are joined: by evidence of a class, or confirmed by the person or by staff. */
export interface SubjectBond {
  readonly a: string;
  readonly b: string;
  /** Class of the evidence (1 strongest, 5 weakest). */
  readonly evidenceClass: 1 | 2 | 3 | 4 | 5;
  readonly confirmed: boolean;
}

/**
 * Splits a member's subjects into groups inside which grants are shared: those joined by class 1 or 2 evidence or
 * confirmed. A grant does not cross a join that rests on e-mails, phones or weaker traces alone. Groups and their
 * subjects come in ascending order.
 */
export function strongGroups(subjects: readonly string[], bonds: readonly SubjectBond[]): string[][] {
  const parent = new Map(subjects.map((id) => [id, id]));
  const find = (id: string): string => {
    let root = id;
    for (let up = parent.get(root); up !== undefined && up !== root; up = parent.get(root)) root = up;
    parent.set(id, root);
    return root;
  };
  for (const bond of bonds) {
    if (!bond.confirmed && bond.evidenceClass > 2) continue;
    if (!parent.has(bond.a) || !parent.has(bond.b)) continue;
    const [low, high] = [find(bond.a), find(bond.b)].sort() as [string, string];
    parent.set(high, low);
  }
  const groups = new Map<string, string[]>();
  for (const id of [...subjects].sort()) {
    const root = find(id);
    const group = groups.get(root);
    if (group === undefined) groups.set(root, [id]);
    else if (group.at(-1) !== id) group.push(id);
  }
  return [...groups.values()].sort((x, y) => ((x[0] as string) < (y[0] as string) ? -1 : 1));
}

/** Folds the entries of subjects that are all the same person for certain: one group. */
export function foldLedger(entries: readonly ConsentRecord[], at: Date): LedgerState {
  return foldMember(entries, [[...new Set(entries.map((e) => e.subjectId))].sort()], at);
}

/**
 * Folds a member's entries as of `at`: entries that the server wrote later do not exist yet. The result is a
 * function of the *set* of entries: order of arrival, of rows and of merges never matters. For each scope the
 * entry with the newest effective time counts; equal times are settled against the grant by the reader of the
 * state. Throws RangeError for an entry of a subject that is in no group.
 */
export function foldMember(
  entries: readonly ConsentRecord[],
  groups: readonly (readonly string[])[],
  at: Date,
): LedgerState {
  const now = at.getTime();
  const built = groups.map(emptyGroup);
  const groupOf = new Map<string, MutableGroup>();
  for (const group of built) for (const id of group.subjects) groupOf.set(id, group);

  const ended = endedByReference(entries, now);
  const denials: MutableTable = new Map();
  const objections: MutableTable = new Map();
  const restrictions: MutableTable = new Map();
  const reach = new Map<string, Slot>();
  let firstGpc: Slot | null = null;
  let newestGpc: Slot | null = null;

  for (const entry of entries) {
    if (entry.recordedAt.getTime() > now) continue;
    const group = groupOf.get(entry.subjectId);
    if (group === undefined) throw new RangeError("a ledger entry belongs to none of the member's subjects");
    const slot: Slot = { entry, at: effectiveTime(entry) };
    switch (entry.state) {
      case "given":
      case "renewed": {
        const end = ended.get(entry.id);
        // An ended grant denies from the moment it would have counted: nothing older comes back to life.
        if (end !== undefined)
          keepNewest(denials, { entry: { ...entry, state: end.state }, at: slot.at }, false);
        else if (entry.proof.doubleOptIn === "pending") keepNewest(group.pending, slot, true);
        else keepNewest(group.grants, slot, true);
        break;
      }
      case "requested":
        keepNewest(group.pending, slot, true);
        break;
      case "expired":
      case "invalidated":
        if (entry.refersTo === null || !ended.has(entry.refersTo)) keepNewest(denials, slot, false);
        break;
      case "refused":
      case "withdrawn":
        keepNewest(denials, slot, false);
        break;
      case "objected":
        keepNewest(objections, slot, false);
        break;
      case "objection-lifted":
        keepNewest(group.liftedObjections, slot, false);
        break;
      case "restricted":
        keepNewest(restrictions, slot, false);
        break;
      case "restriction-lifted":
        keepNewest(group.liftedRestrictions, slot, false);
        break;
      case "channel-closed":
      case "channel-opened":
        keepReach(reach, `${entry.channel} ${accountOf(entry)}`, slot);
        break;
      case "signalled":
        if (entry.signal?.kind === "gpc") {
          if (firstGpc === null || isNewer(firstGpc, slot)) firstGpc = slot;
          if (newestGpc === null || isNewer(slot, newestGpc)) newestGpc = slot;
        } else if (entry.signal?.kind === "tcf") keepNewestIn(group.tcf, entry.signal.device, slot);
        break;
      case "prompted":
        if (entry.prompt !== null) keepNewestIn(group.prompts, entry.prompt.programme, slot);
        break;
    }
  }
  return {
    at,
    groups: built.map(withoutEmpty),
    denials: orNone(denials),
    objections: orNone(objections),
    restrictions: orNone(restrictions),
    closedChannels: closedAmong(reach),
    firstGpc,
    newestGpc,
  };
}

type MutableTable = Map<string, Slot[]>;
interface MutableGroup extends GroupState {
  readonly grants: MutableTable;
  readonly pending: MutableTable;
  readonly liftedObjections: MutableTable;
  readonly liftedRestrictions: MutableTable;
  readonly tcf: Map<string, Slot>;
  readonly prompts: Map<string, Slot>;
}

function emptyGroup(subjects: readonly string[]): MutableGroup {
  return {
    subjects,
    grants: new Map(),
    pending: new Map(),
    liftedObjections: new Map(),
    liftedRestrictions: new Map(),
    tcf: new Map(),
    prompts: new Map(),
  };
}

const NO_SLOTS: SlotTable = new Map();
const NO_SLOT: ReadonlyMap<string, Slot> = new Map();
const NO_CHANNEL: ReadonlyMap<ContactChannel, Slot> = new Map();

/** Folded members are kept in tens of thousands, and most of their tables are empty: those share one. */
function orNone(table: SlotTable): SlotTable {
  return table.size === 0 ? NO_SLOTS : table;
}

function withoutEmpty(group: GroupState): GroupState {
  return {
    subjects: group.subjects,
    grants: orNone(group.grants),
    pending: orNone(group.pending),
    liftedObjections: orNone(group.liftedObjections),
    liftedRestrictions: orNone(group.liftedRestrictions),
    tcf: group.tcf.size === 0 ? NO_SLOT : group.tcf,
    prompts: group.prompts.size === 0 ? NO_SLOT : group.prompts,
  };
}

/** Grants that an expiry or invalidation names, with the entry that ends them (the newest, for its state). */
function endedByReference(
  entries: readonly ConsentRecord[],
  now: number,
): ReadonlyMap<string, ConsentRecord> {
  const references = entries.filter(
    (e) =>
      (e.state === "expired" || e.state === "invalidated") &&
      e.refersTo !== null &&
      e.recordedAt.getTime() <= now,
  );
  if (references.length === 0) return NOTHING_ENDED;
  const grants = new Set<string>();
  for (const e of entries) {
    if ((e.state === "given" || e.state === "renewed") && e.recordedAt.getTime() <= now) grants.add(e.id);
  }
  const ended = new Map<string, ConsentRecord>();
  for (const reference of references) {
    const target = reference.refersTo as string;
    if (!grants.has(target)) continue;
    const known = ended.get(target);
    // An invalidation says more than an expiry; otherwise the smaller id, so that order cannot matter.
    const wins =
      known === undefined ||
      (known.state === "expired" && reference.state === "invalidated") ||
      (known.state === reference.state && reference.id < known.id);
    if (wins) ended.set(target, reference);
  }
  return ended;
}

const NOTHING_ENDED: ReadonlyMap<string, ConsentRecord> = new Map();

/** Whether slot `a` stands after slot `b`: effective time, then the server's time, then id. */
export function isNewer(a: Slot, b: Slot): boolean {
  if (a.at !== b.at) return a.at > b.at;
  const [ra, rb] = [a.entry.recordedAt.getTime(), b.entry.recordedAt.getTime()];
  if (ra !== rb) return ra > rb;
  return a.entry.id > b.entry.id;
}

function keepNewestIn(table: Map<string, Slot>, key: string, slot: Slot): void {
  const known = table.get(key);
  if (known === undefined || isNewer(slot, known)) table.set(key, slot);
}

/** Whose reach an entry speaks of: the account's, which may be known as several subjects; without one the subject's. */
function accountOf({ signal, subjectId }: ConsentRecord): string {
  return signal?.kind === "account" ? signal.account : subjectId;
}

/** As `keepNewestIn`; of a closing and an opening at one moment the closing counts, as every no does. */
function keepReach(reach: Map<string, Slot>, key: string, slot: Slot): void {
  const known = reach.get(key);
  const isTie =
    known !== undefined &&
    known.at === slot.at &&
    known.entry.recordedAt.getTime() === slot.entry.recordedAt.getTime() &&
    known.entry.state !== slot.entry.state;
  if (!isTie) keepNewestIn(reach, key, slot);
  else if (slot.entry.state === "channel-closed") reach.set(key, slot);
}

/** Keeps the newest slot per exact scope. Grants are kept apart by regime; refusals hold under every regime. */
function keepNewest(table: MutableTable, slot: Slot, byRegime: boolean): void {
  const { purposeId, channel, recipientId, separateConsent, regime } = slot.entry;
  const slots = table.get(purposeId);
  if (slots === undefined) {
    table.set(purposeId, [slot]);
    return;
  }
  for (let i = 0; i < slots.length; i++) {
    const known = slots[i] as Slot;
    const e = known.entry;
    if (
      e.channel === channel &&
      e.recipientId === recipientId &&
      e.separateConsent === separateConsent &&
      (!byRegime || e.regime === regime)
    ) {
      if (isNewer(slot, known)) slots[i] = slot;
      return;
    }
  }
  slots.push(slot);
}

/**
 * A channel is closed when an account on it has closed and no other account of the member is open. What was opened
 * without naming an account, as follows were written down at first, may be the very one that closed since.
 */
function closedAmong(reach: ReadonlyMap<string, Slot>): ReadonlyMap<ContactChannel, Slot> {
  if (reach.size === 0) return NO_CHANNEL;
  const closed = new Map<ContactChannel, Slot>();
  for (const slot of reach.values()) {
    const { channel, state } = slot.entry;
    if (channel === null || state === "channel-opened") continue;
    const known = closed.get(channel);
    if (known === undefined || isNewer(slot, known)) closed.set(channel, slot);
  }
  for (const slot of reach.values()) {
    const { channel, state, signal } = slot.entry;
    if (channel === null || state !== "channel-opened") continue;
    const closing = closed.get(channel);
    const mayBeThatOne = signal?.kind !== "account" && closing?.entry.signal?.kind === "account";
    if (closing !== undefined && !(mayBeThatOne && isNewer(closing, slot))) closed.delete(channel);
  }
  return closed;
}
