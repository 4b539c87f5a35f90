import type { DecisionAsk } from "../../../consent/decision.ts";
import type { ConsentRecord } from "../../../consent/ledger.ts";
import type { Purpose } from "../../../consent/purpose.schema.ts";
import type { RegimeId } from "../../../consent/vocabulary.ts";

/**
 * Says from first principles whether a consent purpose is allowed for one strongly joined group: some grant of the
 * group stands against every refusal of the whole member. Written as quantifiers over all entries, without tables
 * or newest-of, so that it can disagree with the fold.
 */
export function naiveAllows(
  entries: readonly ConsentRecord[],
  group: readonly string[],
  purpose: Purpose,
  ask: DecisionAsk,
  regime: RegimeId,
  at: Date,
): boolean {
  const visible = entries.filter((e) => e.recordedAt <= at);
  const endings = visible.filter(
    (e) => (e.state === "expired" || e.state === "invalidated") && e.refersTo !== null,
  );
  const isGrant = (e: ConsentRecord) => e.state === "given" || e.state === "renewed";
  const isEnded = (e: ConsentRecord) => isGrant(e) && endings.some((end) => end.refersTo === e.id);
  const time = (e: ConsentRecord) => {
    const recorded = e.recordedAt.getTime();
    if (e.clock === "server" || e.occurredAt === null) return recorded;
    const refuses = ["refused", "withdrawn", "expired", "invalidated", "objected", "restricted"];
    if (e.clock === "offline" && refuses.includes(e.state)) return recorded;
    return Math.min(recorded, e.occurredAt.getTime());
  };
  const recipient = ask.recipient?.id ?? null;
  const channel = ask.channel ?? null;
  const covers = (e: ConsentRecord) =>
    (e.purposeId === purpose.id ||
      e.purposeId === "*" ||
      (purpose.marketing && e.purposeId === "*marketing")) &&
    (e.channel === null || e.channel === channel) &&
    (e.recipientId === null || e.recipientId === recipient) &&
    e.separateConsent === null;
  const own = (e: ConsentRecord) => group.includes(e.subjectId);

  const inForce = (set: ConsentRecord["state"], lifted: ConsentRecord["state"]) =>
    visible.some(
      (e) =>
        e.state === set &&
        covers(e) &&
        !visible.some((l) => l.state === lifted && own(l) && covers(l) && time(l) > time(e)),
    );
  if (inForce("restricted", "restriction-lifted")) return false;
  if (inForce("objected", "objection-lifted")) return false;

  const grantIds = new Set(visible.filter(isGrant).map((e) => e.id));
  const refusals = visible.filter((e) => {
    if (!covers(e)) return false;
    if (e.state === "refused" || e.state === "withdrawn" || isEnded(e)) return true;
    // An ending that names a known grant acts through that grant alone.
    return (
      (e.state === "expired" || e.state === "invalidated") &&
      !(e.refersTo !== null && grantIds.has(e.refersTo))
    );
  });
  return visible.some((g) => {
    if (!isGrant(g) || isEnded(g) || !own(g) || g.proof.doubleOptIn === "pending") return false;
    if (g.purposeId !== purpose.id || g.regime !== regime || g.channel !== channel) return false;
    const names = g.recipientId !== null;
    const thirdParty = ask.recipient?.role === "third-party";
    if (names && !(thirdParty && g.recipientId === recipient)) return false;
    if (refusals.some((r) => time(r) >= time(g))) return false;
    return names || recipient === null || !refusals.some((r) => r.recipientId === recipient);
  });
}
