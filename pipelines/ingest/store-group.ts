import type { ConsentIntake } from "../../consent/index.ts";
import { stageAuditMany } from "../../src/audit/index.ts";
import type { Db, Tx } from "../../src/db/index.ts";
import { isRejectedByStore } from "../../src/db/index.ts";
import type { Clock } from "../../src/kernel/clock.ts";
import type { Ids } from "../../src/kernel/ids.ts";
import type { Log, Meter } from "../../src/kernel/log.ts";
import { REASONS, rejection } from "../../src/kernel/verdicts.ts";
import {
  type Assignment,
  assignSubjects,
  checkEpoch,
  type PreparedEvent,
  recordEvents,
  StaleAssignment,
  StaleIndex,
  type SubjectCache,
  sealEvents,
  settleIndexes,
} from "../../src/members/index.ts";
import { isKeyLetGo, type Vault } from "../../src/vault/index.ts";
import { closeReplays, replayedEntries } from "./close-replays.ts";
import { compareContent, supplementOf } from "./content.ts";
import type { Entry, EventEntry, Outcome, RejectedEntry } from "./entry.ts";
import { type Judged, judgeEvents, noteTurned, turnAwayStrangers, turnAwaySuppressed } from "./gate.ts";
import { keepRejected, keysFor } from "./keep-rejected.ts";
import { addCounts, claimReceipts, findReceipts, type Receipt } from "./receipts.store.ts";

export interface StoreDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly cache: SubjectCache;
  /** The gate of collection, and the reader of what events say about consent. */
  readonly intake: ConsentIntake;
  readonly log: Log;
  readonly meter: Meter;
}

const STALE_ATTEMPTS = 12;
const KEY_ATTEMPTS = 3;

/**
 * Stores a group of items in one transaction and says what became of each, in order. When the store rejects the
 * group, halves of it are tried until the culprit stands alone and is quarantined; its neighbours are stored.
 * Throws when the store or the keystore is away: then nothing of the group is stored.
 */
export async function storeGroup(deps: StoreDeps, entries: readonly Entry[]): Promise<Outcome[]> {
  try {
    return await attemptWithKeys(deps, entries);
  } catch (error) {
    if (!isRejectedByStore(error)) throw error;
    if (entries.length > 1) {
      const half = Math.ceil(entries.length / 2);
      const first = await storeGroup(deps, entries.slice(0, half));
      return [...first, ...(await storeGroup(deps, entries.slice(half)))];
    }
    const only = entries[0] as Entry;
    deps.log.warn("event_rejected_by_store", {
      sourceId: only.sourceId,
      sqlstate: String((error as { code?: unknown }).code),
    });
    if (only.kind === "rejected") throw error;
    return attempt(deps, [asRejected(only, "storage-rejected")]);
  }
}

/** A store that is slow may outlast the keys held for a group: then they are loaded again. */
async function attemptWithKeys(deps: StoreDeps, entries: readonly Entry[]): Promise<Outcome[]> {
  for (let n = 1; ; n++) {
    try {
      return await attempt(deps, entries);
    } catch (error) {
      if (!(isKeyLetGo(error) || error instanceof StaleIndex) || n >= KEY_ATTEMPTS) throw error;
    }
  }
}

/** The entries with their identifiers called as the data call them, whichever key their indexes are under. */
async function calledAsKnown(deps: StoreDeps, arriving: readonly Entry[]) {
  const prepared = arriving.flatMap((e) => (e.kind === "event" ? [e.prepared] : []));
  const { epoch, events } = await settleIndexes(deps.db, deps.vault, prepared);
  let next = 0;
  const entries = arriving.map((e): Entry => {
    if (e.kind !== "event") return e;
    const settled = events[next++] as PreparedEvent;
    return settled === e.prepared ? e : { ...e, prepared: settled };
  });
  return { entries, epoch };
}

function asRejected(entry: EventEntry, code: keyof typeof REASONS): RejectedEntry {
  const { prepared: _, ...rest } = entry;
  return { ...rest, kind: "rejected", rejection: rejection(code) };
}

async function attempt(deps: StoreDeps, arriving: readonly Entry[]): Promise<Outcome[]> {
  const { entries, epoch } = await calledAsKnown(deps, arriving);
  const outcomes: (Outcome | undefined)[] = entries.map(() => undefined);
  const first = new Map<string, number>();
  const repeats: number[] = [];
  entries.forEach((e, i) => {
    if (e.kind !== "event") return;
    // The id of an event is a keyed hash of its source too.
    const id = e.prepared.eventId;
    if (first.has(id)) repeats.push(i);
    else first.set(id, i);
  });
  const registry = await deps.intake.begin();
  const arrived = [...first.values()].map((i) => ({ i, entry: entries[i] as EventEntry }));
  const known = await turnAwaySuppressed(deps.db, deps, arrived, false);
  const { staying: events, turned: strangers } = await turnAwayStrangers(deps, registry, known.staying);
  const rejected = entries.flatMap((entry, i) => (entry.kind === "rejected" ? [{ i, entry }] : []));
  /** What of the group is stored as something else once the group is committed. */
  const later: Later[] = [];
  const replaying = entries.flatMap((e) => (e.replayOf === null ? [] : [e.replayOf]));

  const quarantineKeys = await keysFor(deps, rejected);
  let spare: ReadonlyMap<string, Assignment> = new Map();
  for (let n = 1; ; n++) {
    const prepared = events.map((e) => e.entry.prepared);
    const assigned = await assignSubjects(deps, prepared, spare);
    const sealed = sealEvents(deps.vault, prepared, assigned);
    let accepted: PreparedEvent[] = [];
    let judged: Judged | undefined;
    let observed: Awaited<ReturnType<typeof recordEvents>> = [];
    try {
      await deps.db.retryingTx(async (tx) => {
        later.length = 0;
        outcomes.fill(undefined);
        const gated = await turnAwaySuppressed(tx, deps, events, true);
        // Behind the lock under which an epoch begins: it cannot change before the commit.
        await checkEpoch(tx, epoch);
        judged = await judgeEvents(tx, deps, registry, gated.staying, assigned);
        accepted = [
          ...(await claim(tx, deps.vault, judged.staying, assigned, replaying, outcomes, later)),
          ...judged.carriers,
        ];
        observed = await recordEvents(tx, deps, accepted, assigned, sealed);
        const turned = new Map([...known.turned, ...strangers, ...gated.turned, ...judged.turned]);
        await noteTurned(tx, turned, outcomes);
        await keepRejected(tx, deps, rejected, quarantineKeys, outcomes);
        judgeRepeats(entries, repeats, first, outcomes, later);
        await closeReplays(tx, deps, entries, outcomes);
        await stageAuditMany(tx, deps, replayedEntries(entries, outcomes));
        await addCounts(tx, countsOf(deps.clock, entries, outcomes));
      });
      for (const { named } of accepted) {
        const anchor = named[0]?.biHex ?? "";
        const a = assigned.get(anchor) as Assignment;
        deps.cache.set(anchor, { subjectId: a.subjectId, keyId: a.key.id });
        deps.cache.wroteIssuers(named);
      }
      for (const { biHex, row } of observed) deps.cache.observations.committed(biHex, row);
      deps.intake.committed(judged?.clues ?? []);
      break;
    } catch (error) {
      if (!(error instanceof StaleAssignment) || n >= STALE_ATTEMPTS) throw error;
      deps.cache.forget([...assigned.keys()]);
      spare = assigned;
    }
  }

  if (later.length > 0) {
    const kept = await attempt(
      deps,
      later.map(({ entry }) => entry),
    );
    later.forEach(({ i }, n) => {
      outcomes[i] = kept[n];
    });
  }
  return outcomes as Outcome[];
}

/** What becomes of items whose message id another item of the group has, as soon as it is known what became of that. */
function judgeRepeats(
  entries: readonly Entry[],
  repeats: readonly number[],
  first: ReadonlyMap<string, number>,
  outcomes: (Outcome | undefined)[],
  later: Later[],
): void {
  const unsettled = new Set(later.map(({ i }) => i));
  for (const i of repeats) {
    const again = entries[i] as EventEntry;
    const at = first.get(again.prepared.eventId) as number;
    const original = entries[at] as EventEntry;
    const of = unsettled.has(at) ? undefined : outcomes[at];
    const sameness = compareContent(original.prepared.contentMac, again.prepared.contentMac);
    if (sameness === "same" && of !== undefined)
      outcomes[i] = of.status === "refused" ? of : duplicate(again.prepared);
    else later.push({ i, entry: sameness === "other" ? asRejected(again, "message-id-conflict") : again });
  }
}

function duplicate(prepared: PreparedEvent): Outcome {
  return {
    status: "duplicate",
    code: "already-accepted",
    detail: REASONS["already-accepted"],
    eventId: prepared.eventId,
  };
}

/** An item by its place, and what is to be stored of it in its stead. */
interface Later {
  readonly i: number;
  readonly entry: Entry;
}

/**
 * Claims message ids; fills the outcomes of events and returns those to be stored. What was accepted before and is not
 * the same now goes to `later`: as a conflict, or as what the same row says of its person under another mapping.
 */
async function claim(
  tx: Tx,
  vault: Vault,
  events: readonly { i: number; entry: EventEntry }[],
  assigned: ReadonlyMap<string, Assignment>,
  replaying: readonly string[],
  outcomes: (Outcome | undefined)[],
  later: Later[],
): Promise<PreparedEvent[]> {
  const taken = await claimReceipts(
    tx,
    events.map(({ entry: { prepared: p } }) => ({
      src: p.sourceId,
      id: p.eventId,
      mac: p.contentMac,
      subject: (assigned.get(p.named[0]?.biHex ?? "") as Assignment).subjectId,
      at: p.event.occurredAt,
      received: p.receivedAt,
    })),
    replaying,
  );
  const accepted: PreparedEvent[] = [];
  const before: { i: number; entry: EventEntry }[] = [];
  for (const { i, entry } of events) {
    const p = entry.prepared;
    if (taken.has(p.eventId)) before.push({ i, entry });
    else {
      accepted.push(p);
      outcomes[i] = { status: "accepted", eventId: p.eventId };
    }
  }
  const receipts = new Map(
    (
      await findReceipts(
        tx,
        before.map(({ entry: { prepared: p } }) => ({ src: p.sourceId, id: p.eventId })),
      )
    ).map((r) => [`${r.sourceId}|${r.eventId}`, r]),
  );
  for (const { i, entry } of before) {
    const p = entry.prepared;
    const receipt = receipts.get(`${p.sourceId}|${p.eventId}`) as Receipt;
    const sameness = compareContent(receipt.contentMac, p.contentMac);
    if (sameness === "same") outcomes[i] = duplicate(p);
    else if (sameness === "other") later.push({ i, entry: asRejected(entry, "message-id-conflict") });
    else {
      const prepared = supplementOf(vault, p, receipt.occurredAt ?? p.event.occurredAt);
      later.push({ i, entry: { ...entry, prepared } });
    }
  }
  return accepted;
}

function countsOf(clock: Clock, entries: readonly Entry[], outcomes: readonly (Outcome | undefined)[]) {
  const day = clock.now().toISOString().slice(0, 10);
  const counts = new Map<string, { src: string; day: string; verdict: string; code: string; n: number }>();
  entries.forEach((e, i) => {
    const outcome = outcomes[i];
    // What is tried again and still waits was counted when it came.
    if (outcome === undefined || (e.replayOf !== null && outcome.status === "quarantined")) return;
    const code = outcome.code ?? "";
    const id = `${e.sourceId}|${outcome.status}|${code}`;
    const entry = counts.get(id);
    if (entry === undefined) counts.set(id, { src: e.sourceId, day, verdict: outcome.status, code, n: 1 });
    else entry.n++;
  });
  return [...counts.values()];
}
