import {
  basisUnder,
  type ConsentRules,
  type ContactChannel,
  type Decision,
  decide,
  isOwnBasis,
  type MemberConsent,
  type Purpose,
  type RecipientRef,
  type RuleId,
  reachesBy,
} from "../../consent/index.ts";
import { categoryOfIdentifier } from "../members/index.ts";
import type { RecipientRow } from "./recipients.store.ts";

/** What one recipient reads for one purpose. */
export interface Feed {
  readonly recipient: RecipientRow;
  readonly purposeId: string;
  /** Null when the purpose has left the registry: then nothing may be given for it. */
  readonly purpose: Purpose | null;
  /** Narrows a purpose that is decided channel by channel to one of its channels. */
  readonly channel: ContactChannel | null;
}

/** Why a category is given. */
export interface ViewBasis {
  readonly rule: RuleId;
  readonly basis: string | null;
  readonly record: string | null;
  readonly notice: { readonly id: string; readonly version: number } | null;
}

/** What a recipient may be given of a member at one moment. */
export interface MemberView {
  /** Whether anything at all may be given. */
  readonly visible: boolean;
  /** For each subject the categories that may be opened. */
  readonly plan: ReadonlyMap<string, ReadonlySet<string>>;
  /** For each subject the channels on which its person may be reached; null where channels play no part. */
  readonly channelsOf: ReadonlyMap<string, ReadonlySet<string>> | null;
  /** All of these channels; null likewise. */
  readonly channels: readonly string[] | null;
  readonly basis: Readonly<Record<string, ViewBasis>>;
  /** Category → the rule that withholds it. */
  readonly withheld: Readonly<Record<string, RuleId>>;
}

/** Categories in which a device's own signals play a part, so that each is a question of its own. */
const ASKED_APART: ReadonlySet<string> = new Set(["online", "unclassified"]);

/**
 * Decides what a recipient may be given of a member: category by category, strongly joined group by group, and for a
 * purpose that is decided channel by channel, on each of its channels (a category is given when one of them allows
 * it). The recipient's registration narrows the purpose, never widens it. Pure.
 */
export function decideView(rules: ConsentRules, feed: Feed, member: MemberConsent): MemberView {
  const { recipient, purpose, purposeId } = feed;
  const plan = new Map<string, Set<string>>();
  const basis: Record<string, ViewBasis> = {};
  const withheld: Record<string, RuleId> = {};
  if (purpose === null || recipient.state === "ended" || !recipient.purposes.includes(purposeId)) {
    for (const category of recipient.categories)
      withheld[category] = purpose === null ? "unknown-purpose" : "recipient-outside-purpose";
    return { visible: false, plan, channelsOf: null, channels: null, basis, withheld };
  }
  const asked = channelsAsked(purpose, member, feed.channel);
  const channelsOf = asked === null ? null : new Map<string, Set<string>>();
  const ref = refOf(recipient);
  const groups = member.ledger.groups;
  // Whether a category may be opened depends on the category only where the purpose or a device draws the line:
  // of all others one is asked about, for each group and channel.
  const alike: Decision[] = [];
  let lastAllowed: Decision | undefined;
  let lastBasis: ViewBasis | undefined;
  const wanted = asked ?? NO_CHANNEL;

  for (const category of recipient.categories) {
    const isAlike = purpose.categories.includes(category) && !ASKED_APART.has(category);
    let refusal: Decision | null = null;
    let given = false;
    for (let g = 0; g < groups.length; g++) {
      const subjects = groups[g]?.subjects ?? [];
      for (let c = 0; c < wanted.length; c++) {
        const channel = wanted[c] ?? null;
        const place = g * wanted.length + c;
        let decision = isAlike ? alike[place] : undefined;
        if (decision === undefined) {
          const subjectId = subjects[0] ?? null;
          decision = decide(rules, member, { purposeId, category, channel, recipient: ref, subjectId });
          if (isAlike) alike[place] = decision;
        }
        if (decision.kind === "denied") {
          if (refusal === null || (!saysMore(refusal.rule) && saysMore(decision.rule))) refusal = decision;
          continue;
        }
        given = true;
        if (basis[category] === undefined) {
          if (lastBasis === undefined || lastAllowed !== decision) lastBasis = basisOf(decision);
          lastAllowed = decision;
          basis[category] = lastBasis;
        }
        for (const id of subjects) {
          add(plan, id, category);
          if (channelsOf !== null && channel !== null) add(channelsOf, id, channel);
        }
      }
    }
    if (!given) withheld[category] = refusal?.rule ?? "no-consent";
  }
  for (const [id, categories] of plan) plan.set(id, shared(categories));
  return {
    visible: plan.size > 0,
    plan,
    channelsOf,
    channels: channelsOf === null ? null : allOf(channelsOf),
    basis,
    withheld,
  };
}

/** Views are kept in tens of thousands, and the sets of categories in them are few: equal ones are one. */
const SETS = new Map<string, Set<string>>();
const MOST_SETS = 1_000;

function shared(categories: Set<string>): Set<string> {
  const text = [...categories].join(" ");
  const known = SETS.get(text);
  if (known !== undefined) return known;
  if (SETS.size < MOST_SETS) SETS.set(text, categories);
  return categories;
}

/** Every channel of some subjects, once and in order. */
function allOf(channelsOf: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const all: string[] = [];
  for (const channels of channelsOf.values())
    for (const channel of channels) if (!all.includes(channel)) all.push(channel);
  return all.sort();
}

const NO_CHANNEL: readonly null[] = [null];

/** A recipient as decisions know it. */
export function refOf(recipient: Pick<RecipientRow, "id" | "role" | "country">): RecipientRef {
  return { id: recipient.id, role: recipient.role, country: recipient.country };
}

/** The channels on which the purpose is decided for this member; null when it is decided without any. */
function channelsAsked(
  purpose: Purpose,
  member: MemberConsent,
  wanted: ContactChannel | null,
): readonly ContactChannel[] | null {
  if (wanted !== null) return [wanted];
  if (purpose.channels.length === 0 || isOwnBasis(basisUnder(purpose, member.regime))) return null;
  return purpose.channels;
}

function basisOf(decision: Decision): ViewBasis {
  const { noticeId, noticeVersion } = decision;
  return {
    rule: decision.rule,
    basis: decision.basis,
    record: decision.recordId,
    notice: noticeId === null || noticeVersion === null ? null : { id: noticeId, version: noticeVersion },
  };
}

function add(map: Map<string, Set<string>>, key: string, value: string): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, new Set([value]));
  else known.add(value);
}

/** The recipient's list of fields names this one. Facts are the field `facts`, identifiers are `identifiers`. */
export function isListed(recipient: Pick<RecipientRow, "fields">, field: string): boolean {
  const { fields } = recipient;
  // What joins one copy to another is given only by name.
  if (field === "identifiers") return fields?.includes(field) ?? false;
  return fields === null || fields.includes("*") || fields.includes(field);
}

/** Whether a field of a category may be shown of a subject: listed, and on a channel that it belongs to. */
export function mayShow(
  feed: Feed,
  view: MemberView,
  subjectId: string,
  field: string,
  category: string,
): boolean {
  if (!isListed(feed.recipient, field)) return false;
  if (category !== "contact" || view.channelsOf === null) return true;
  for (const channel of view.channelsOf.get(subjectId) ?? []) if (reachesBy(channel, field)) return true;
  return false;
}

/** Whether an identifier may be shown of a subject. */
export function mayShowIdentifier(view: MemberView, subjectId: string, kind: string): boolean {
  const category = categoryOfIdentifier(kind);
  if (view.plan.get(subjectId)?.has(category) !== true) return false;
  if (category !== "contact" || view.channelsOf === null) return true;
  for (const channel of view.channelsOf.get(subjectId) ?? []) if (reachesBy(channel, kind)) return true;
  return false;
}

/** Why a member whom a recipient holds must be dropped. Codes are part of the interface. */
export const TOMBSTONE_REASONS = [
  "withdrawn",
  "restricted",
  "erased",
  "merged_into",
  "out_of_scope",
  "expired",
  "stale",
] as const;
export type TombstoneReason = (typeof TOMBSTONE_REASONS)[number];

/** The reason that a recipient is told, from the rule by which its view was closed. */
export function tombstoneReason(rule: RuleId): TombstoneReason {
  switch (rule) {
    case "erased":
    case "suppressed":
      return "erased";
    case "restricted":
      return "restricted";
    case "refused":
    case "withdrawn":
    case "objected":
    case "marketing-refused":
    case "channel-closed":
    case "signal-gpc":
    case "tcf-refused":
    case "ended-invalidated":
      return "withdrawn";
    case "consent-expired":
    case "ended-expired":
      return "expired";
    case "consent-stale":
      return "stale";
    default:
      return "out_of_scope";
  }
}

/** Of the rules that withhold, the one that says most: a member's own word before the limits of a registration. */
export function tellingRule(view: MemberView): RuleId {
  const rules = Object.values(view.withheld);
  return rules.find(saysMore) ?? rules[0] ?? "no-consent";
}

/** Whether a rule tells of the member's own word: one channel's withdrawal says more than the silence on the others. */
function saysMore(rule: RuleId): boolean {
  return tombstoneReason(rule) !== "out_of_scope";
}
