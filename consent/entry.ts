import type { ConsentProof, ConsentRecord } from "./ledger.ts";

export const NO_PROOF: ConsentProof = {
  doubleOptInTokenSha256: null,
  doubleOptIn: "not-required",
  evidenceSha256: null,
  guardian: null,
  auditSequence: null,
};

/** What a door knows of an entry before the ledger gives it its subject, id and time. */
export type EntryDraft = Pick<ConsentRecord, "state" | "purposeId" | "method"> &
  Partial<Omit<ConsentRecord, "id" | "schemaVersion" | "subjectId" | "recordedAt" | "proof">> & {
    readonly proof?: Partial<ConsentProof>;
  };

/** What only the ledger can say. */
export interface EntryPlace {
  readonly id: string;
  readonly subjectId: string;
  /** The server's time. */
  readonly recordedAt: Date;
}

/** Completes a draft; whatever it leaves open is null, and its time is the server's. */
export function entryFrom(draft: EntryDraft, place: EntryPlace): ConsentRecord {
  return {
    id: place.id,
    schemaVersion: 1,
    subjectId: place.subjectId,
    state: draft.state,
    purposeId: draft.purposeId,
    purposeVersion: draft.purposeVersion ?? null,
    channel: draft.channel ?? null,
    recipientId: draft.recipientId ?? null,
    regime: draft.regime ?? null,
    regimeBecause: draft.regimeBecause ?? null,
    separateConsent: draft.separateConsent ?? null,
    refersTo: draft.refersTo ?? null,
    notice: draft.notice ?? null,
    conflictShown: draft.conflictShown ?? false,
    validUntil: draft.validUntil ?? null,
    recordedAt: place.recordedAt,
    occurredAt: draft.occurredAt ?? null,
    clock: draft.clock ?? (draft.occurredAt == null ? "server" : "sender"),
    method: draft.method,
    sourceId: draft.sourceId ?? null,
    storeId: draft.storeId ?? null,
    actor: draft.actor ?? { kind: "member", ref: null },
    signal: draft.signal ?? null,
    prompt: draft.prompt ?? null,
    proof: { ...NO_PROOF, ...draft.proof },
  };
}

/**
 * The same refusal for every subject that a member has at that time: withdrawals, objections and restrictions are
 * written to all of them, so that each keeps its own when they are parted again.
 */
export function refusalForAll(
  draft: EntryDraft,
  subjects: readonly string[],
  recordedAt: Date,
  nextId: () => string,
): ConsentRecord[] {
  return [...new Set(subjects)]
    .sort()
    .map((subjectId) => entryFrom(draft, { id: nextId(), subjectId, recordedAt }));
}
