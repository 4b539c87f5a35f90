import type { PerSubject } from "./erasure.store.ts";
import type { RunRow } from "./runs.store.ts";

/** What a step counted, run by run. */
export type Counts = Map<string, Record<string, number>>;

/** Runs that stand at one step, worked on together. */
export interface Batch {
  readonly runs: readonly RunRow[];
  /** Every subject of every run. */
  readonly subjects: readonly string[];
  /** The run of a subject. */
  readonly runOf: ReadonlyMap<string, RunRow>;
}

export function batchOf(runs: readonly RunRow[]): Batch {
  const runOf = new Map<string, RunRow>();
  for (const run of runs) for (const id of run.subjects) if (!runOf.has(id)) runOf.set(id, run);
  return { runs, subjects: [...runOf.keys()].sort(), runOf };
}

/** Adds up counts of subjects to counts of runs. */
export function tally(batch: Batch, into: Counts, name: string, counted: PerSubject): void {
  for (const { subjectId, n } of counted) {
    const run = batch.runOf.get(subjectId);
    if (run === undefined) continue;
    const counts = into.get(run.runId) ?? {};
    counts[name] = (counts[name] ?? 0) + n;
    into.set(run.runId, counts);
  }
}
