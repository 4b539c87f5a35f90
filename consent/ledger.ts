import type { RegimeDecision } from "./regimes/decide-regime.ts";
import type { DecodedTcf } from "./signals/tcf.ts";
import type { ContactChannel, Locale, RegimeId, SeparateConsent } from "./vocabulary.ts";

/** The life of one consent. */
export const CONSENT_STATES = [
  "requested",
  "refused",
  "given",
  "renewed",
  "withdrawn",
  "expired",
  "invalidated",
] as const;
export type ConsentState = (typeof CONSENT_STATES)[number];

/**
 * What stands beside consent, set and lifted: objection (GDPR Art. 21), restriction (Art. 18), and whether a channel
 * reaches the person at all (a follower left, a number was disconnected), which is no statement about any purpose.
 */
export const RIGHT_STATES = [
  "objected",
  "objection-lifted",
  "restricted",
  "restriction-lifted",
  "channel-closed",
  "channel-opened",
] as const;
export type RightState = (typeof RIGHT_STATES)[number];

/** What changes how a purpose stands; the rest is beside it, such as a closed channel. */
export const STANDING_STATES: readonly EntryState[] = [...CONSENT_STATES, "objected", "restricted"];

/** What a browser said, and what a member answered when asked about it. Neither is a consent by itself. */
export const SIGNAL_STATES = ["signalled", "prompted"] as const;
export type SignalState = (typeof SIGNAL_STATES)[number];

export type EntryState = ConsentState | RightState | SignalState;

/** How an entry came in. */
export const COLLECTION_METHODS = [
  "api",
  "preference-centre",
  "enrolment-form",
  "pos",
  "import",
  "double-opt-in",
  "event",
  "signal",
  "social",
  "unsubscribe-link",
  "staff",
  "system",
] as const;
export type CollectionMethod = (typeof COLLECTION_METHODS)[number];

/**
 * How far the stated time of an act may be trusted. `server`: it is our own. `sender`: corrected by the sender's
 * clock at sending. `offline`: a till without connection, a list: a grant counts from its stated time, a refusal
 * from when we learnt of it, so that a wrong clock can only ever err towards refusal.
 */
export type ActClock = "server" | "sender" | "offline";

/** A browser's signal as it was received; or the social account, by an opaque name, that was followed or left. */
export type ConsentSignal =
  | { readonly kind: "gpc"; readonly device: string | null }
  | { readonly kind: "tcf"; readonly device: string; readonly tcf: DecodedTcf }
  | { readonly kind: "account"; readonly account: string };

/** What a known member was asked when a signal contradicted a programme (11 CCR §7025(c)(4)), and the answer. */
export interface LoyaltyPrompt {
  readonly kind: "loyalty-carve-out";
  readonly programme: string;
  readonly outcome: "asked" | "affirmed" | "not-affirmed";
}

/** Proof that the act took place. Tokens and files appear as hashes only. */
export interface ConsentProof {
  /** SHA-256 of the double opt-in token, hex. */
  readonly doubleOptInTokenSha256: string | null;
  /** Whether a required confirmation has come in. */
  readonly doubleOptIn: "not-required" | "pending" | "confirmed";
  /** SHA-256 of the evidence (a form, a recording, an import file), hex. */
  readonly evidenceSha256: string | null;
  /** Who consented for a minor and how that was checked; the guardian is an opaque reference. */
  readonly guardian: {
    readonly ref: string;
    readonly relation: "parent" | "guardian";
    readonly method: string;
    readonly evidenceSha256: string | null;
  } | null;
  /** Position of the audit entry that was written with this record. */
  readonly auditSequence: number | null;
}

/** One entry of the consent ledger: append-only, never rewritten. */
export interface ConsentRecord {
  readonly id: string;
  readonly schemaVersion: 1;
  /** The subject whose identifier proved the act (for refusals: every subject of the member gets its own entry). */
  readonly subjectId: string;
  readonly state: EntryState;
  /** A purpose id, or `*` / `*marketing` for refusals, withdrawals, objections and restrictions. */
  readonly purposeId: string;
  readonly purposeVersion: number | null;
  /** Null: the purpose contacts nobody, or (for refusals) every channel. */
  readonly channel: ContactChannel | null;
  /** Recipient id; null: ourselves and our processors, or (for refusals) everyone. */
  readonly recipientId: string | null;
  /** The regime it was made under; null only when none could be determined. */
  readonly regime: RegimeId | null;
  readonly regimeBecause: RegimeDecision["because"] | null;
  /** Which separate consent this is; null: the purpose's own. */
  readonly separateConsent: SeparateConsent | null;
  /** The entry that an expiry or invalidation ends; the confirmed request of a double opt-in. */
  readonly refersTo: string | null;
  readonly notice: {
    readonly id: string;
    readonly version: number;
    readonly locale: Locale;
    /** SHA-256 of the canonical text that the person saw, hex. */
    readonly sha256: string;
  } | null;
  /** A grant that was asked for with the contradicting signal shown (11 CCR §7025(c)(3)). */
  readonly conflictShown: boolean;
  /** The end that was promised at the time of giving; null: until withdrawn or the purpose's own end. */
  readonly validUntil: Date | null;
  /** When the server wrote it. The ledger's own order. */
  readonly recordedAt: Date;
  /** When the act took place, as its source states; null: at `recordedAt`. */
  readonly occurredAt: Date | null;
  readonly clock: ActClock;
  readonly method: CollectionMethod;
  readonly sourceId: string | null;
  readonly storeId: string | null;
  /** Who acted: the member, a guardian, a member of staff or the system, as an opaque reference. */
  readonly actor: {
    readonly kind: "member" | "guardian" | "staff" | "system" | "recipient";
    readonly ref: string | null;
  };
  readonly signal: ConsentSignal | null;
  readonly prompt: LoyaltyPrompt | null;
  readonly proof: ConsentProof;
}

const ALLOWING: ReadonlySet<EntryState> = new Set([
  "given",
  "renewed",
  "objection-lifted",
  "restriction-lifted",
  "channel-opened",
]);
const DENYING: ReadonlySet<EntryState> = new Set([
  "refused",
  "withdrawn",
  "expired",
  "invalidated",
  "objected",
  "restricted",
  "channel-closed",
]);

/** Whether an entry lets more be done (`allow`), less (`deny`), or is only a note (`note`). */
export function sideOf(state: EntryState): "allow" | "deny" | "note" {
  return ALLOWING.has(state) ? "allow" : DENYING.has(state) ? "deny" : "note";
}

/**
 * The time at which an entry counts, in milliseconds: never later than the server wrote it. A refusal from a
 * clock that nobody checked counts from when we learnt of it.
 */
export function effectiveTime(
  entry: Pick<ConsentRecord, "state" | "clock" | "occurredAt" | "recordedAt">,
): number {
  const recorded = entry.recordedAt.getTime();
  if (entry.occurredAt === null || entry.clock === "server") return recorded;
  if (entry.clock === "offline" && sideOf(entry.state) === "deny") return recorded;
  return Math.min(entry.occurredAt.getTime(), recorded);
}

/** Why an entry cannot stand in the ledger. */
export type EntryFault =
  | "wildcard-needs-refusal"
  | "grant-needs-notice"
  | "grant-needs-purpose-version"
  | "grant-needs-regime"
  | "signal-missing"
  | "prompt-missing"
  | "reference-missing"
  | "erased-subject-takes-no-grant"
  | "clock-needs-time"
  | "channel-missing";

/**
 * Checks what the types cannot: only refusals may name every purpose; a grant names the notice that the person saw
 * (an import may bring evidence instead), the purpose version and the regime. An erased subject still takes refusals, and never a grant.
 */
export function checkEntry(entry: ConsentRecord, subject: { readonly erased: boolean }): EntryFault[] {
  const faults: EntryFault[] = [];
  const isGrant = entry.state === "given" || entry.state === "renewed";
  if (entry.purposeId.startsWith("*") && !mayNameEveryPurpose(entry.state))
    faults.push("wildcard-needs-refusal");
  if (isGrant) {
    const importedWithEvidence = entry.method === "import" && entry.proof.evidenceSha256 !== null;
    if (entry.notice === null && !importedWithEvidence) faults.push("grant-needs-notice");
    if (entry.purposeVersion === null) faults.push("grant-needs-purpose-version");
    if (entry.regime === null) faults.push("grant-needs-regime");
  }
  if (entry.state === "signalled" && entry.signal === null) faults.push("signal-missing");
  if (entry.state === "prompted" && entry.prompt === null) faults.push("prompt-missing");
  if (entry.state === "invalidated" && entry.refersTo === null) faults.push("reference-missing");
  if (entry.state.startsWith("channel-") && entry.channel === null) faults.push("channel-missing");
  if (subject.erased && sideOf(entry.state) === "allow") faults.push("erased-subject-takes-no-grant");
  if (entry.clock !== "server" && entry.occurredAt === null) faults.push("clock-needs-time");
  return faults;
}

function mayNameEveryPurpose(state: EntryState): boolean {
  return !["requested", "given", "renewed"].includes(state);
}
