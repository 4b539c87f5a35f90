import type { ConsentRules, MemberConsent } from "../decision.ts";
import type { EntryDraft } from "../entry.ts";
import type { LoyaltyPrompt } from "../ledger.ts";

/** Whether a known member should be asked about a signal that contradicts a loyalty programme, and why (not). */
export interface PromptAdvice {
  readonly ask: boolean;
  readonly reason:
    | "regime-has-no-prompt"
    | "purpose-has-no-programme"
    | "no-signal"
    | "already-asked"
    | "signal-contradicts-programme";
  /** The signal's entry, to be named by the prompt. */
  readonly signalRecordId: string | null;
}

/**
 * 11 CCR §7025(c)(4): when a programme needs the sale or sharing that a signal forbids, the business may ask the
 * known member to affirm the withdrawal. Until the member has declined to affirm it, the signal is honoured;
 * a member who was never asked is always honoured.
 */
export function adviseLoyaltyPrompt(
  rules: ConsentRules,
  member: MemberConsent,
  purposeId: string,
): PromptAdvice {
  const pack = member.regime === null ? undefined : rules.regimes.get(member.regime);
  const purpose = rules.purposes.get(purposeId);
  const signal = member.ledger.newestGpc;
  const advice = (ask: boolean, reason: PromptAdvice["reason"]): PromptAdvice => ({
    ask,
    reason,
    signalRecordId: signal?.entry.id ?? null,
  });
  if (pack?.signals.loyaltyPrompt.value !== true) return advice(false, "regime-has-no-prompt");
  const programme = purpose?.saleOrShare === true ? purpose.programme : null;
  if (programme === null) return advice(false, "purpose-has-no-programme");
  if (signal === null) return advice(false, "no-signal");
  const since = member.ledger.firstGpc?.at ?? signal.at;
  const asked = member.ledger.groups.some((g) => (g.prompts.get(programme)?.at ?? -1) >= since);
  return asked ? advice(false, "already-asked") : advice(true, "signal-contradicts-programme");
}

/**
 * The ledger entries of a prompt's outcome. `asked` when it was shown; `affirmed` also withdraws the purpose for
 * good; `not-affirmed` lets the programme go on in spite of the signal.
 */
export function loyaltyPromptEntries(
  programme: string,
  purposeId: string,
  outcome: LoyaltyPrompt["outcome"],
  signalRecordId: string | null,
): EntryDraft[] {
  const prompted: EntryDraft = {
    state: "prompted",
    purposeId,
    method: "preference-centre",
    refersTo: signalRecordId,
    prompt: { kind: "loyalty-carve-out", programme, outcome },
  };
  return outcome === "affirmed"
    ? [prompted, { state: "withdrawn", purposeId, method: "preference-centre", refersTo: signalRecordId }]
    : [prompted];
}

/** The purposes about which a known member is to be asked now, because a signal ends a programme that needs them. */
export function openLoyaltyQuestions(rules: ConsentRules, member: MemberConsent): string[] {
  return [...rules.purposes.keys()].filter((id) => adviseLoyaltyPrompt(rules, member, id).ask);
}
