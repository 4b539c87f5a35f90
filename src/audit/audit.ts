import { randomBytes } from "node:crypto";
import { atOnce, type Db, type Sql, type Tx } from "../db/index.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import type { Log, Meter } from "../kernel/log.ts";
import { moveStaged, stagedWrites } from "./audit.store.ts";
import { type AuditInput, renderEntry, SALT_BYTES, targetHash } from "./entry.ts";
import { storeTiles } from "./tree.store.ts";

export interface AuditDeps {
  readonly ids: Ids;
  readonly clock: Clock;
  /** Random bytes for salts; Node's cryptographic source unless a test says otherwise. */
  readonly random?: (bytes: number) => Buffer;
}

/**
 * Writes one audit entry, in its final form, into the transaction of the act it tells of: both commit or neither does.
 * The sequencer gives it its place in the log later (see `sequenceAudit`). Returns the entry's id.
 */
export async function stageAudit(tx: Tx, deps: AuditDeps, input: AuditInput): Promise<string> {
  const [id] = await stageAuditMany(tx, deps, [input]);
  return id as string;
}

/** Like `stageAudit` for many acts of one transaction, with one statement in all. Returns their ids, in order. */
export async function stageAuditMany(
  tx: Tx,
  deps: AuditDeps,
  inputs: readonly AuditInput[],
): Promise<string[]> {
  if (inputs.length === 0) return [];
  const { ids, writes } = auditWrites(deps, inputs);
  await atOnce(tx, writes);
  return ids;
}

/** What `stageAuditMany` writes, for a caller that writes more at once. */
export function auditWrites(
  deps: AuditDeps,
  inputs: readonly AuditInput[],
): { readonly ids: string[]; readonly writes: readonly Sql[] } {
  const random = deps.random ?? randomBytes;
  const at = deps.clock.now();
  const staged = inputs.map((input) => {
    const id = deps.ids.next();
    const targets = input.targets ?? [];
    const salts = targets.map(() => random(SALT_BYTES));
    return {
      id,
      action: input.action,
      salts: targets.map((target, i) => ({ salt: salts[i] as Buffer, targetHash: targetHash(target) })),
      entry: renderEntry(input, { id, at, salts }),
    };
  });
  return { ids: staged.map((s) => s.id), writes: stagedWrites(staged) };
}

const BATCH = 1_000;

/**
 * Numbers every entry that is staged and committed when it starts, in the order of their ids (which is the order
 * of time), and answers how many. Any number of processes may call it at once: one works, the others wait their turn,
 * and numbers have no gaps. An entry whose transaction commits later simply gets a later number.
 */
export async function sequenceAudit(db: Db): Promise<number> {
  let total = 0;
  for (;;) {
    const moved = await db.retryingTx(async (tx) => {
      const numbered = await moveStaged(tx, BATCH);
      // Only where something came: an idle log is left alone. What a crash or an older version left is caught up then.
      if (numbered > 0) await storeTiles(tx);
      return numbered;
    });
    total += moved;
    if (moved < BATCH) return total;
  }
}

/**
 * Sequences again and again, `intervalMs` (1 s unless stated) after each round: the longest time an entry stays
 * without its number while the store is reachable. A failing round is logged and tried again at the next.
 * `stop` ends it after a last round.
 */
export function startSequencer(
  db: Db,
  deps: { readonly log: Log; readonly meter: Meter; readonly intervalMs?: number },
): { stop(): Promise<void> } {
  const interval = deps.intervalMs ?? 1_000;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let running: Promise<void> = Promise.resolve();

  const round = async () => {
    try {
      const moved = await sequenceAudit(db);
      if (moved > 0) deps.meter.count("audit_entries_sequenced_total", {}, moved);
    } catch (error) {
      deps.log.warn("audit_sequencing_failed", { error: error instanceof Error ? error.name : "unknown" });
    }
  };
  const loop = () => {
    timer = setTimeout(() => {
      running = round().then(() => {
        if (!stopped) loop();
      });
    }, interval);
    timer.unref();
  };
  loop();
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
      await round();
    },
  };
}
