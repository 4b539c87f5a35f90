import { CONSENT_STATES } from "../../consent/ledger.ts";
import { type AskedPerson, CAST } from "./consents.ts";
import type { Talk } from "./talk.ts";

/** In what consents can be, as the summary names it. */
export const SHOWN_STATES = [...CONSENT_STATES, "stale notice"] as const;
export type ConsentState = (typeof SHOWN_STATES)[number];

/** How many consents are in one state among those looked at, and what the server says of one of them. */
export interface StateCount {
  readonly state: ConsentState;
  readonly count: number;
  readonly example: { readonly memberId: string; readonly purpose: string; readonly because: string } | null;
}

interface Shown {
  readonly decisions: readonly {
    readonly purpose: string;
    readonly channel: string | null;
    readonly rule: string;
    readonly recordId: string | null;
    readonly sentences?: readonly string[];
  }[];
  readonly states: readonly {
    readonly purposeId: string;
    readonly channel: string | null;
    readonly state: string;
    readonly recordId: string;
  }[];
}

/** What a key of the ledger amounts to today: what was said last, unless time or new words have ended it. Pure. */
export function stateOf(said: string, rule: string | null): ConsentState | null {
  if (said === "given" || said === "renewed") {
    if (rule === "consent-stale") return "stale notice";
    if (rule === "consent-expired") return "expired";
  }
  if (said === "pending") return "requested";
  return SHOWN_STATES.find((state) => state === said) ?? null;
}

/** Looks at the consents of the cast and of as many others, and counts the states they are in. */
export async function countStates(talk: Talk, people: readonly AskedPerson[]): Promise<StateCount[]> {
  const counts = new Map<ConsentState, { count: number; example: StateCount["example"] }>();
  for (const person of people.slice(0, 2 * CAST)) {
    const found = await talk("POST", "/v1/profiles/lookup?purpose=service", {
      body: { kind: "member_id", value: person.card },
      expect: [200, 404, 409],
    });
    if (found.status !== 200) continue;
    const memberId = String(found.body.memberId);
    const shown = (await talk("GET", `/v1/members/${memberId}/consents?locale=en`)).body as unknown as Shown;
    for (const { purposeId, channel, recordId, state: said } of shown.states) {
      const decision = shown.decisions.find((d) => d.purpose === purposeId && d.channel === channel);
      const state = stateOf(said, decision?.rule ?? null);
      if (state === null) continue;
      const known = counts.get(state) ?? { count: 0, example: null };
      // Another group of the member's subjects may stand otherwise: the sentences must be about this very record.
      const about = said === "pending" || decision?.recordId === recordId ? decision : undefined;
      const because = about?.sentences?.join(" ") ?? "";
      counts.set(state, {
        count: known.count + 1,
        example: known.example ?? (because === "" ? null : { memberId, purpose: purposeId, because }),
      });
    }
  }
  return SHOWN_STATES.map((state) => ({ state, ...(counts.get(state) ?? { count: 0, example: null }) }));
}
