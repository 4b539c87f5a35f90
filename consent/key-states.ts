import type { LedgerState, Slot, SlotTable } from "./fold.ts";
import type { EntryState } from "./ledger.ts";
import { newestCovering } from "./lookup.ts";
import type { ContactChannel, RegimeId, SeparateConsent } from "./vocabulary.ts";

/** What was last said about one key of the ledger, for one strongly joined group. */
export interface KeyState {
  readonly subjects: readonly string[];
  readonly purposeId: string;
  readonly channel: ContactChannel | null;
  readonly recipientId: string | null;
  readonly regime: RegimeId | null;
  readonly separateConsent: SeparateConsent | null;
  /** `pending`: asked for or given, and not yet confirmed. */
  readonly state: EntryState | "pending";
  readonly recordId: string;
  readonly since: Date;
}

/**
 * The state of every key (purpose × channel × recipient × regime × separate consent) that somebody has spoken
 * about, in a fixed order. A refusal of another subject or of a wider scope shows on every grant that it ends;
 * objections and restrictions stand in rows of their own, also where they were lifted for some scopes since.
 * Whether something is *allowed* is for `decide`; this shows what was said.
 */
export function listKeyStates(state: LedgerState, isMarketing: (purposeId: string) => boolean): KeyState[] {
  const listed: KeyState[] = [];
  for (const group of state.groups) {
    const words = new Map<string, KeyState>();
    const spoken = new Set<string>();
    const consider = (
      slot: Slot,
      regime: RegimeId | null,
      said: Pick<KeyState, "state" | "recordId" | "since">,
    ) => {
      const { purposeId, channel, recipientId, separateConsent } = slot.entry;
      const scope = [purposeId, channel, recipientId, separateConsent].join(" ");
      spoken.add(scope);
      const known = words.get(`${scope} ${regime}`);
      if (known !== undefined && known.since >= said.since) return;
      words.set(`${scope} ${regime}`, {
        subjects: group.subjects,
        purposeId,
        channel,
        recipientId,
        regime,
        separateConsent,
        ...said,
      });
    };
    const itself = (slot: Slot, state: KeyState["state"] = slot.entry.state) => ({
      state,
      recordId: slot.entry.id,
      since: new Date(slot.at),
    });
    for (const slot of slotsOf(group.grants)) {
      const e = slot.entry;
      const denial = newestCovering(state.denials, {
        purposeId: e.purposeId,
        marketing: isMarketing(e.purposeId),
        channel: e.channel,
        recipientId: e.recipientId,
        separateConsent: e.separateConsent,
      });
      const ended = denial !== null && denial.at >= slot.at;
      consider(slot, e.regime, itself(ended ? denial : slot));
    }
    // A request beside a standing grant takes nothing from it.
    const granted = new Set(
      [...words.values()].filter((w) => w.state === "given" || w.state === "renewed").map(grantKey),
    );
    for (const slot of slotsOf(group.pending)) {
      if (!granted.has(grantKey(slot.entry))) consider(slot, slot.entry.regime, itself(slot, "pending"));
    }
    // A refusal that ended a grant of the same scope is shown there already.
    for (const slot of slotsOf(state.denials)) {
      const { purposeId, channel, recipientId, separateConsent } = slot.entry;
      if (!spoken.has([purposeId, channel, recipientId, separateConsent].join(" ")))
        consider(slot, null, itself(slot));
    }
    listed.push(...words.values());
    for (const slot of [...slotsOf(state.objections), ...slotsOf(state.restrictions)]) {
      const { purposeId, channel, recipientId, separateConsent } = slot.entry;
      listed.push({
        subjects: group.subjects,
        purposeId,
        channel,
        recipientId,
        regime: null,
        separateConsent,
        ...itself(slot),
      });
    }
  }
  return listed.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
}

function grantKey(
  k: Pick<KeyState, "purposeId" | "channel" | "recipientId" | "separateConsent" | "regime">,
): string {
  return [k.purposeId, k.channel, k.recipientId, k.separateConsent, k.regime].join(" ");
}

function slotsOf(table: SlotTable): Slot[] {
  return [...table.values()].flat();
}

function sortKey(k: KeyState): string {
  return [k.subjects[0], k.purposeId, k.channel, k.recipientId, k.separateConsent, k.regime, k.recordId]
    .map((part) => part ?? "")
    .join("\u0000");
}
