import type { Tx } from "../../db/index.ts";
import { DAY } from "../../kernel/clock.ts";
import {
  type HeldIdentifier,
  insertSuppressions,
  lockSuppressions,
  markRejoined,
  readHeldIdentifiers,
  strengthOf,
  suppressionMacs,
} from "../../members/index.ts";
import type { FulfilDeps } from "./deps.ts";
import { readMemberSubjects, readSubjectKeys } from "./erasure.store.ts";
import { type Batch, batchOf, type Counts, tally } from "./erasure-batch.ts";
import { RETENTION_ACTOR } from "./retention-actor.ts";
import { insertKeys, type RunRow, saveSubjects } from "./runs.store.ts";

/** Evidence on a contact point or device that nobody has confirmed for this long may be of its next owner. */
const RECYCLED_AFTER = 730 * DAY;

function isOld(held: HeldIdentifier, now: Date): boolean {
  const last = Math.max(held.firstAt.getTime(), Date.parse(`${held.lastMonth}T00:00:00Z`));
  return strengthOf(held) === "weak" && last + RECYCLED_AFTER <= now.getTime();
}

/** The values by which only these people are known, opened from their own evidence. */
export async function openHeld(
  tx: Pick<Tx, "query">,
  deps: Pick<FulfilDeps, "vault" | "clock">,
  batch: Batch,
): Promise<(HeldIdentifier & { readonly value: string; readonly runId: string })[]> {
  const keysOf = new Map((await readSubjectKeys(tx, batch.subjects)).map((s) => [s.subjectId, s.keyId]));
  const keys = await deps.vault.loadKeys([...keysOf.values()]);
  const held = await readHeldIdentifiers(
    tx,
    batch.subjects.map((subjectId) => ({ subjectId, owner: batch.runOf.get(subjectId)?.runId as string })),
  );
  const now = deps.clock.now();
  return held.flatMap((h) => {
    const key = keys.get(keysOf.get(h.subjectId) ?? "");
    if (h.shared || isOld(h, now) || key === undefined) return [];
    const place = {
      table: "evidence",
      column: "cell",
      recordId: `${h.subjectId}/${h.bi.toString("hex")}`,
      category: "identity",
    };
    const value = deps.vault.open(key, place, h.cell).toString("utf8");
    return [{ ...h, value, runId: batch.runOf.get(h.subjectId)?.runId as string }];
  });
}

/**
 * Puts what only these people were known by on the list of the suppressed. It waits until no events are being stored:
 * everything stored before is seen by the steps that follow, everything after it meets the list.
 */
export async function suppress(tx: Tx, deps: FulfilDeps, runs: readonly RunRow[]): Promise<Counts> {
  await lockSuppressions(tx);
  const found = await readMemberSubjects(
    tx,
    runs.map((r) => r.memberId),
  );
  const grown = runs.map((run) => ({
    ...run,
    subjects: [
      ...new Set([...run.subjects, ...found.flatMap((f) => (f.asked === run.memberId ? [f.subjectId] : []))]),
    ].sort(),
  }));
  await saveSubjects(
    tx,
    grown.filter((g, i) => g.subjects.length !== runs[i]?.subjects.length),
  );
  const batch = batchOf(grown);
  const counts: Counts = new Map();
  const entries = (await openHeld(tx, deps, batch)).map((h) => ({
    mac: suppressionMacs(deps.vault, h)[0] as Buffer,
    runId: h.runId,
    strength: strengthOf(h),
    subjectId: h.subjectId,
  }));
  const now = deps.clock.now();
  await insertSuppressions(tx, entries, now);
  // Nobody asked for what retention erases: the past must not come back, but the person may.
  const byRetention = runs.filter((r) => r.actorId === RETENTION_ACTOR).map((r) => r.runId);
  await markRejoined(tx, byRetention, now);
  tally(
    batch,
    counts,
    "identifiers",
    entries.map((e) => ({ subjectId: e.subjectId, n: 1 })),
  );
  const keys = await readSubjectKeys(tx, batch.subjects);
  await insertKeys(
    tx,
    keys.map((k) => ({ ...k, runId: batch.runOf.get(k.subjectId)?.runId as string })),
  );
  tally(
    batch,
    counts,
    "subjects",
    keys.map((k) => ({ subjectId: k.subjectId, n: 1 })),
  );
  return counts;
}

/** Quarantined items that mention these people, by run: found by opening items, outside any transaction. */
export async function findMentions(
  deps: FulfilDeps,
  runs: readonly RunRow[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const held = await openHeld(deps.db, deps, batchOf(runs));
  const runsOf = new Map<string, Set<string>>();
  for (const h of held) {
    const text = h.value.toLowerCase();
    // Shorter values stand in too many texts to say anything.
    if (text.length < 4) continue;
    const known = runsOf.get(text);
    if (known === undefined) runsOf.set(text, new Set([h.runId]));
    else known.add(h.runId);
  }
  const found = new Map<string, string[]>();
  for (const mention of await deps.quarantine.mentioning([...runsOf.keys()])) {
    const [runId] = mention.texts.flatMap((t) => [...(runsOf.get(t) ?? [])]);
    if (runId !== undefined) found.set(runId, [...(found.get(runId) ?? []), mention.id]);
  }
  return found;
}
