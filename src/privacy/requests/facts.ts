import type { RegimeId, RegimePack } from "../../../consent/index.ts";
import { type ClockFacts, computeClock, type RequestClock } from "../clocks/compute.ts";
import type { RequestRow } from "./requests.store.ts";
import type { RequestFacts } from "./state.ts";

/** Where nobody's law is known: the most demanding one that comes with Candor. */
export const FALLBACK_REGIME: RegimeId = "EU";

/** What the machine of states looks at, from the stored row. */
export function factsOf(row: RequestRow): RequestFacts {
  return {
    state: row.state,
    kind: row.kind,
    needsIdentity: row.tier !== "none",
    isVerified: row.verifiedAt !== null,
    hasMember: row.memberId !== null,
    awaitsAuthority: row.filer !== "self" && row.authorityAt === null,
    awaitsDeclaration: row.needsDeclaration && row.declaredAt === null,
    confirmedAt: row.confirmedAt,
    coolingUntil: row.coolingUntil,
    isHeld: row.heldAt !== null,
    isPaused: row.pauses.some((p) => p.to === null),
    hasFailed: row.failedStep !== null,
  };
}

/** What a clock is computed from, from the stored row. */
export function clockFactsOf(
  row: Pick<RequestRow, "kind" | "receivedAt" | "country" | "extendedAt" | "pauses">,
  controllerCountry: string | null,
): ClockFacts {
  return {
    kind: row.kind,
    receivedAt: row.receivedAt,
    // Holidays are those of the place that answers (Regulation 1182/71 Art. 2): the company's, else the person's.
    country: controllerCountry ?? row.country,
    extendedAt: row.extendedAt,
    pauses: row.pauses.map((p) => ({ from: new Date(p.from), to: p.to === null ? null : new Date(p.to) })),
  };
}

/** The clock of a stored request. A company outside the regime's territory leaves the choice to the person's country. */
export function requestClock(
  pack: RegimePack,
  row: Pick<RequestRow, "kind" | "receivedAt" | "country" | "extendedAt" | "pauses">,
  controllerCountry: string,
  now: Date,
): RequestClock {
  const inside = pack.territory.some((t) => t.country === controllerCountry);
  return computeClock(pack, clockFactsOf(row, inside ? controllerCountry : null), now);
}
