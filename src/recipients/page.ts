import type { Consent, ConsentRules, Standing } from "../../consent/index.ts";
import { disclosuresWrite } from "../../consent/index.ts";
import { atOnce, type Sql, type Tx } from "../db/index.ts";
import type { Clock } from "../kernel/clock.ts";
import { uuidFromBytes } from "../kernel/ids.ts";
import {
  type BulkIdentifier,
  type BulkMember,
  type DerivedView,
  type FieldsAsked,
  type MayField,
  mayShowDerived,
  type OpenDeps,
  openFacts,
  openFields,
  openIdentifiers,
  type ProfileFacts,
  type ReadDerived,
  readSealedPage,
  type SealedPage,
} from "../members/index.ts";
import type { DataKey, Vault } from "../vault/index.ts";
import { holdWrite } from "./feeds.store.ts";
import {
  decideView,
  type Feed,
  isListed,
  type MemberView,
  mayShow,
  mayShowIdentifier,
  type ViewBasis,
} from "./view.ts";

export interface PageDeps extends OpenDeps {
  /** Loyalty and segments, where those rooms are there. */
  readonly readDerived?: ReadDerived;
  readonly consent: Pick<Consent, "standings">;
  readonly clock: Clock;
}

/** A member of a page, decided and read but not opened. */
export interface DecidedMember {
  readonly member: BulkMember;
  readonly view: MemberView;
}

/** A member that may be seen, with the id by which the recipient knows it. */
export interface VisibleMember extends DecidedMember {
  readonly alias: string;
}

/** What was read of some members in one snapshot, with what may be opened of it. */
export interface DecidedPage {
  readonly members: readonly VisibleMember[];
  readonly sealed: SealedPage;
  /** What was worked out of those members of whose every subject it may be given. */
  readonly derived: ReadonlyMap<string, DerivedView>;
}

/** A member as a recipient is given it; the whole of it, in place of what was given before. */
export interface ProfileLine {
  readonly member: string;
  readonly channels?: readonly string[];
  readonly fields: Readonly<Record<string, unknown>>;
  readonly facts?: ProfileFacts;
  readonly derived?: DerivedView;
  readonly identifiers?: readonly BulkIdentifier[];
  readonly basis: Readonly<Record<string, ViewBasis>>;
  readonly withheld: Readonly<Record<string, string>>;
}

/**
 * The id by which a recipient knows a member: a keyed MAC over the member's own, apart for each recipient, and the
 * same for those that have registered a purpose that allows joining.
 */
export function aliasOf(vault: Pick<Vault, "mac">, feed: Feed, memberId: string): string {
  return aliasesOf(vault, feed)(memberId);
}

/** The same for many members of one feed. */
function aliasesOf(vault: Pick<Vault, "mac">, feed: Feed): (memberId: string) => string {
  const space = feed.recipient.joinPurposes.includes(feed.purposeId)
    ? `join:${feed.purposeId}`
    : `recipient:${feed.recipient.id}`;
  const known = aliasesIn(vault, space);
  return (memberId) => {
    let alias = known.get(memberId);
    if (alias === undefined) {
      if (known.size >= MOST_ALIASES) known.clear();
      alias = uuidFromBytes(vault.mac("recipient-member", space, memberId));
      known.set(memberId, alias);
    }
    return alias;
  };
}

/** Aliases never change, and the MAC of one costs as much as deciding about its member: the last ones are kept. */
const ALIASES = new WeakMap<Pick<Vault, "mac">, Map<string, Map<string, string>>>();
const MOST_ALIASES = 50_000;
const MOST_SPACES = 20;

function aliasesIn(vault: Pick<Vault, "mac">, space: string): Map<string, string> {
  let spaces = ALIASES.get(vault);
  if (spaces === undefined) {
    spaces = new Map();
    ALIASES.set(vault, spaces);
  }
  let known = spaces.get(space);
  if (known === undefined) {
    if (spaces.size >= MOST_SPACES) spaces.clear();
    known = new Map();
    spaces.set(space, known);
  }
  return known;
}

/** Decides what may be given of some members. */
export async function decideMembers(
  tx: Pick<Tx, "query">,
  deps: Pick<PageDeps, "consent">,
  rules: ConsentRules,
  feed: Feed,
  members: readonly BulkMember[],
): Promise<DecidedMember[]> {
  if (members.length === 0) return [];
  const standings = await deps.consent.standings(tx, members);
  return members.map((member) => ({
    member,
    view: decideView(rules, feed, standings.get(member.memberId) as Standing),
  }));
}

/** What is written with a page of those who may be seen, as of an audit entry. */
export type Alongside = (visible: readonly VisibleMember[]) => readonly Sql[];

/**
 * Reads, sealed, what the decisions allow, and registers it as disclosed, in the same transaction: it must be
 * committed before anything of the page leaves.
 */
export async function readDecided(
  tx: Tx,
  deps: PageDeps,
  feed: Feed,
  decided: readonly DecidedMember[],
  alongside: Alongside = () => [],
): Promise<DecidedPage> {
  const { page, writes } = await readAllowed(tx, deps, feed, decided, { alongside });
  await atOnce(tx, writes);
  return page;
}

/**
 * Reads, sealed, what the decisions allow, and answers with it the writes that register it as disclosed. `attributes`:
 * the statements of these members where they were read with them.
 */
export async function readAllowed(
  tx: Pick<Tx, "query">,
  deps: PageDeps,
  feed: Feed,
  decided: readonly DecidedMember[],
  options: { readonly alongside: Alongside; readonly attributes?: SealedPage["attributes"] },
): Promise<{ readonly page: DecidedPage; readonly writes: readonly (Sql | null)[] }> {
  const { recipient, purposeId } = feed;
  const visible: VisibleMember[] = [];
  const plan = new Map<string, ReadonlySet<string>>();
  const alias = aliasesOf(deps.vault, feed);
  for (const { member, view } of decided) {
    if (!view.visible) continue;
    visible.push({ member, view, alias: alias(member.memberId) });
    for (const [id, categories] of view.plan) plan.set(id, categories);
  }
  const sealed = await readSealedPage(
    tx,
    plan,
    visible.map((d) => d.member),
    { identifiers: isListed(recipient, "identifiers"), attributes: options.attributes },
  );
  const { derived, told } = await readWorkedOut(tx, deps, feed, visible);
  const at = deps.clock.now();
  const facts = isListed(recipient, "facts");
  const disclosed: { subjectId: string; categories: string[] }[] = [];
  for (const [subjectId, allowed] of plan) {
    const categories = givenOf(sealed, facts, subjectId, allowed);
    if (told.has(subjectId)) categories.push("derived");
    disclosed.push({ subjectId, categories });
  }
  const writes = [
    holdWrite(
      { recipientId: recipient.id, purposeId },
      visible.map(({ member, alias }) => ({ memberId: member.memberId, alias })),
      at,
    ),
    disclosuresWrite({ kind: "recipient", id: recipient.id, purposeId }, disclosed, at),
    ...options.alongside(visible),
  ];
  return { page: { members: visible, sealed, derived }, writes };
}

/** What was worked out of members of whom it may be given, and the subjects it tells of. */
async function readWorkedOut(
  tx: Pick<Tx, "query">,
  deps: PageDeps,
  feed: Feed,
  visible: readonly VisibleMember[],
): Promise<{ derived: ReadonlyMap<string, DerivedView>; told: ReadonlySet<string> }> {
  const mayDerive = (view: VisibleMember["view"], id: string) => view.plan.get(id)?.has("derived") === true;
  // No plan has a category that the registration does not have.
  const isAsked = feed.recipient.categories.includes("derived") && isListed(feed.recipient, "derived");
  const open = isAsked
    ? visible.filter(({ member, view }) =>
        mayShowDerived(feed.purposeId, member.subjects, (id) => mayDerive(view, id)),
      )
    : [];
  if (open.length === 0 || deps.readDerived === undefined) return { derived: new Map(), told: new Set() };
  const derived = await deps.readDerived(
    tx,
    open.map((d) => d.member.memberId),
    feed.purposeId,
  );
  const told = open
    .filter((d) => derived.has(d.member.memberId))
    .flatMap(({ member, view }) =>
      member.subjects.map((s) => s.subjectId).filter((id) => mayDerive(view, id)),
    );
  return { derived, told: new Set(told) };
}

/** The categories of which something is really there to be given of a subject. */
function givenOf(
  sealed: SealedPage,
  facts: boolean,
  subjectId: string,
  allowed: ReadonlySet<string>,
): string[] {
  const given: string[] = [];
  for (const { category } of sealed.attributes.get(subjectId) ?? NOTHING)
    addAllowed(given, allowed, category);
  if (facts && sealed.aggregates.has(subjectId)) addAllowed(given, allowed, "transaction");
  if (sealed.evidence.has(subjectId))
    for (const category of IDENTIFYING) addAllowed(given, allowed, category);
  return given;
}

const NOTHING: readonly { readonly category: string }[] = [];

function addAllowed(given: string[], allowed: ReadonlySet<string>, category: string): void {
  if (allowed.has(category) && !given.includes(category)) given.push(category);
}

const IDENTIFYING = ["identity", "contact"] as const;

/** An opened member, beside the id that only we know. */
export interface OpenedMember {
  readonly memberId: string;
  readonly line: ProfileLine;
}

/** The keys of what may be opened of a page; those of subjects that are gone are absent. */
export function loadKeysOf(
  { vault }: Pick<PageDeps, "vault">,
  page: DecidedPage,
): Promise<ReadonlyMap<string, DataKey>> {
  const ids: string[] = [];
  for (const { member, view } of page.members) {
    const isWhole = isPlannedWhole(member, view);
    for (const { subjectId, keyId } of member.subjects)
      if (isWhole || view.plan.has(subjectId)) ids.push(keyId);
  }
  return vault.loadKeys(ids);
}

/** A page whose cells are open. What is built for a line is built when the line is asked for. */
export interface OpenedPage {
  /** Those who are given. */
  readonly members: readonly VisibleMember[];
  /** The line of the member at a place of that list. */
  line(index: number): ProfileLine;
}

/** Opens the members of a page, after its registration was committed. A member whose keys are gone is left out. */
export async function openPage(
  deps: PageDeps,
  feed: Feed,
  page: DecidedPage,
  given?: ReadonlyMap<string, DataKey>,
): Promise<OpenedMember[]> {
  const opened = await openPageForLines(deps, feed, page, given);
  return opened.members.map(({ member }, i) => ({ memberId: member.memberId, line: opened.line(i) }));
}

/** The same for a reader of thousands of lines, who wants one after the other. */
export async function openPageForLines(
  deps: PageDeps,
  feed: Feed,
  page: DecidedPage,
  given?: ReadonlyMap<string, DataKey>,
): Promise<OpenedPage> {
  const keys = given ?? (await loadKeysOf(deps, page));
  const members = page.members.filter((visible) => isKeyThere(visible, keys));
  const askedAt = (index: number): FieldsAsked => {
    const { member, view } = members[index] as VisibleMember;
    return { member, plan: view.plan };
  };
  const mayField: MayField = (index, subjectId, field, category) =>
    mayShow(feed, (members[index] as VisibleMember).view, subjectId, field, category);
  // Keys are there now; while the lines are written one of them may be destroyed.
  const identifiers = isListed(feed.recipient, "identifiers")
    ? members.map(({ member, view }) =>
        openIdentifiers(deps, keys, member, page.sealed, (subjectId, kind) =>
          mayShowIdentifier(view, subjectId, kind),
        ),
      )
    : null;
  const fieldsOf = await openFields(deps, keys, members.length, askedAt, mayField, page.sealed);
  return {
    members,
    line: (index) =>
      lineOf(feed, members[index] as VisibleMember, page, {
        fields: fieldsOf(index),
        ...(identifiers === null ? {} : { identifiers: identifiers[index] as readonly BulkIdentifier[] }),
      }),
  };
}

function isKeyThere({ member, view }: VisibleMember, keys: ReadonlyMap<string, DataKey>): boolean {
  const isWhole = isPlannedWhole(member, view);
  for (const { subjectId, keyId } of member.subjects)
    if (keys.has(keyId) && (isWhole || view.plan.has(subjectId))) return true;
  return false;
}

/** Whether something of each of the member's subjects may be opened: a plan names no others, so their number tells. */
function isPlannedWhole(member: BulkMember, view: MemberView): boolean {
  return view.plan.size === member.subjects.length;
}

function lineOf(
  feed: Feed,
  { member, view, alias }: VisibleMember,
  { sealed, derived: worked }: DecidedPage,
  opened: Pick<ProfileLine, "fields" | "identifiers">,
): ProfileLine {
  const derived = worked.get(member.memberId);
  const facts = isListed(feed.recipient, "facts") ? openFacts(member, view.plan, sealed) : null;
  return {
    member: alias,
    ...(view.channels === null ? {} : { channels: view.channels }),
    fields: opened.fields,
    ...(facts === null ? {} : { facts }),
    ...(derived === undefined ? {} : { derived }),
    ...(opened.identifiers === undefined ? {} : { identifiers: opened.identifiers }),
    basis: view.basis,
    withheld: view.withheld,
  };
}
