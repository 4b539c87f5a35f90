import { AppError } from "../../src/kernel/problems.ts";
import type { Entry, Outcome } from "./entry.ts";
import { type StoreDeps, storeGroup } from "./store-group.ts";

/** Items stored in one transaction at most. */
const GROUP = 1_000;
/** Items waiting at most before callers are asked to come back later. */
const WAITING = 20_000;
/** Characters that waiting items may hold together: a few fat ones weigh as much as many lean ones. */
const WAITING_WEIGHT = 128 * 1024 * 1024;

export interface IngestQueue {
  /**
   * Stores items in groups shared with everybody else who is waiting, and answers after the commit, item by item.
   * Throws `queue-full` at once when too much is waiting, and what the store threw when it is away.
   */
  submit(entries: readonly Entry[]): Promise<Outcome[]>;
  /** Like `submit`, but waits for room instead of refusing: for files, whose sender is held back by the stream. */
  submitWhenRoom(entries: readonly Entry[]): Promise<Outcome[]>;
  /** Items waiting or being stored. */
  size(): number;
  /** The characters that they hold together. */
  weight(): number;
  /** Resolves when nothing is waiting any more. */
  drain(): Promise<void>;
}

/** What one caller waits for. */
interface Submission {
  readonly outcomes: Outcome[];
  left: number;
  failed: unknown;
  readonly resolve: (outcomes: Outcome[]) => void;
  readonly reject: (error: unknown) => void;
}

interface Waiting {
  readonly entry: Entry;
  readonly of: Submission;
  /** The item's place in its submission. */
  readonly place: number;
}

function landOne(of: Submission): void {
  of.left--;
  if (of.left > 0) return;
  if (of.failed === undefined) of.resolve(of.outcomes);
  else of.reject(of.failed);
}

function weightOfAll(entries: readonly Entry[]): number {
  let sum = 0;
  for (const entry of entries) sum += entry.weight;
  return sum;
}

/** Items that wait for one transaction at a time. */
interface Lane {
  waiting: Waiting[];
  isFlying: boolean;
}

/**
 * Which lane an item takes. Events of one subject always take the same: groups under way at once then share no subject
 * and do not wait for each other's locks.
 */
function laneOf(entry: Entry, lanes: number): number {
  if (entry.kind === "rejected") return 0;
  return (entry.prepared.named[0]?.bi[0] ?? 0) % lanes;
}

/** Groups under way at once: while the store works on one, the next is assigned and sealed. */
const LANES = 2;

/**
 * Group commit: one transaction for up to 1,000 items of all callers. `lanes` of them are under way at once, on the
 * embedded engine too: it takes one transaction at a time, but no group needs it all the time.
 */
export function createIngestQueue(
  deps: StoreDeps,
  options: { lanes?: number; waiting?: number; weight?: number } = {},
): IngestQueue {
  const count = options.lanes ?? LANES;
  const limit = options.waiting ?? WAITING;
  const heaviest = options.weight ?? WAITING_WEIGHT;
  const lanes: Lane[] = Array.from({ length: count }, () => ({ waiting: [], isFlying: false }));
  let size = 0;
  let weight = 0;
  let roomWaiters: (() => void)[] = [];
  let idleWaiters: (() => void)[] = [];

  const flush = async (group: readonly Waiting[]): Promise<void> => {
    try {
      const outcomes = await storeGroup(
        deps,
        group.map((w) => w.entry),
      );
      const counts = new Map<string, { kind: string; verdict: string; n: number }>();
      group.forEach(({ entry, of, place }, i) => {
        const outcome = outcomes[i] as Outcome;
        const slot = `${entry.sourceKind} ${outcome.status}`;
        const count = counts.get(slot);
        if (count === undefined) counts.set(slot, { kind: entry.sourceKind, verdict: outcome.status, n: 1 });
        else count.n++;
        of.outcomes[place] = outcome;
        landOne(of);
      });
      for (const { kind, verdict, n } of counts.values())
        deps.meter.count("candor_items_total", { kind, verdict }, n);
    } catch (error) {
      for (const { of } of group) {
        of.failed ??= error ?? new Error("ingestion failed");
        landOne(of);
      }
    }
  };

  const landed = (items: number, lighter: number): void => {
    size -= items;
    weight -= lighter;
    deps.meter.gauge("candor_queue_items", size);
    const woken = roomWaiters;
    roomWaiters = [];
    for (const wake of woken) wake();
    if (size > 0) return;
    const idle = idleWaiters;
    idleWaiters = [];
    for (const wake of idle) wake();
  };

  const pump = (lane: Lane): void => {
    if (lane.isFlying || lane.waiting.length === 0) return;
    const group = lane.waiting.splice(0, GROUP);
    lane.isFlying = true;
    void flush(group).then(() => {
      lane.isFlying = false;
      landed(group.length, weightOfAll(group.map((w) => w.entry)));
      pump(lane);
    });
  };

  const enqueue = (entries: readonly Entry[]): Promise<Outcome[]> => {
    if (entries.length === 0) return Promise.resolve([]);
    size += entries.length;
    weight += weightOfAll(entries);
    return new Promise((resolve, reject) => {
      const of: Submission = {
        outcomes: new Array(entries.length),
        left: entries.length,
        failed: undefined,
        resolve,
        reject,
      };
      entries.forEach((entry, place) => {
        lanes[laneOf(entry, count)]?.waiting.push({ entry, of, place });
      });
      for (const lane of lanes) pump(lane);
    });
  };

  return {
    submit(entries) {
      if ((size + entries.length > limit || weight > heaviest) && size > 0) {
        deps.meter.count("candor_queue_full_total");
        throw new AppError("queue-full", { headers: { "retry-after": "2" } });
      }
      return enqueue(entries);
    },
    async submitWhenRoom(entries) {
      while (size > limit / 4 || weight > heaviest / 4)
        await new Promise<void>((wake) => roomWaiters.push(wake));
      return enqueue(entries);
    },
    size: () => size,
    weight: () => weight,
    drain: () => (size === 0 ? Promise.resolve() : new Promise((wake) => idleWaiters.push(wake))),
  };
}
