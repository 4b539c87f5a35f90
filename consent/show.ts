import type { ConsentRules, Decision } from "./decision.ts";
import { explainDecision } from "./explain.ts";
import type { ConsentRecord } from "./ledger.ts";
import { regimeSha256 } from "./regimes/history.ts";
import type { Locale } from "./vocabulary.ts";

/** A record as the API answers it: no proof in the clear beyond hashes, no signal's content. */
export function showRecord(record: ConsentRecord) {
  return {
    id: record.id,
    subjectId: record.subjectId,
    state: record.state,
    purpose: record.purposeId,
    purposeVersion: record.purposeVersion,
    channel: record.channel,
    recipient: record.recipientId,
    separateConsent: record.separateConsent,
    regime: record.regime,
    regimeBecause: record.regimeBecause,
    notice: record.notice,
    recordedAt: record.recordedAt.toISOString(),
    occurredAt: record.occurredAt?.toISOString() ?? null,
    clock: record.clock,
    method: record.method,
    sourceId: record.sourceId,
    storeId: record.storeId,
    actor: record.actor.kind,
    signal: record.signal?.kind ?? null,
    prompt: record.prompt,
    refersTo: record.refersTo,
    conflictShown: record.conflictShown,
    validUntil: record.validUntil?.toISOString() ?? null,
    doubleOptIn: record.proof.doubleOptIn,
    byGuardian: record.proof.guardian !== null,
    evidenceSha256: record.proof.evidenceSha256,
  };
}

/** A decision as the API answers it, with version and hash of the pack that it was asked of, and as sentences where a language is named. */
export function showDecision(
  decision: Decision,
  rules: Pick<ConsentRules, "purposes" | "regimes">,
  locale: Locale | null,
) {
  const { regime } = decision.because;
  const pack = regime === null ? undefined : rules.regimes.get(regime);
  return {
    allowed: decision.kind === "allowed",
    rule: decision.rule,
    basis: decision.basis,
    recordId: decision.recordId,
    notice:
      decision.noticeId === null || decision.noticeVersion === null
        ? null
        : { id: decision.noticeId, version: decision.noticeVersion },
    regime,
    regimeVersion: pack?.version ?? null,
    regimeSha256: pack === undefined ? null : regimeSha256(pack).toString("hex"),
    since: decision.because.since === null ? null : new Date(decision.because.since).toISOString(),
    detail: decision.because.detail,
    ...(locale === null ? {} : { sentences: explainDecision(decision, locale, rules) }),
  };
}
