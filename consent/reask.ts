import type { ConsentRules, MemberConsent } from "./decision.ts";
import { addSpan, parseSpan } from "./durations.ts";
import { newestCovering } from "./lookup.ts";
import type { ContactChannel } from "./vocabulary.ts";

/** Whether a person may be asked for a consent now, and if not, from when. */
export interface AskAdvice {
  readonly mayAsk: boolean;
  readonly reason:
    | "never-asked"
    | "refusal-is-recent"
    | "refusal-is-old"
    | "no-period"
    | "status"
    | "regime-unknown";
  readonly notBefore: Date | null;
}

/**
 * May we ask (again)? A refusal or withdrawal is left in peace for the regime's period (a year in California).
 * Where the law names no period the advice is `no-period`: asking is lawful, and pestering still is not. Nobody
 * whose data is erased, suppressed or restricted is asked.
 */
export function adviseAsking(
  rules: ConsentRules,
  member: MemberConsent,
  purposeId: string,
  channel: ContactChannel | null,
): AskAdvice {
  const { status, ledger, regime } = member;
  const answer = (
    mayAsk: boolean,
    reason: AskAdvice["reason"],
    notBefore: Date | null = null,
  ): AskAdvice => ({
    mayAsk,
    reason,
    notBefore,
  });
  if (status.erased || status.suppressed || status.restricted) return answer(false, "status");
  const pack = regime === null ? undefined : rules.regimes.get(regime);
  if (pack === undefined) return answer(false, "regime-unknown");
  const scope = {
    purposeId,
    marketing: rules.purposes.get(purposeId)?.marketing ?? false,
    channel,
    recipientId: null,
    separateConsent: null,
  };
  const times = [ledger.denials, ledger.objections].flatMap(
    (table) => newestCovering(table, scope)?.at ?? [],
  );
  const purpose = rules.purposes.get(purposeId);
  if (
    purpose?.saleOrShare === true &&
    pack.signals.gpc.value === "sale-or-share" &&
    ledger.newestGpc !== null
  )
    times.push(ledger.newestGpc.at);
  if (times.length === 0) return answer(true, "never-asked");
  const period = pack.reask.afterRefusal.value;
  const span = period === null ? null : parseSpan(period);
  if (span === null) return answer(true, "no-period");
  const notBefore = addSpan(new Date(Math.max(...times)), span);
  return notBefore > ledger.at
    ? answer(false, "refusal-is-recent", notBefore)
    : answer(true, "refusal-is-old", notBefore);
}
