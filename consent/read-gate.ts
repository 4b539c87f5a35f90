import { decide } from "./decide.ts";
import type { ConsentRules, Decision, DecisionAsk, MemberConsent } from "./decision.ts";
import { explainDecision } from "./explain.ts";
import type { Locale } from "./vocabulary.ts";

/** Why a category was given. */
export interface Basis {
  readonly rule: string;
  readonly basis: string | null;
  readonly recordId: string | null;
  readonly notice: { readonly id: string; readonly version: number } | null;
  readonly regime: string | null;
}

/** Why a category was not given, for a program and for a person. */
export interface Withheld {
  readonly rule: string;
  readonly because: string;
  /** Whose data it is when that of other subjects of the member was given. */
  readonly subjects?: readonly string[];
}

/** What one read for one purpose may open, category by category and subject by subject. */
export interface ReadGate {
  may(category: string, subjectId: string): boolean;
  /** Whether a field that reaches the person may be shown: on a named channel only that channel's own are. */
  mayReach(field: string): boolean;
  /** Why a category of one subject is open; null where it is not. */
  basisOf(category: string, subjectId: string): Basis | null;
  /** Why a category is given; of several reasons, that of the first group. */
  readonly basis: Readonly<Record<string, Basis>>;
  readonly withheld: Readonly<Record<string, Withheld>>;
  /** Subjects of whom at least one category may be opened. */
  readonly subjects: ReadonlySet<string>;
}

/** Which contact fields and identifiers belong to a channel; a consent to one opens none of the others. */
const FIELDS_OF_CHANNEL: Readonly<Record<string, readonly string[]>> = {
  email: ["email"],
  sms: ["phone"],
  call: ["phone"],
  post: ["address", "street", "city", "postalCode", "postcode", "state", "country"],
};

/** Whether a contact field or identifier belongs to a channel. */
export function reachesBy(channel: string, field: string): boolean {
  return FIELDS_OF_CHANNEL[channel]?.includes(field) ?? false;
}

/**
 * Decides a read for every category at once. Grants count only inside a strongly joined group, so one category may be
 * open for some of a member's subjects and closed for others; whatever is not expressly allowed is closed.
 */
export function openReadGate(
  rules: ConsentRules,
  member: MemberConsent,
  ask: Omit<DecisionAsk, "category" | "subjectId">,
  categories: readonly string[],
  locale: Locale = "en",
): ReadGate {
  const open = new Map<string, ReadonlyMap<string, Basis>>();
  const basis: Record<string, Basis> = {};
  const withheld: Record<string, Withheld> = {};
  const subjects = new Set<string>();
  for (const category of categories) {
    const allowed = new Map<string, Basis>();
    const closed: string[] = [];
    let reason: Decision | null = null;
    for (const group of member.ledger.groups) {
      const decision = decide(rules, member, { ...ask, category, subjectId: group.subjects[0] ?? null });
      if (decision.kind === "allowed") {
        const reason = basisOf(decision);
        for (const id of group.subjects) allowed.set(id, reason);
        basis[category] ??= reason;
      } else {
        closed.push(...group.subjects);
        reason ??= decision;
      }
    }
    open.set(category, allowed);
    for (const id of allowed.keys()) subjects.add(id);
    if (reason !== null) {
      const [, because = ""] = explainDecision(reason, locale, rules);
      withheld[category] = { rule: reason.rule, because, ...(allowed.size > 0 ? { subjects: closed } : {}) };
    }
  }
  const channel = ask.channel ?? null;
  return {
    may: (category, subjectId) => open.get(category)?.has(subjectId) ?? false,
    basisOf: (category, subjectId) => open.get(category)?.get(subjectId) ?? null,
    mayReach: (field) => channel === null || reachesBy(channel, field),
    basis,
    withheld,
    subjects,
  };
}

function basisOf(decision: Decision): Basis {
  return {
    rule: decision.rule,
    basis: decision.basis,
    recordId: decision.recordId,
    notice:
      decision.noticeId === null || decision.noticeVersion === null
        ? null
        : { id: decision.noticeId, version: decision.noticeVersion },
    regime: decision.because.regime,
  };
}
