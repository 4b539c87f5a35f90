import type { Consent, ConsentRules, Standing } from "../../consent/index.ts";
import { noteDisclosures } from "../../consent/index.ts";
import type { Tx } from "../db/index.ts";
import type { Clock } from "../kernel/clock.ts";
import { uuidFromBytes } from "../kernel/ids.ts";
import {
  type BulkMember,
  type DerivedView,
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
import { hold } from "./feeds.store.ts";
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
  readonly identifiers?: readonly {
    readonly kind: string;
    readonly issuer: string;
    readonly value: string;
  }[];
  readonly basis: Readonly<Record<string, ViewBasis>>;
  readonly withheld: Readonly<Record<string, string>>;
}

/**
 * The id by which a recipient knows a member: a keyed MAC over the member's own, apart for each recipient, and the
 * same for those that have registered a purpose that allows joining.
 */
export function aliasOf(vault: Pick<Vault, "mac">, feed: Feed, memberId: string): string {
  const space = feed.recipient.joinPurposes.includes(feed.purposeId)
    ? `join:${feed.purposeId}`
    : `recipient:${feed.recipient.id}`;
  return uuidFromBytes(vault.mac("recipient-member", space, memberId));
}

/** Decides what may be given of some members. */
export async function decideMembers(
  tx: Tx,
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

/**
 * Reads, sealed, what the decisions allow, and registers it as disclosed, in the same transaction: it must be
 * committed before anything of the page leaves.
 */
export async function readDecided(
  tx: Tx,
  deps: PageDeps,
  feed: Feed,
  decided: readonly DecidedMember[],
): Promise<DecidedPage> {
  const visible = decided
    .filter((d) => d.view.visible)
    .map((d): VisibleMember => ({ ...d, alias: aliasOf(deps.vault, feed, d.member.memberId) }));
  const plan = new Map<string, ReadonlySet<string>>();
  for (const { view } of visible) for (const [id, categories] of view.plan) plan.set(id, categories);
  const sealed = await readSealedPage(
    tx,
    plan,
    visible.map((d) => d.member),
    { identifiers: isListed(feed.recipient, "identifiers") },
  );
  const open = isListed(feed.recipient, "derived")
    ? visible.filter(({ member, view }) =>
        member.subjects.every((s) => view.plan.get(s.subjectId)?.has("derived") === true),
      )
    : [];
  const derived: ReadonlyMap<string, DerivedView> =
    (await deps.readDerived?.(
      tx,
      open.map((d) => d.member.memberId),
      feed.purposeId,
    )) ?? new Map();
  const told = new Set(
    open
      .filter((d) => derived.has(d.member.memberId))
      .flatMap((d) => d.member.subjects.map((s) => s.subjectId)),
  );
  const at = deps.clock.now();
  const key = { recipientId: feed.recipient.id, purposeId: feed.purposeId };
  await hold(
    tx,
    key,
    visible.map(({ member, alias }) => ({ memberId: member.memberId, alias })),
    at,
  );
  await noteDisclosures(
    tx,
    [...plan].map(([subjectId, allowed]) => ({
      subjectId,
      readerKind: "recipient",
      readerId: feed.recipient.id,
      purposeId: feed.purposeId,
      categories: [
        ...givenOf(sealed, feed, subjectId, allowed),
        ...(told.has(subjectId) ? ["derived"] : []),
      ].sort(),
    })),
    at,
  );
  return { members: visible, sealed, derived };
}

/** The categories of which something is really there to be given of a subject. */
function givenOf(sealed: SealedPage, feed: Feed, subjectId: string, allowed: ReadonlySet<string>): string[] {
  const given = new Set<string>();
  for (const set of sealed.attributes.get(subjectId) ?? [])
    if (allowed.has(set.category)) given.add(set.category);
  if (sealed.aggregates.has(subjectId) && isListed(feed.recipient, "facts")) given.add("transaction");
  if (sealed.evidence.has(subjectId))
    for (const category of ["identity", "contact"]) if (allowed.has(category)) given.add(category);
  return [...given].sort();
}

/** An opened member, beside the id that only we know. */
export interface OpenedMember {
  readonly memberId: string;
  readonly line: ProfileLine;
}

/** Opens the members of a page, after its registration was committed. A member whose keys are gone is left out. */
export async function openPage(deps: PageDeps, feed: Feed, page: DecidedPage): Promise<OpenedMember[]> {
  const ids = page.members.flatMap(({ member, view }) =>
    member.subjects.filter((s) => view.plan.has(s.subjectId)).map((s) => s.keyId),
  );
  const keys = await deps.vault.loadKeys(ids);
  return page.members.flatMap((visible) => {
    const line = openLine(deps, feed, keys, visible, page);
    return line === null ? [] : [{ memberId: visible.member.memberId, line }];
  });
}

function openLine(
  deps: PageDeps,
  feed: Feed,
  keys: ReadonlyMap<string, DataKey>,
  { member, view, alias }: VisibleMember,
  { sealed, derived: worked }: DecidedPage,
): ProfileLine | null {
  if (!member.subjects.some((s) => view.plan.has(s.subjectId) && keys.has(s.keyId))) return null;
  const opened = openFields(deps, keys, member, view.plan, sealed, (subjectId, field, category) =>
    mayShow(feed, view, subjectId, field, category),
  );
  const fields: Record<string, unknown> = Object.create(null);
  for (const name of [...opened.keys()].sort()) fields[name] = opened.get(name)?.value;
  const derived = worked.get(member.memberId);
  const facts = isListed(feed.recipient, "facts") ? openFacts(member, view.plan, sealed) : null;
  return {
    member: alias,
    ...(view.channels === null ? {} : { channels: view.channels }),
    fields,
    ...(facts === null ? {} : { facts }),
    ...(derived === undefined ? {} : { derived }),
    ...(isListed(feed.recipient, "identifiers")
      ? {
          identifiers: openIdentifiers(deps, keys, member, sealed, (subjectId, kind) =>
            mayShowIdentifier(view, subjectId, kind),
          ),
        }
      : {}),
    basis: view.basis,
    withheld: view.withheld,
  };
}
