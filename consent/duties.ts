import type { ConsentRules, Decision } from "./decision.ts";
import type { RefusalOffer } from "./first-contact.store.ts";

/**
 * What must go with a use that is allowed. `offer-refusal`: this is the first marketing contact on the channel, and the
 * message must offer a way to refuse that costs nothing (PDPA Art. 20(3), Art. 21(4) GDPR).
 */
export type Duty = "offer-refusal";

/**
 * The duties of a decision: marketing on a channel under a law that wants refusal offered at the first contact, as long
 * as no offer on that channel is on record. `offers`: those made to the member's subjects up to the time asked about.
 */
export function dutiesOf(rules: ConsentRules, decision: Decision, offers: readonly RefusalOffer[]): Duty[] {
  const { purposeId, channel, regime } = decision.because;
  if (decision.kind === "denied" || channel === null || regime === null) return [];
  if (rules.purposes.get(purposeId)?.marketing !== true) return [];
  if (rules.regimes.get(regime)?.firstContact.offerRefusal.value !== true) return [];
  return offers.some((offer) => offer.channel === channel) ? [] : ["offer-refusal"];
}
