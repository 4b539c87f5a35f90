import { isNewer, type Slot, type SlotTable } from "./fold.ts";
import {
  ALL_MARKETING,
  ALL_PURPOSES,
  type ContactChannel,
  type RegimeId,
  type SeparateConsent,
} from "./vocabulary.ts";

/** The scope that a question is about. */
export interface Scope {
  readonly purposeId: string;
  readonly marketing: boolean;
  readonly channel: ContactChannel | null;
  readonly recipientId: string | null;
  readonly separateConsent: SeparateConsent | null;
}

/** The newest entry of a table that covers a scope: null in an entry means every channel, recipient or aspect. */
export function newestCovering(table: SlotTable, scope: Scope): Slot | null {
  if (table.size === 0) return null;
  let newest = newestOf(table.get(scope.purposeId), scope, null);
  newest = newestOf(table.get(ALL_PURPOSES), scope, newest);
  return scope.marketing ? newestOf(table.get(ALL_MARKETING), scope, newest) : newest;
}

/** The newest entry of a table that covers a scope and names its very recipient. */
export function newestNaming(table: SlotTable, scope: Scope): Slot | null {
  const naming = (slots: readonly Slot[] | undefined) =>
    slots?.filter((slot) => slot.entry.recipientId === scope.recipientId);
  let newest = newestOf(naming(table.get(scope.purposeId)), scope, null);
  newest = newestOf(naming(table.get(ALL_PURPOSES)), scope, newest);
  return scope.marketing ? newestOf(naming(table.get(ALL_MARKETING)), scope, newest) : newest;
}

function newestOf(slots: readonly Slot[] | undefined, scope: Scope, best: Slot | null): Slot | null {
  if (slots === undefined) return best;
  let newest = best;
  for (const slot of slots) {
    const e = slot.entry;
    if (
      (e.channel === null || e.channel === scope.channel) &&
      (e.recipientId === null || e.recipientId === scope.recipientId) &&
      (e.separateConsent === null || e.separateConsent === scope.separateConsent) &&
      (newest === null || isNewer(slot, newest))
    ) {
      newest = slot;
    }
  }
  return newest;
}

/** The newest entry that says exactly this scope under exactly this regime: a grant covers nothing more. */
export function newestExact(table: SlotTable, scope: Scope, regime: RegimeId | null): Slot | null {
  for (const slot of table.get(scope.purposeId) ?? []) {
    const e = slot.entry;
    if (
      e.regime === regime &&
      e.channel === scope.channel &&
      e.recipientId === scope.recipientId &&
      e.separateConsent === scope.separateConsent
    ) {
      return slot;
    }
  }
  return null;
}

/** Whether a set right (an objection, a restriction) stands against its lifting; equal times leave it standing. */
export function standing(set: SlotTable, lifted: SlotTable, scope: Scope): Slot | null {
  const held = newestCovering(set, scope);
  if (held === null) return null;
  const lift = newestCovering(lifted, scope);
  return lift === null || held.at >= lift.at ? held : null;
}
