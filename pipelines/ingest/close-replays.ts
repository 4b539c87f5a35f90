import type { AuditInput } from "../../src/audit/index.ts";
import type { Tx } from "../../src/db/index.ts";
import type { Clock } from "../../src/kernel/clock.ts";
import type { Decider, Entry, Outcome } from "./entry.ts";
import { emptyItems, markReplayed, markStillRejected } from "./quarantine.store.ts";

/** Writes down of quarantined items that were tried again what became of each. */
export async function closeReplays(
  tx: Tx,
  deps: { readonly clock: Clock },
  entries: readonly Entry[],
  outcomes: readonly (Outcome | undefined)[],
): Promise<void> {
  const stored: string[] = [];
  const still: { id: string; code: string; detail: string }[] = [];
  entries.forEach((e, i) => {
    const outcome = outcomes[i];
    if (e.replayOf === null || outcome === undefined) return;
    if (outcome.status !== "quarantined") stored.push(e.replayOf);
    else if (e.isEdited !== true)
      still.push({ id: e.replayOf, code: outcome.code ?? "", detail: outcome.detail ?? "" });
  });
  await markReplayed(tx, stored, deps.clock.now());
  // What speaks of somebody erased has no business in quarantine either.
  const erased = entries.flatMap((e, i) =>
    e.replayOf !== null && outcomes[i]?.code === "suppressed" ? [e.replayOf] : [],
  );
  await emptyItems(tx, erased);
  await markStillRejected(tx, still);
}

/** One audit entry for each request that had some of these tried again: how many, and what became of them. */
export function replayedEntries(
  entries: readonly Entry[],
  outcomes: readonly (Outcome | undefined)[],
): AuditInput[] {
  const told = new Map<Decider, Record<string, number>>();
  entries.forEach(({ replayedBy: by }, i) => {
    const outcome = outcomes[i];
    if (by === undefined || outcome === undefined) return;
    const counts: Record<string, number> = told.get(by) ?? {
      tried: 0,
      accepted: 0,
      duplicate: 0,
      quarantined: 0,
    };
    told.set(by, counts);
    counts.tried = (counts.tried ?? 0) + 1;
    counts[outcome.status] = (counts[outcome.status] ?? 0) + 1;
  });
  return [...told].map(([by, counts]) => ({ ...by, action: "quarantine.replayed", counts }));
}
