import { DAY } from "../kernel/clock.ts";
import type { IdentifierClass } from "../kernel/identifier.ts";

/**
 * How far evidence reaches. All of these are Candor's own policy, not published constants; an installation may
 * set others, and a grouping is only comparable with one computed under the same limits.
 */
export interface ResolutionLimits {
  /**
   * Milliseconds for which a phone or e-mail (class 3 or 4) speaks for a subject after it was last observed.
   * Contact points are recycled: a number that nobody confirmed for two years may have another owner.
   */
  readonly edgeLifetime: number;
  /** The same for class 5 (anonymous ids, devices): about the longest life of a browser cookie, 400 days. */
  readonly sessionLifetime: number;
  /**
   * How many distinct subjects may share one value, per class, before it is taken for a placeholder, a
   * switchboard or a test value and links nothing. A long chain passes through many values, each of low degree,
   * so this never limits the size of a member.
   */
  readonly degree: Readonly<Record<IdentifierClass, number>>;
  /** Distinct verified values of one kind that a member may gain within `contactWindow`. */
  readonly contactsPerWindow: number;
  /** Milliseconds. */
  readonly contactWindow: number;
  /** How many parties of a contested value are listed; the count is always complete. */
  readonly partiesListed: number;
}

export const DEFAULT_LIMITS: ResolutionLimits = {
  edgeLifetime: 730 * DAY,
  sessionLifetime: 400 * DAY,
  degree: { 1: 1_000, 2: 100, 3: 10, 4: 10, 5: 50 },
  contactsPerWindow: 5,
  contactWindow: 365 * DAY,
  partiesListed: 20,
};

/** Kinds whose values pass from one person to another, so that evidence on them ages. */
const RECYCLABLE: ReadonlySet<string> = new Set(["email", "phone"]);

/**
 * Milliseconds after its last observation at which an edge stops counting; null when it never does. Class 1 and 2
 * values are never given to another person; of class 4 only phones and e-mails are recycled (a social account is not).
 */
export function lifetimeOf(kind: string, level: IdentifierClass, limits: ResolutionLimits): number | null {
  if (level === 5) return limits.sessionLifetime;
  if ((level === 3 || level === 4) && RECYCLABLE.has(kind)) return limits.edgeLifetime;
  return null;
}

/** Why a value (or a staff decision) links nothing. Codes are part of the interface. */
export const RESOLUTION_RULES = {
  "cannot-link": "A signed decision keeps some of these apart, so this value may not join them.",
  "class1-conflict":
    "Joining these would give one member two different member or user numbers of one issuer, and such a number names exactly one member.",
  "class2-conflict":
    "Joining these would give one member two different accounts where the issuer gives each person exactly one.",
  "too-many-contacts":
    "Joining these would give one member more new verified contact points of one kind than one person takes up in a year.",
  "degree-exceeded":
    "More subjects share this value than one person can account for, so it is taken for a shared or placeholder value and links nobody.",
  "shared-by-known-profiles":
    "Nobody has verified this value, and more than one known member uses it; an unverified value never joins two members.",
  "several-people-on-one-device":
    "More than one person was seen on this device or session, so its anonymous activity is attributed to none of them.",
  "shared-by-design":
    "The source declares that many people share this value, such as the device of a kiosk, so it links nobody.",
} as const satisfies Record<string, string>;

export type ResolutionRule = keyof typeof RESOLUTION_RULES;

/** The sentence that tells a person what the rule means. */
export function explainRule(rule: ResolutionRule): string {
  return RESOLUTION_RULES[rule];
}

/**
 * The largest amount, in minor units, at which totals stay exact: a subject may hold nine thousand such documents
 * before a sum passes 2^53. Larger amounts are to be rejected where events are read.
 */
export const MAX_DOCUMENT_MINOR = 1_000_000_000_000;
