import type { LedgerState } from "./fold.ts";
import type { NoticeIndex } from "./notices.ts";
import type { PurposeRegistry } from "./purposes.ts";
import type { RegimePacks } from "./regimes/regimes.ts";
import type { DecodedTcf } from "./signals/tcf.ts";
import type { ContactChannel, LawfulBasis, RecipientRef, RegimeId } from "./vocabulary.ts";

/**
 * Every rule by which a decision can fall, in the order in which they are asked. Ids are part of the interface:
 * recipients, reports and the audit log name them.
 */
export const RULES = [
  // the question itself
  "unknown-purpose",
  "category-outside-purpose",
  "category-unclassified",
  "channel-outside-purpose",
  "channel-required",
  "recipient-outside-purpose",
  "erased",
  "suppressed",
  "restricted",
  // 0: bases that need no consent
  "contract",
  "legal-obligation",
  "vital-interest",
  // 1: what stands against all consent
  "objected",
  "marketing-refused",
  "channel-closed",
  "regime-unknown",
  // 2: what must be there before consent counts
  "guardian-missing",
  "guardian-consent-ended",
  "separate-consent-missing",
  // 3: signals that bind
  "signal-gpc",
  // 4: what the person said last
  "refused",
  "withdrawn",
  "ended-expired",
  "ended-invalidated",
  "consent-given",
  // 5: device signals for advertising
  "tcf-refused",
  "tcf-consented",
  // 6: what holds while nothing was said
  "consent-pending",
  "consent-stale",
  "consent-expired",
  "no-consent",
  "not-refused",
] as const;
export type RuleId = (typeof RULES)[number];

/** What the caller knows of the member beside the ledger. */
export interface MemberStatus {
  readonly erased: boolean;
  readonly suppressed: boolean;
  readonly restricted: boolean;
  /** Age in whole years at the time asked about; null when it is not known. */
  readonly age: number | null;
}

export const ACTIVE_MEMBER: MemberStatus = { erased: false, suppressed: false, restricted: false, age: null };

/** A member, folded and ready to be asked about many times. */
export interface MemberConsent {
  readonly ledger: LedgerState;
  readonly regime: RegimeId | null;
  /** Country of the regime decision, for ages and cross-border questions. */
  readonly country: string | null;
  readonly status: MemberStatus;
}

/** The registries of an installation, arranged once and shared by all decisions. */
export interface ConsentRules {
  readonly purposes: PurposeRegistry;
  readonly notices: NoticeIndex;
  readonly regimes: RegimePacks;
}

export interface DecisionAsk {
  readonly purposeId: string;
  readonly channel?: ContactChannel | null;
  /** Data category; absent: whether the purpose is allowed at all. */
  readonly category?: string | null;
  /** Absent: ourselves. */
  readonly recipient?: RecipientRef | null;
  /** Whose data: grants of other subjects count only when strongly joined. Absent: the whole member, every group must allow. */
  readonly subjectId?: string | null;
  /** Device in front of us, for signals that belong to a device. */
  readonly device?: string | null;
  /** What the device says right now. A signal that is not in the ledger can only ever deny. */
  readonly signals?: { readonly gpc?: boolean; readonly tcf?: DecodedTcf | null };
}

/** Facts of a decision that a sentence needs. No personal data. */
export interface DecisionBecause {
  readonly purposeId: string;
  readonly channel: ContactChannel | null;
  readonly category: string | null;
  readonly recipientId: string | null;
  readonly regime: RegimeId | null;
  /** Effective time of the record that decided, milliseconds. */
  readonly since: number | null;
  /** What is missing or newer: a separate consent, an age, a notice version. */
  readonly detail: string | number | null;
}

export interface Decision {
  readonly kind: "allowed" | "denied";
  readonly rule: RuleId;
  readonly basis: LawfulBasis | null;
  /** The ledger entry that made it so; never null when something is allowed on the basis of consent. */
  readonly recordId: string | null;
  readonly noticeId: string | null;
  readonly noticeVersion: number | null;
  readonly because: DecisionBecause;
}
