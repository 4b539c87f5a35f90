import type { Tx } from "../../db/index.ts";
import { MINUTE, SECOND } from "../../kernel/clock.ts";
import { prepareSeal, type Seal } from "./certificate.ts";
import { certifyRun } from "./certify-run.ts";
import type { FulfilDeps } from "./deps.ts";
import { readHolds, readNoticeLines } from "./erasure.store.ts";
import type { Counts } from "./erasure-batch.ts";
import { describeErasure } from "./erasure-certificate.ts";
import { findMentions, suppress } from "./erasure-known-by.ts";
import {
  destroyKeys,
  eraseDerived,
  eraseRows,
  stopProcessing,
  tellRecipients,
  verifyErased,
} from "./erasure-steps.ts";
import { noteStepFailure } from "./note-failure.ts";
import { ERASURE_STEPS, type ErasureStep, type RunState } from "./port.ts";
import {
  doneSteps,
  failedSteps,
  findRun,
  lockRuns,
  moveRuns,
  postponeRuns,
  type RunRow,
  readDueRuns,
  wakeAnswered,
} from "./runs.store.ts";

const BATCH = 50;
/** Steps before which a legal hold stops a run: afterwards there is nothing left to hold. */
const HOLDABLE: ReadonlySet<string> = new Set([
  "suppress",
  "stop-processing",
  "tell-recipients",
  "derived-data",
  "rows",
]);
const LOOK_AGAIN = MINUTE;

/** What came of a step for one run: on to the next, back to an earlier one, or not yet. */
type Turn =
  | { readonly kind: "done"; readonly counts: Readonly<Record<string, number>> }
  | { readonly kind: "back"; readonly to: ErasureStep; readonly failure: string }
  | { readonly kind: "wait"; readonly state: RunState; readonly ms: number };

/**
 * Does the next step of every erasure that is due, and answers how many it moved. A step and the note that it is done
 * commit together, so a process killed at any moment leaves the step done or not begun; what a step changes in the
 * keystore it finds changed when it comes again. Any number of processes may call it.
 */
export async function workErasures(deps: FulfilDeps): Promise<number> {
  await wakeAnswered(deps.db, deps.clock.now());
  const due = await readDueRuns(deps.db, ["erasure"], deps.clock.now(), BATCH);
  const step = due[0]?.step as ErasureStep | undefined;
  if (step === undefined) return 0;
  return advance(
    deps,
    step,
    due.map((d) => d.runId),
  );
}

/** A step for several runs at once; where one fails, halves are tried until it stands alone. */
async function advance(deps: FulfilDeps, step: ErasureStep, runIds: readonly string[]): Promise<number> {
  try {
    return await doStep(deps, step, runIds);
  } catch (error) {
    if (runIds.length > 1) {
      const half = Math.ceil(runIds.length / 2);
      const first = await advance(deps, step, runIds.slice(0, half));
      return first + (await advance(deps, step, runIds.slice(half)));
    }
    for (const runId of runIds) await noteStepFailure(deps, runId, step, error);
    return 0;
  }
}

async function doStep(deps: FulfilDeps, step: ErasureStep, runIds: readonly string[]): Promise<number> {
  await deps.fault?.(`before ${step}`);
  const startedAt = deps.clock.now();
  const rows = (await Promise.all(runIds.map((id) => findRun(deps.db, id)))).filter((r) => r !== null);
  const mentions = step === "derived-data" ? await findMentions(deps, rows) : new Map<string, string[]>();
  if (step === "tell-recipients") await deps.tellRecipients();
  const seal = step === "certificate" ? await prepareSeal(deps) : null;
  const moved = await deps.db.retryingTx(async (tx) => {
    const locked = await lockRuns(tx, runIds, step);
    if (locked.length === 0) return 0;
    const { free, held } = await withoutHeld(tx, deps, step, locked);
    await putOff(tx, deps, held, "held", LOOK_AGAIN);
    if (free.length === 0) return 0;
    const turns = await turn(tx, deps, step, free, mentions, seal);
    await deps.fault?.(`within ${step}`);
    return settle(tx, deps, step, free, turns, startedAt);
  });
  if (step === "destroy-keys") await deps.mirror.sync();
  await deps.fault?.(`after ${step}`);
  return moved;
}

async function withoutHeld(tx: Tx, deps: FulfilDeps, step: string, runs: readonly RunRow[]) {
  if (!HOLDABLE.has(step)) return { free: runs, held: [] };
  const holds = await readHolds(
    tx,
    runs.flatMap((r) => r.subjects),
    deps.clock.now(),
  );
  const isHeld = (run: RunRow) => holds.some((h) => h.subjects.some((s) => run.subjects.includes(s)));
  return { free: runs.filter((r) => !isHeld(r)), held: runs.filter(isHeld) };
}

async function putOff(
  tx: Tx,
  deps: FulfilDeps,
  runs: readonly RunRow[],
  state: RunState,
  ms: number,
): Promise<void> {
  if (runs.length === 0) return;
  const nextAt = new Date(deps.clock.now().getTime() + ms);
  await postponeRuns(
    tx,
    runs.map((r) => r.runId),
    { state, nextAt, failed: false },
  );
  for (const run of runs) {
    if (run.state === state) continue;
    await deps.listener.stepped(tx, {
      requestId: run.requestId,
      runId: run.runId,
      step: run.step as ErasureStep,
      state,
    });
  }
}

async function turn(
  tx: Tx,
  deps: FulfilDeps,
  step: ErasureStep,
  runs: readonly RunRow[],
  mentions: ReadonlyMap<string, readonly string[]>,
  seal: Seal | null,
): Promise<ReadonlyMap<string, Turn>> {
  const all = (made: (run: RunRow) => Turn) => new Map(runs.map((r) => [r.runId, made(r)]));
  const done = (counts: Counts) =>
    all((r) => ({ kind: "done", counts: counts.get(r.runId) ?? {} }) satisfies Turn);
  switch (step) {
    case "suppress":
      return done(await suppress(tx, deps, runs));
    case "stop-processing":
      return done(await stopProcessing(tx, deps, runs));
    case "tell-recipients": {
      const counts = await tellRecipients(tx, deps, runs);
      return counts === null ? all(() => ({ kind: "wait", state: "running", ms: SECOND / 4 })) : done(counts);
    }
    case "derived-data":
      return done(await eraseDerived(tx, deps, runs, mentions));
    case "rows":
      return done(await eraseRows(tx, deps, runs));
    case "destroy-keys":
      return done(await destroyKeys(tx, deps, runs));
    case "verify": {
      const counts = await verifyErased(tx, deps, runs);
      // Of several runs the ones that are clean must not wait for the one that is not.
      if (counts === null && runs.length > 1) throw new Error("verify one by one");
      return counts === null
        ? all(() => ({ kind: "back", to: "rows", failure: "verify-found-rows" }))
        : done(counts);
    }
    case "recipient-answers":
      return answers(tx, deps, runs);
    case "certificate":
      for (const run of runs) await certify(tx, deps, run, seal as Seal);
      return all(() => ({ kind: "done", counts: {} }));
  }
}

async function answers(
  tx: Tx,
  deps: FulfilDeps,
  runs: readonly RunRow[],
): Promise<ReadonlyMap<string, Turn>> {
  const now = deps.clock.now();
  const lines = await readNoticeLines(
    tx,
    runs.flatMap((r) => r.subjects),
  );
  return new Map(
    runs.map((run): [string, Turn] => {
      const open = lines.filter((l) => run.subjects.includes(l.subjectId) && l.acknowledgedAt === null);
      const pending = open.filter((l) => l.dueAt > now);
      const first = pending.map((l) => l.dueAt.getTime()).sort((a, b) => a - b)[0];
      if (first !== undefined)
        return [
          run.runId,
          { kind: "wait", state: "awaiting-recipients", ms: Math.max(SECOND, first - now.getTime()) },
        ];
      return [run.runId, { kind: "done", counts: { overdue: open.length } }];
    }),
  );
}

async function certify(tx: Tx, deps: FulfilDeps, run: RunRow, seal: Seal): Promise<void> {
  const said = await describeErasure(tx, deps, run);
  await certifyRun(tx, deps, run, seal, said);
}

async function settle(
  tx: Tx,
  deps: FulfilDeps,
  step: ErasureStep,
  runs: readonly RunRow[],
  turns: ReadonlyMap<string, Turn>,
  startedAt: Date,
): Promise<number> {
  const now = deps.clock.now();
  const next = ERASURE_STEPS[ERASURE_STEPS.indexOf(step) + 1] ?? null;
  const finished: { runId: string; counts: Readonly<Record<string, number>> }[] = [];
  for (const run of runs) {
    const its = turns.get(run.runId) as Turn;
    if (its.kind === "wait") {
      await putOff(tx, deps, [run], its.state, its.ms);
      continue;
    }
    if (its.kind === "back") {
      await failedSteps(tx, step, [run.runId], its.failure, now);
      await moveRuns(tx, [run.runId], {
        step: its.to,
        state: "running",
        nextAt: new Date(now.getTime() + SECOND),
      });
      continue;
    }
    finished.push({ runId: run.runId, counts: its.counts });
  }
  await doneSteps(tx, step, finished, { startedAt, finishedAt: now });
  if (next !== null) {
    await moveRuns(
      tx,
      finished.map((f) => f.runId),
      { step: next, state: "running", nextAt: now },
    );
    for (const run of runs) {
      if (!finished.some((f) => f.runId === run.runId)) continue;
      await deps.listener.stepped(tx, { requestId: run.requestId, runId: run.runId, step, state: "running" });
    }
  }
  return finished.length;
}
