import type { Tx } from "../db/index.ts";
import { dropUnsent, insertEvents } from "../events/index.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import type { Vault } from "../vault/index.ts";
import { applyEvent, applyOrderChange, emptyAggregate, type SubjectAggregate } from "./aggregates.ts";
import type { SubjectCache } from "./assign-subjects.ts";
import { saveAttributeSets } from "./attributes.store.ts";
import { stageChanges } from "./changes.store.ts";
import { collectEvidence, type Observation } from "./collect-evidence.ts";
import { type EvidenceRow, findSharedNodes, findTied, lockNodes, saveEvidence } from "./evidence.store.ts";
import { noteIssuers } from "./links.store.ts";
import { isStrongerAnchor } from "./named.ts";
import { readOrders, saveOrders } from "./orders.store.ts";
import { foldOrder, type OrderFactRow } from "./orders.ts";
import type { Assignment, PreparedEvent } from "./prepared.ts";
import { regroup } from "./regroup.ts";
import { joinSets, type SealedEvent, type SealedEvents, sealEvents } from "./seal-events.ts";
import {
  findSubjectsByAnchor,
  insertSubjects,
  lockAggregates,
  saveAggregates,
  strengthenAnchors,
} from "./subjects.store.ts";

export interface RecordDeps {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly cache: SubjectCache;
}

/** The subject an event was sealed for is gone or another won the race to mint it: assign again and retry. */
export class StaleAssignment extends Error {
  constructor() {
    super("a subject changed while its events were being stored");
    this.name = "StaleAssignment";
  }
}

/**
 * Stores events with everything that follows from them, in the caller's transaction: subjects, evidence, statements,
 * orders, aggregates, members. The result depends on the set of events ever stored, never on their order or batching.
 *
 * Locks are taken in one order (subjects by anchor, aggregates by id, nodes by index, regrouped subjects by id), so
 * that transactions wait for each other rather than deadlock. Throws {@link StaleAssignment} when the assignment no
 * longer holds. `sealed` holds what has been sealed of them beforehand, under the same assignment. Answers what the
 * events observed, for the cache to remember once it is committed.
 */
export async function recordEvents(
  tx: Tx,
  deps: RecordDeps,
  events: readonly PreparedEvent[],
  assigned: ReadonlyMap<string, Assignment>,
  sealed: SealedEvents,
): Promise<readonly Observation[]> {
  if (events.length === 0) return [];
  const rest = sealEvents(
    deps.vault,
    events.filter((e) => !sealed.has(e)),
    assigned,
  );
  const cells = events.map((e) => (sealed.get(e) ?? rest.get(e)) as SealedEvent);
  const assignmentOf = (e: PreparedEvent) => assigned.get(e.named[0]?.biHex ?? "") as Assignment;
  const subjectIds = new Set(events.map((e) => assignmentOf(e).subjectId));

  const fresh = await insertNewSubjects(tx, deps, events, assigned);
  const aggregates = await lockSubjectAggregates(tx, subjectIds, fresh);

  const { changed, anchors, observed } = await collectEvidence(
    tx,
    { vault: deps.vault, observations: deps.cache.observations },
    events,
    assignmentOf,
    fresh,
  );
  await lockNodes(
    tx,
    changed.map((e) => e.bi),
  );
  await saveEvidence(tx, changed);
  await strengthenAnchors(tx, anchors);
  await noteIssuers(tx, deps.cache.newIssuers(changed));

  await saveAttributeSets(tx, joinSets(cells.flatMap((c) => c.sets)));
  await recordOrders(tx, events, assignmentOf, aggregates);
  for (const e of events) {
    const id = assignmentOf(e).subjectId;
    aggregates.set(id, applyEvent(aggregates.get(id) as SubjectAggregate, e.event));
  }
  await saveAggregates(
    tx,
    [...aggregates].map(([id, aggregate]) => ({ id, aggregate })),
  );
  await insertEvents(
    tx,
    cells.map((c) => c.row),
  );

  const conversing = events.filter((e) => e.event.type.startsWith("social."));
  await dropUnsent(tx, [...new Set(conversing.map((e) => assignmentOf(e).subjectId))]);

  const moved = await regroup(tx, deps, await findSeeds(tx, changed, fresh));
  await stageChanges(tx, deps, "events", [...new Set([...subjectIds, ...moved])]);
  return observed;
}

/**
 * The subjects around which members may be others now: those on an identifier that somebody else names too, and those
 * that were tied to somebody before and of whom more is known now. What is known of one subject alone (a number of its
 * own, one more verified address) can forbid a merge that stood, or allow one that did not.
 */
async function findSeeds(
  tx: Tx,
  changed: readonly EvidenceRow[],
  fresh: ReadonlySet<string>,
): Promise<string[]> {
  const found = await findSharedNodes(
    tx,
    changed.map((e) => e.bi),
  );
  const shared = new Set(found.map((b) => b.toString("hex")));
  const seeds = new Set<string>();
  const alone = new Set<string>();
  // A date is evidence too: it decides which of two conflicting identifiers stands.
  for (const e of changed) {
    if (shared.has(e.bi.toString("hex"))) seeds.add(e.subjectId);
    else if (e.class <= 4 && !fresh.has(e.subjectId)) alone.add(e.subjectId);
  }
  for (const id of await findTied(
    tx,
    [...alone].filter((id) => !seeds.has(id)),
  ))
    seeds.add(id);
  return [...seeds];
}

async function insertNewSubjects(
  tx: Tx,
  deps: RecordDeps,
  events: readonly PreparedEvent[],
  assigned: ReadonlyMap<string, Assignment>,
): Promise<ReadonlySet<string>> {
  const minted = new Map<string, PreparedEvent>();
  for (const e of events) {
    const anchor = e.named[0];
    if (anchor === undefined || !assigned.get(anchor.biHex)?.minted) continue;
    const other = minted.get(anchor.biHex)?.named[0];
    if (other === undefined || isStrongerAnchor(anchor, other)) minted.set(anchor.biHex, e);
  }
  const fresh = await insertSubjects(
    tx,
    [...minted].map(([hexed, e]) => {
      const assignment = assigned.get(hexed) as Assignment;
      const anchor = e.named[0] as PreparedEvent["named"][number];
      return {
        subjectId: assignment.subjectId,
        anchorBi: anchor.bi,
        keyId: assignment.key.id,
        anchorKind: anchor.kind,
        anchorIssuer: anchor.issuer,
        anchorClass: anchor.class,
      };
    }),
    deps.clock.now(),
  );
  if (fresh.size < minted.size) {
    // Another process named one of them first: its subject and key stand, ours is an orphan to be swept.
    const rivals = await findSubjectsByAnchor(
      tx,
      [...minted.values()].map((e) => (e.named[0] as { bi: Buffer }).bi),
    );
    for (const rival of rivals) {
      if (!fresh.has(rival.subjectId)) {
        deps.cache.set(rival.anchorBi.toString("hex"), { subjectId: rival.subjectId, keyId: rival.keyId });
      }
    }
    throw new StaleAssignment();
  }
  return fresh;
}

async function lockSubjectAggregates(
  tx: Tx,
  subjectIds: Iterable<string>,
  fresh: ReadonlySet<string>,
): Promise<Map<string, SubjectAggregate>> {
  const aggregates = new Map<string, SubjectAggregate>();
  const known: string[] = [];
  for (const id of subjectIds) {
    if (fresh.has(id)) aggregates.set(id, emptyAggregate());
    else known.push(id);
  }
  const locked = await lockAggregates(tx, known);
  for (const row of locked) {
    if (row.state !== "live") throw new StaleAssignment();
    aggregates.set(row.subjectId, row.aggregate as SubjectAggregate);
  }
  if (locked.length < known.length) throw new StaleAssignment();
  return aggregates;
}

async function recordOrders(
  tx: Tx,
  events: readonly PreparedEvent[],
  assignmentOf: (e: PreparedEvent) => Assignment,
  aggregates: Map<string, SubjectAggregate>,
): Promise<void> {
  const added = new Map<string, { s: string; k: string; facts: OrderFactRow[] }>();
  for (const e of events) {
    const order = e.event.order;
    if (order === null) continue;
    const s = assignmentOf(e).subjectId;
    const fact: OrderFactRow = {
      ...order,
      eventId: e.eventId,
      occurredAt: e.event.occurredAt,
      channel: e.event.channel,
    };
    const id = `${s}|${order.orderKey}`;
    const entry = added.get(id);
    if (entry === undefined) added.set(id, { s, k: order.orderKey, facts: [fact] });
    else entry.facts.push(fact);
  }
  if (added.size === 0) return;
  const known = new Map(
    (
      await readOrders(
        tx,
        [...added.values()].map(({ s, k }) => ({ s, k })),
      )
    ).map((o) => [`${o.subjectId}|${o.orderKey}`, o.facts]),
  );
  const saved = [];
  for (const [id, { s, k, facts }] of added) {
    const before = known.get(id) ?? [];
    const all = [...before, ...facts];
    const folded = foldOrder(all);
    const change = applyOrderChange(
      aggregates.get(s) as SubjectAggregate,
      before.length === 0 ? null : foldOrder(before),
      folded,
    );
    aggregates.set(s, change);
    saved.push({ s, k, facts: all, folded });
  }
  await saveOrders(tx, saved);
}
