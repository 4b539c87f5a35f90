import {
  bindingGpc,
  isBelow,
  type Lapse,
  lapseOf,
  minorRule,
  missingSeparateConsent,
  recipientOfGrant,
  ruleOfDenial,
  standingWord,
  tcfDecision,
} from "./conditions.ts";
import type { ConsentRules, Decision, DecisionAsk, MemberConsent, MemberStatus, RuleId } from "./decision.ts";
import { foldMember, type GroupState, type Slot } from "./fold.ts";
import type { ConsentRecord } from "./ledger.ts";
import { newestExact, type Scope, standing } from "./lookup.ts";
import type { Purpose } from "./purpose.schema.ts";
import { basisUnder } from "./purposes.ts";
import { ALL_MARKETING, isOwnBasis, type LawfulBasis, type RegimeId } from "./vocabulary.ts";

/**
 * May data be used for a purpose? Pure: the same ledger, registries and moment always give the same answer, with
 * the rule, record and notice that made it so. Rules are asked in the order of `RULES`; the first that matches
 * decides, and whatever is not expressly allowed is denied.
 *
 * Without `subjectId` the question is about the whole member: every strongly joined group must allow it, and the
 * first that does not gives the reason.
 */
export function decide(rules: ConsentRules, member: MemberConsent, ask: DecisionAsk): Decision {
  const purpose = rules.purposes.get(ask.purposeId);
  if (purpose === undefined) return answer(null, member, ask, "denied", "unknown-purpose", null, null, null);
  const basis = basisUnder(purpose, member.regime);
  const fault = outsidePurpose(purpose, basis, ask);
  if (fault !== null) return answer(purpose, member, ask, "denied", fault, basis, null, null);

  const groups = member.ledger.groups;
  const wanted = ask.subjectId ?? null;
  let first: Decision | null = null;
  for (const group of groups) {
    if (wanted !== null && !group.subjects.includes(wanted)) continue;
    const decision = decideForGroup(rules, member, group, purpose, basis, ask);
    if (wanted !== null || decision.kind === "denied") return decision;
    first ??= decision;
  }
  return first ?? decideForGroup(rules, member, NO_GROUP, purpose, basis, ask);
}

/** The same question for each strongly joined group: whose data may be used, and whose must be left out. */
export function decideBySubject(
  rules: ConsentRules,
  member: MemberConsent,
  ask: Omit<DecisionAsk, "subjectId">,
): { readonly subjects: readonly string[]; readonly decision: Decision }[] {
  return member.ledger.groups.map((group) => ({
    subjects: group.subjects,
    decision: decide(rules, member, { ...ask, subjectId: group.subjects[0] ?? null }),
  }));
}

/** Which data categories a read may open, and for each of the others why not. */
export interface CategoryDecision {
  readonly allowed: readonly { readonly category: string; readonly decision: Decision }[];
  readonly withheld: readonly { readonly category: string; readonly decision: Decision }[];
}

/** Decides category by category, in the order given: what a read gate opens and what it must say it withheld. */
export function decideCategories(
  rules: ConsentRules,
  member: MemberConsent,
  ask: Omit<DecisionAsk, "category">,
  categories: readonly string[],
): CategoryDecision {
  const all = categories.map((category) => ({
    category,
    decision: decide(rules, member, { ...ask, category }),
  }));
  return {
    allowed: all.filter((c) => c.decision.kind === "allowed"),
    withheld: all.filter((c) => c.decision.kind === "denied"),
  };
}

/** Everything that a single question needs, when it is asked once and not many times. */
export interface OneDecision extends DecisionAsk {
  readonly entries: readonly ConsentRecord[];
  readonly groups: readonly (readonly string[])[];
  readonly at: Date;
  readonly regime: RegimeId | null;
  readonly country: string | null;
  readonly status: MemberStatus;
}

/** Folds and decides in one step. For many questions about one member, fold once and call `decide`. */
export function decideOnce(rules: ConsentRules, question: OneDecision): Decision {
  const { entries, groups, at, regime, country, status, ...ask } = question;
  return decide(rules, { ledger: foldMember(entries, groups, at), regime, country, status }, ask);
}

const NONE = new Map<never, never>();
/** A member of whom the ledger knows nothing. */
const NO_GROUP: GroupState = {
  subjects: [],
  grants: NONE,
  pending: NONE,
  liftedObjections: NONE,
  liftedRestrictions: NONE,
  tcf: NONE,
  prompts: NONE,
};

/** Whether the question asks for something that the purpose does not contain at all. */
function outsidePurpose(purpose: Purpose, basis: LawfulBasis, ask: DecisionAsk): RuleId | null {
  const category = ask.category ?? null;
  if (category !== null) {
    // Nobody has said what unmapped values are about: no purpose opens them, only the person's own access package.
    if (category === "unclassified") return "category-unclassified";
    if (!purpose.categories.includes(category)) return "category-outside-purpose";
  }
  const channel = ask.channel ?? null;
  if (!isOwnBasis(basis)) {
    if (purpose.channels.length > 0 && channel === null) return "channel-required";
    if (channel !== null && !purpose.channels.includes(channel)) return "channel-outside-purpose";
  }
  const recipient = ask.recipient ?? null;
  if (recipient?.role === "third-party" && !purpose.recipients.some((r) => r.id === recipient.id))
    return "recipient-outside-purpose";
  return null;
}

/** One question about one group. Apart from its answers, which no closure makes: many are asked a second. */
interface Asked {
  readonly purpose: Purpose;
  readonly member: MemberConsent;
  readonly ask: DecisionAsk;
  readonly basis: LawfulBasis;
}

function deny(
  { purpose, member, ask, basis }: Asked,
  rule: RuleId,
  slot: Slot | null,
  detail: string | number | null = null,
): Decision {
  return answer(purpose, member, ask, "denied", rule, basis, slot, detail);
}

function allow(
  { purpose, member, ask, basis }: Asked,
  rule: RuleId,
  slot: Slot | null,
  detail: string | number | null = null,
): Decision {
  return answer(purpose, member, ask, "allowed", rule, basis, slot, detail);
}

function decideForGroup(
  rules: ConsentRules,
  member: MemberConsent,
  group: GroupState,
  purpose: Purpose,
  basis: LawfulBasis,
  ask: DecisionAsk,
): Decision {
  const { ledger, status, regime } = member;
  const asked: Asked = { purpose, member, ask, basis };

  const recipient = ask.recipient ?? null;
  const scope: Scope = {
    purposeId: purpose.id,
    marketing: purpose.marketing,
    channel: ask.channel ?? null,
    recipientId: recipient?.id ?? null,
    separateConsent: null,
  };

  if (status.erased) return deny(asked, "erased", null);
  if (status.suppressed) return deny(asked, "suppressed", null);
  // Handling the rights themselves must stay possible while everything else stands still.
  if (basis !== "legal-obligation") {
    if (status.restricted) return deny(asked, "restricted", null);
    const restriction = standing(ledger.restrictions, group.liftedRestrictions, scope);
    if (restriction !== null) return deny(asked, "restricted", restriction);
  }
  if (basis === "contract" || basis === "legal-obligation" || basis === "vital-interest")
    return allow(asked, basis, null);

  const objection = standing(ledger.objections, group.liftedObjections, scope);
  if (objection !== null)
    return deny(
      asked,
      objection.entry.purposeId === ALL_MARKETING ? "marketing-refused" : "objected",
      objection,
    );
  const closed = scope.channel === null ? undefined : ledger.closedChannels.get(scope.channel);
  if (closed !== undefined) return deny(asked, "channel-closed", closed);

  const pack = regime === null ? undefined : rules.regimes.get(regime);
  if (pack === undefined) return deny(asked, "regime-unknown", null);

  const { grant, denial } = standingWord(ledger, group, scope, recipient, regime);
  const optInForMinor = purpose.saleOrShare && isBelow(status.age, pack.ages.saleOrShareOptInBelow.value);
  const needsOptIn = optInForMinor || pack.defaults[basis].value === "opt-in";

  const minor = minorRule(pack, member, grant, needsOptIn);
  if (minor !== null) return deny(asked, minor, grant, status.age);
  const missing = missingSeparateConsent(rules, pack, member, group, purpose, scope, recipient);
  if (missing !== null) return deny(asked, "separate-consent-missing", null, missing);

  const lapse = grant === null || denial !== null ? null : lapseOf(rules, purpose, scope, grant, ledger.at);
  // Only a consent that counts today sets a signal aside.
  const inForce = denial === null && lapse === null ? grant : null;
  const gpc = bindingGpc(pack, ledger, group, purpose, ask, inForce);
  if (gpc !== null) return deny(asked, "signal-gpc", gpc === "now" ? null : gpc);

  if (denial !== null) return deny(asked, ruleOfDenial(denial), denial);
  if (inForce !== null) return allow(asked, "consent-given", inForce);
  let lapsed: Lapse = lapse ?? { rule: "no-consent", detail: null };
  let slot = grant;
  if (grant === null) {
    slot = newestExact(group.pending, { ...scope, recipientId: recipientOfGrant(recipient) }, regime);
    if (slot !== null) lapsed = { rule: "consent-pending", detail: null };
  }

  const tcf = tcfDecision(group, purpose, ask);
  if (tcf !== null)
    return tcf.allows ? allow(asked, "tcf-consented", tcf.slot) : deny(asked, "tcf-refused", tcf.slot);

  // An address that nobody has confirmed stays silent even where silence would otherwise allow.
  return needsOptIn || lapsed.rule === "consent-pending"
    ? deny(asked, lapsed.rule, slot, lapsed.detail)
    : allow(asked, "not-refused", null);
}

function answer(
  purpose: Purpose | null,
  member: MemberConsent,
  ask: DecisionAsk,
  kind: "allowed" | "denied",
  rule: RuleId,
  basis: LawfulBasis | null,
  slot: Slot | null,
  detail: string | number | null,
): Decision {
  const notice = slot?.entry.notice ?? null;
  return {
    kind,
    rule,
    basis,
    recordId: slot?.entry.id ?? null,
    noticeId: notice?.id ?? null,
    noticeVersion: notice?.version ?? null,
    because: {
      purposeId: purpose?.id ?? ask.purposeId,
      channel: ask.channel ?? null,
      category: ask.category ?? null,
      recipientId: ask.recipient?.id ?? null,
      regime: member.regime,
      since: slot?.at ?? null,
      detail,
    },
  };
}
