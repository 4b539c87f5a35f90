import { decide } from "./decide.ts";
import type { ConsentRules, Decision } from "./decision.ts";
import type { Standing } from "./standing.ts";
import type { ContactChannel } from "./vocabulary.ts";

/** One question that is always asked of a member: may this purpose, on this channel? */
export interface MemberDecision {
  readonly purpose: string;
  readonly channel: ContactChannel | null;
  readonly decision: Decision;
}

/** The decision on every purpose and each of its channels, in the order of the registry. */
export function listDecisions(rules: ConsentRules, standing: Standing): MemberDecision[] {
  return [...rules.purposes.values()].flatMap((purpose) => {
    const channels: readonly (ContactChannel | null)[] =
      purpose.channels.length === 0 ? [null] : purpose.channels;
    return channels.map((channel) => ({
      purpose: purpose.id,
      channel,
      decision: decide(rules, standing, { purposeId: purpose.id, channel }),
    }));
  });
}
