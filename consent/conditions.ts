import { DAY } from "../src/kernel/clock.ts";
import type { ConsentRules, DecisionAsk, MemberConsent, RuleId } from "./decision.ts";
import { addSpan, type CalendarSpan, parseSpan } from "./durations.ts";
import type { GroupState, LedgerState, Slot } from "./fold.ts";
import { newestCovering, newestExact, newestNaming, type Scope } from "./lookup.ts";
import { staleBecauseOf } from "./notices.ts";
import type { Purpose } from "./purpose.schema.ts";
import type { RegimePack } from "./regimes/regime.schema.ts";
import { consentAge, isInTerritory } from "./regimes/regimes.ts";
import { tcfAllows } from "./signals/tcf.ts";
import type { RecipientRef, RegimeId, SeparateConsent } from "./vocabulary.ts";

/** The one data category that a device signal may open. */
const TCF_CATEGORY = "online";

/** Why a grant that nobody withdrew does not count (any more). */
export interface Lapse {
  readonly rule: RuleId;
  readonly detail: string | number | null;
}

/**
 * The refusal that stands against a grant, or null. The newest word counts; said at the same moment, the refusal
 * does. A refusal that names one recipient yields only to a grant that names it too.
 */
function standingDenial(ledger: LedgerState, scope: Scope, grant: Slot | null): Slot | null {
  if (ledger.denials.size === 0) return null;
  const denial = newestCovering(ledger.denials, scope);
  if (denial !== null && (grant === null || denial.at >= grant.at)) return denial;
  if (scope.recipientId === null || grant?.entry.recipientId !== null) return null;
  return newestNaming(ledger.denials, scope);
}

/** A grant to ourselves covers our processors; a third party needs one that names it. */
export function recipientOfGrant(recipient: RecipientRef | null): string | null {
  return recipient !== null && recipient.role === "third-party" ? recipient.id : null;
}

/** A grant for a scope and what stands against it. */
export interface Standing {
  readonly grant: Slot | null;
  readonly denial: Slot | null;
}

/**
 * What was said last about a scope. For a third party both a grant that names it and one to the purpose whose
 * notice lists it can carry; the first that no refusal stands against does.
 */
export function standingWord(
  ledger: LedgerState,
  group: GroupState,
  scope: Scope,
  recipient: RecipientRef | null,
  regime: RegimeId | null,
): Standing {
  const named = recipientOfGrant(recipient);
  const naming = named === null ? null : newestExact(group.grants, { ...scope, recipientId: named }, regime);
  const own = newestExact(group.grants, { ...scope, recipientId: null }, regime);
  let first: Standing | null = null;
  for (const grant of [naming, own]) {
    if (grant === null) continue;
    const denial = standingDenial(ledger, scope, grant);
    if (denial === null) return { grant, denial };
    first ??= { grant, denial };
  }
  return first ?? { grant: null, denial: standingDenial(ledger, scope, null) };
}

/** Whether an age is known, a limit exists and the age lies below it. */
export function isBelow(age: number | null, limit: number | null): boolean {
  return age !== null && limit !== null && age < limit;
}

/** Whether a guardian's consent is missing, or was given for somebody who has since come of age to consent. */
export function minorRule(
  pack: RegimePack,
  member: MemberConsent,
  grant: Slot | null,
  needsOptIn: boolean,
): "guardian-missing" | "guardian-consent-ended" | null {
  const age = member.status.age;
  if (age === null) return null;
  const byGuardian = grant !== null && grant.entry.proof.guardian !== null;
  if (age < consentAge(pack, member.country)) return needsOptIn && !byGuardian ? "guardian-missing" : null;
  return byGuardian && needsOptIn && pack.reask.atMajority.value ? "guardian-consent-ended" : null;
}

/** The first separate consent that the regime wants for this use and that is not in force. */
export function missingSeparateConsent(
  rules: ConsentRules,
  pack: RegimePack,
  member: MemberConsent,
  group: GroupState,
  purpose: Purpose,
  scope: Scope,
  recipient: RecipientRef | null,
): SeparateConsent | null {
  const abroad =
    purpose.crossBorder ||
    (recipient !== null && (recipient.country === null || !isInTerritory(pack, recipient.country)));
  const wanted = pack.separateConsent;
  if (wanted.sharing.value && recipient?.role === "third-party") {
    if (!hasSeparate(rules, pack, member, group, purpose, scope, recipient, "sharing")) return "sharing";
  }
  if (wanted.sensitive.value && purpose.sensitive) {
    if (!hasSeparate(rules, pack, member, group, purpose, scope, null, "sensitive")) return "sensitive";
  }
  if (wanted["cross-border"].value && abroad) {
    if (!hasSeparate(rules, pack, member, group, purpose, scope, recipient, "cross-border"))
      return "cross-border";
  }
  return null;
}

function hasSeparate(
  rules: ConsentRules,
  pack: RegimePack,
  member: MemberConsent,
  group: GroupState,
  purpose: Purpose,
  scope: Scope,
  recipient: RecipientRef | null,
  aspect: SeparateConsent,
): boolean {
  const asked: Scope = { ...scope, separateConsent: aspect };
  const { grant, denial } = standingWord(member.ledger, group, asked, recipient, member.regime);
  if (grant === null || denial !== null) return false;
  // PIPL Art. 23: the consent to share names who receives.
  if (aspect === "sharing" && grant.entry.recipientId !== recipientOfGrant(recipient)) return false;
  if (isBelow(member.status.age, consentAge(pack, member.country)) && grant.entry.proof.guardian === null)
    return false;
  return lapseOf(rules, purpose, asked, grant, member.ledger.at) === null;
}

/**
 * The GPC signal that must be honoured: its ledger entry, `now` for one that only this request carries, or null.
 * It is set aside by a later consent that was asked for with the conflict shown (11 CCR §7025(c)(3)), and for a
 * loyalty programme whose member was asked and did not affirm the withdrawal (§7025(c)(4)). That it is absent
 * today means nothing for a known member (§7025(c)(5)).
 */
export function bindingGpc(
  pack: RegimePack,
  ledger: LedgerState,
  group: GroupState,
  purpose: Purpose,
  ask: DecisionAsk,
  grant: Slot | null,
): Slot | "now" | null {
  if (!purpose.saleOrShare || pack.signals.gpc.value !== "sale-or-share") return null;
  const signal = ledger.newestGpc ?? (ask.signals?.gpc === true ? "now" : null);
  if (signal === null) return null;
  const since = ledger.firstGpc?.at ?? Number.NEGATIVE_INFINITY;
  if (grant?.entry.conflictShown === true && grant.at > since) return null;
  if (pack.signals.loyaltyPrompt.value && purpose.programme !== null) {
    const prompt = group.prompts.get(purpose.programme);
    if (prompt?.entry.prompt?.outcome === "not-affirmed" && prompt.at >= since) return null;
  }
  return signal;
}

/** The rule by which a refusal denies, named after what was said. */
export function ruleOfDenial(denial: Slot): RuleId {
  switch (denial.entry.state) {
    case "refused":
      return "refused";
    case "expired":
      return "ended-expired";
    case "invalidated":
      return "ended-invalidated";
    default:
      return "withdrawn";
  }
}

/** Why a grant that was never withdrawn no longer counts, or null while it does. */
export function lapseOf(
  rules: ConsentRules,
  purpose: Purpose,
  scope: Scope,
  grant: Slot,
  at: Date,
): Lapse | null {
  const entry = grant.entry;
  const now = at.getTime();
  if (scope.channel !== null && purpose.doubleOptIn.includes(scope.channel)) {
    if (entry.proof.doubleOptIn !== "confirmed") return { rule: "consent-pending", detail: null };
  }
  if (entry.purposeVersion === null || entry.purposeVersion < purpose.materialVersion)
    return { rule: "consent-stale", detail: purpose.materialVersion };
  const newer = staleBecauseOf(
    rules.notices,
    { notice: entry.notice, purposeId: purpose.id, at: grant.at },
    now,
  );
  if (newer !== null) return { rule: "consent-stale", detail: newer };
  if (entry.validUntil !== null && entry.validUntil.getTime() <= now)
    return { rule: "consent-expired", detail: null };
  if (purpose.consentExpiresAfter !== null && hasEnded(grant.at, purpose.consentExpiresAfter, now))
    return { rule: "consent-expired", detail: purpose.consentExpiresAfter };
  return null;
}

/** Periods are few (one a purpose) and asked about hundreds of thousands of times a second. */
const SPANS = new Map<string, CalendarSpan | null>();

function spanOf(period: string): CalendarSpan | null {
  let span = SPANS.get(period);
  if (span === undefined) {
    span = parseSpan(period);
    SPANS.set(period, span);
  }
  return span;
}

/** Whether a period that began at a moment has ended; both in milliseconds. */
function hasEnded(from: number, period: string, now: number): boolean {
  const span = spanOf(period);
  if (span === null) return false;
  // No month is shorter than 28 days: most consents are young enough to need no calendar.
  if (now - from < (span.months * 28 + span.days) * DAY) return false;
  return addSpan(new Date(from), span).getTime() <= now;
}

/**
 * The moment, in milliseconds of the epoch, before which time alone changes no decision about a member for a purpose:
 * until then the same ledger under the same rules answers as it does at its own moment. A grant ends, a notice that
 * has been published takes effect, or another year begins, by which ages are reckoned. It may be earlier than needed,
 * never later.
 */
export function steadyUntil(rules: ConsentRules, purpose: Purpose, { ledger }: MemberConsent): number {
  const now = ledger.at.getTime();
  let until = Date.UTC(ledger.at.getUTCFullYear() + 1, 0, 1);
  const note = (moment: number): void => {
    if (moment > now && moment < until) until = moment;
  };
  for (const versions of rules.notices.materialById.values())
    for (const { publishedAt } of versions) note(publishedAt);
  const span = purpose.consentExpiresAfter === null ? null : spanOf(purpose.consentExpiresAfter);
  for (const { grants } of ledger.groups)
    for (const { entry, at } of grants.get(purpose.id) ?? []) {
      if (entry.validUntil !== null) note(entry.validUntil.getTime());
      if (span !== null) note(addSpan(new Date(at), span).getTime());
    }
  return until;
}

/**
 * What a TC string says about an advertising purpose on the device in front of us. It speaks of what that device
 * shows, the `online` category: it never opens a name, an address or a purchase.
 */
export function tcfDecision(
  group: GroupState,
  purpose: Purpose,
  ask: DecisionAsk,
): { readonly allows: boolean; readonly slot: Slot | null } | null {
  if (purpose.tcfPurposes.length === 0 || ask.category !== TCF_CATEGORY) return null;
  const now = ask.signals?.tcf ?? null;
  if (now !== null && !tcfAllows(now, purpose.tcfPurposes)) return { allows: false, slot: null };
  const device = ask.device ?? null;
  const slot = device === null ? undefined : group.tcf.get(device);
  // Consent needs a record: a string that nobody wrote down allows nothing.
  if (slot?.entry.signal?.kind !== "tcf") return null;
  return { allows: tcfAllows(slot.entry.signal.tcf, purpose.tcfPurposes), slot };
}
