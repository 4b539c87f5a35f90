import { AppError } from "../../src/kernel/problems.ts";
import type { Entry, Outcome } from "./entry.ts";
import { type StoreDeps, storeGroup } from "./store-group.ts";

/** Items stored in one transaction at most. */
const GROUP = 1_000;
/** Items waiting at most before callers are asked to come back later. */
const WAITING = 20_000;

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
  /** Resolves when nothing is waiting any more. */
  drain(): Promise<void>;
}

interface Waiting {
  readonly entry: Entry;
  settle(outcome: Outcome): void;
  fail(error: unknown): void;
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

/**
 * Group commit: one transaction for up to 1,000 items of all callers. `lanes` transactions may be under way at once:
 * two on PostgreSQL; one on the embedded engine, which works on one at a time anyway.
 */
export function createIngestQueue(
  deps: StoreDeps,
  options: { lanes?: number; waiting?: number } = {},
): IngestQueue {
  const count = options.lanes ?? (deps.db.engine === "postgres" ? 2 : 1);
  const limit = options.waiting ?? WAITING;
  const lanes: Lane[] = Array.from({ length: count }, () => ({ waiting: [], isFlying: false }));
  let size = 0;
  let roomWaiters: (() => void)[] = [];
  let idleWaiters: (() => void)[] = [];

  const flush = async (group: readonly Waiting[]): Promise<void> => {
    try {
      const outcomes = await storeGroup(
        deps,
        group.map((w) => w.entry),
      );
      group.forEach((w, i) => {
        const outcome = outcomes[i] as Outcome;
        deps.meter.count("candor_items_total", { kind: w.entry.sourceKind, verdict: outcome.status });
        w.settle(outcome);
      });
    } catch (error) {
      for (const w of group) w.fail(error);
    }
  };

  const landed = (items: number): void => {
    size -= items;
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
      landed(group.length);
      pump(lane);
    });
  };

  const enqueue = (entries: readonly Entry[]): Promise<Outcome[]> => {
    if (entries.length === 0) return Promise.resolve([]);
    size += entries.length;
    return new Promise((resolve, reject) => {
      const outcomes: Outcome[] = new Array(entries.length);
      let left = entries.length;
      let failed: unknown;
      const done = () => {
        left--;
        if (left === 0) {
          if (failed === undefined) resolve(outcomes);
          else reject(failed);
        }
      };
      entries.forEach((entry, i) => {
        lanes[laneOf(entry, count)]?.waiting.push({
          entry,
          settle: (outcome) => {
            outcomes[i] = outcome;
            done();
          },
          fail: (error) => {
            failed ??= error ?? new Error("ingestion failed");
            done();
          },
        });
      });
      for (const lane of lanes) pump(lane);
    });
  };

  return {
    submit(entries) {
      if (size + entries.length > limit && size > 0) {
        deps.meter.count("candor_queue_full_total");
        throw new AppError("queue-full", { headers: { "retry-after": "2" } });
      }
      return enqueue(entries);
    },
    async submitWhenRoom(entries) {
      while (size > limit / 4) await new Promise<void>((wake) => roomWaiters.push(wake));
      return enqueue(entries);
    },
    size: () => size,
    drain: () => (size === 0 ? Promise.resolve() : new Promise((wake) => idleWaiters.push(wake))),
  };
}
