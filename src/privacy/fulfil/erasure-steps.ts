import { eraseLedger, insertCertificate } from "../../../consent/index.ts";
import type { Tx } from "../../db/index.ts";
import {
  lockAggregates,
  markErasing,
  type OrderFactRow,
  readSuppressionsOfRuns,
  regroup,
  stageChanges,
} from "../../members/index.ts";
import { accountingLines } from "./accounting.ts";
import type { FulfilDeps } from "./deps.ts";
import {
  deleteReceipts,
  deleteUnnamed,
  dropWaitingMail,
  insertAccountingLines,
  leaveContested,
  leaveStagedChanges,
  readCopies,
  readNamedIndexes,
  readNeighbours,
  readNoticeLines,
  readOrderFacts,
} from "./erasure.store.ts";
import { type Batch, batchOf, type Counts, tally } from "./erasure-batch.ts";
import { endPackagesOf } from "./packages.store.ts";
import { mustBeEmpty, planErasure, type TablePlan } from "./plan.ts";
import { insertKeys, markDestroyed, type RunRow, readKeys } from "./runs.store.ts";
import { countRows, deletePairs, deleteRows, readKeysNamed } from "./tables.store.ts";

/** Takes the people out of every read, join and write, and drops what was about to be sent to them. */
export async function stopProcessing(tx: Tx, deps: FulfilDeps, runs: readonly RunRow[]): Promise<Counts> {
  const batch = batchOf(runs);
  const counts: Counts = new Map();
  await lockAggregates(tx, batch.subjects);
  const marked = await markErasing(tx, batch.subjects);
  tally(
    batch,
    counts,
    "subject",
    marked.map((subjectId) => ({ subjectId, n: 1 })),
  );
  tally(batch, counts, "mail_message", await dropWaitingMail(tx, batch.subjects));
  await stageChanges(tx, deps, "erased", batch.subjects);
  return counts;
}

/** Whether every recipient that held a copy has been told; done outside, this only looks. Null: not yet. */
export async function tellRecipients(
  tx: Tx,
  _deps: FulfilDeps,
  runs: readonly RunRow[],
): Promise<Counts | null> {
  const batch = batchOf(runs);
  if ((await readCopies(tx, batch.subjects)).length > 0) return null;
  const counts: Counts = new Map();
  const told = await readNoticeLines(tx, batch.subjects);
  tally(
    batch,
    counts,
    "notices",
    told.filter((t) => t.reason === "erased").map(({ subjectId }) => ({ subjectId, n: 1 })),
  );
  return counts;
}

/** Deletes what follows from other rows, and the quarantined items that were found to mention these people. */
export async function eraseDerived(
  tx: Tx,
  deps: FulfilDeps,
  runs: readonly RunRow[],
  mentions: ReadonlyMap<string, readonly string[]>,
): Promise<Counts> {
  const batch = batchOf(runs);
  const counts: Counts = new Map();
  await deleteByPlan(tx, deps, batch, "derived", counts);
  for (const run of runs) {
    const ids = mentions.get(run.runId) ?? [];
    if (ids.length === 0) continue;
    const keyIds = await deps.quarantine.drop(tx, ids);
    const subjectId = run.subjects[0] as string;
    await insertKeys(
      tx,
      keyIds.map((keyId) => ({ runId: run.runId, keyId, subjectId })),
    );
    tally(batch, counts, "quarantine", [{ subjectId, n: ids.length }]);
  }
  return counts;
}

/** Tables whose rows are erased by a hand that knows them, not by the register's link alone. */
const BY_HAND: ReadonlySet<string> = new Set(["subject", "contested", "change_stage"]);

async function deleteByPlan(
  tx: Tx,
  deps: FulfilDeps,
  batch: Batch,
  phase: TablePlan["phase"],
  counts: Counts,
): Promise<void> {
  for (const { holding, link, treatment, phase: itsPhase } of planErasure(deps.holdings)) {
    if (treatment !== "erase" || itsPhase !== phase || link === null || BY_HAND.has(holding.table)) continue;
    const [first, second] = link.columns;
    if (first === undefined) continue;
    if (!link.isList && second === undefined && Object.hasOwn(holding.columns, "key_id")) {
      const named = await readKeysNamed(tx, holding.table, first, batch.subjects);
      const live = await deps.vault.loadKeys(named.map((k) => k.keyId));
      await insertKeys(
        tx,
        named.flatMap(({ subjectId, keyId }) => {
          const use = live.get(keyId)?.use;
          const run = batch.runOf.get(subjectId);
          // Keys of sources are many people's.
          return run !== undefined && (use === "subject" || use === "evidence")
            ? [{ runId: run.runId, keyId, subjectId }]
            : [];
        }),
      );
    }
    const gone =
      second === undefined
        ? await deleteRows(tx, holding.table, first, batch.subjects)
        : await deletePairs(tx, holding.table, [first, second], batch.subjects);
    tally(batch, counts, holding.table, gone);
  }
}

/** Deletes the rows; what law keeps stays as facts that lead to nobody. */
export async function eraseRows(tx: Tx, deps: FulfilDeps, runs: readonly RunRow[]): Promise<Counts> {
  const batch = batchOf(runs);
  const counts: Counts = new Map();
  await lockAggregates(tx, batch.subjects);
  const bis = await readNamedIndexes(tx, batch.subjects);
  const neighbours = await readNeighbours(tx, batch.subjects, 50);
  await keepAccounting(tx, deps, batch, counts);
  tally(batch, counts, "receipt", await deleteReceipts(tx, batch.subjects));
  await eraseConsents(tx, deps, batch, counts);
  await leaveContested(tx, batch.subjects);
  await leaveStagedChanges(tx, batch.subjects);
  await endPackages(tx, deps, batch, counts);
  await deleteByPlan(tx, deps, batch, "rows", counts);
  tally(batch, counts, "subject", await deleteRows(tx, "subject", "subject_id", batch.subjects));
  await deleteUnnamed(tx, bis);
  // Whoever shared an identifier with them may now be joined otherwise, or no longer be in doubt.
  const moved = await regroup(tx, deps, neighbours);
  await stageChanges(tx, deps, "identity", moved);
  await deps.evidence.eraseSalts(
    tx,
    batch.subjects.flatMap((id) => [
      { kind: "member", id },
      { kind: "subject", id },
    ]),
  );
  await deps.mirror.settle(tx, batch.subjects);
  return counts;
}

/** A package that still waits to be fetched is a copy of everything that goes. */
async function endPackages(tx: Tx, deps: FulfilDeps, batch: Batch, counts: Counts): Promise<void> {
  const made = await endPackagesOf(tx, batch.subjects, deps.clock.now());
  const ended = made.flatMap(({ subjects, ...of }) => {
    const subjectId = subjects.find((id) => batch.runOf.has(id));
    return subjectId === undefined ? [] : [{ ...of, subjectId }];
  });
  await insertKeys(
    tx,
    ended.map(({ keyId, subjectId }) => ({
      keyId,
      subjectId,
      runId: batch.runOf.get(subjectId)?.runId as string,
    })),
  );
  tally(
    batch,
    counts,
    "privacy_package",
    ended.flatMap(({ subjectId, waited }) => (waited ? [{ subjectId, n: 1 }] : [])),
  );
}

async function keepAccounting(tx: Tx, deps: FulfilDeps, batch: Batch, counts: Counts): Promise<void> {
  const orders = await readOrderFacts(tx, batch.subjects);
  const today = deps.clock.now().toISOString().slice(0, 10);
  for (const run of batch.runs) {
    const mine = orders.filter((o) => batch.runOf.get(o.subjectId) === run);
    if (mine.length === 0) continue;
    const lines = accountingLines(
      mine.map((o) => ({
        orderKey: o.orderKey,
        facts: o.facts.map((f) => ({ ...f, occurredAt: new Date(f.occurredAt) }) as OrderFactRow),
      })),
      run.regime,
      today,
    );
    await insertAccountingLines(tx, lines);
    tally(batch, counts, "accounting_line", [{ subjectId: run.subjects[0] as string, n: lines.length }]);
  }
  tally(batch, counts, "order_state", await deleteRows(tx, "order_state", "subject_id", batch.subjects));
}

/** Clears what is personal in the ledgers. The facts of choices stay, in chains that still prove themselves whole. */
async function eraseConsents(tx: Tx, deps: FulfilDeps, batch: Batch, counts: Counts): Promise<void> {
  const named = await readKeysNamed(tx, "consent_chain", "subject_id", batch.subjects);
  const older = await readKeysNamed(tx, "consent_record", "subject_id", batch.subjects);
  await insertKeys(
    tx,
    [...named, ...older].map((k) => ({ ...k, runId: batch.runOf.get(k.subjectId)?.runId as string })),
  );
  for (const run of batch.runs) {
    const id = deps.ids.next();
    await insertCertificate(tx, { id, subjects: run.subjects, at: deps.clock.now() });
    for (const subjectId of run.subjects)
      tally(batch, counts, "consent_record", [{ subjectId, n: await eraseLedger(tx, subjectId, id) }]);
  }
}

/** Destroys every key of the people for good, in one transaction of the keystore with the entry in its ledger. */
export async function destroyKeys(tx: Tx, deps: FulfilDeps, runs: readonly RunRow[]): Promise<Counts> {
  const batch = batchOf(runs);
  const keys = await readKeys(
    tx,
    runs.map((r) => r.runId),
  );
  const at = deps.clock.now();
  const listed = await readSuppressionsOfRuns(
    tx,
    runs.map((r) => r.runId),
  );
  await deps.vault.erasures.appendErasure(
    batch.subjects.map((subjectId) => ({
      subjectId,
      keyIds: keys.filter((k) => k.subjectId === subjectId).map((k) => k.keyId),
      runId: batch.runOf.get(subjectId)?.runId as string,
      reason: "request",
      at,
      listed: listed.filter((l) => l.runId === batch.runOf.get(subjectId)?.runId),
    })),
  );
  await markDestroyed(
    tx,
    runs.map((r) => r.runId),
    at,
  );
  const counts: Counts = new Map();
  tally(
    batch,
    counts,
    "keys",
    keys.map((k) => ({ subjectId: k.subjectId, n: 1 })),
  );
  return counts;
}

/** Looks for anything left: rows that still lead to the people, keys that still open something. Null: something is. */
export async function verifyErased(
  tx: Tx,
  deps: FulfilDeps,
  runs: readonly RunRow[],
): Promise<Counts | null> {
  const batch = batchOf(runs);
  const counts: Counts = new Map();
  let left = 0;
  let tables = 0;
  for (const { link } of mustBeEmpty(planErasure(deps.holdings))) {
    left += await countRows(tx, link, batch.subjects);
    tables++;
  }
  const keys = await readKeys(
    tx,
    runs.map((r) => r.runId),
  );
  const states = await deps.vault.keyStates(keys.map((k) => k.keyId));
  const open = [...states.values()].filter((state) => state === "live").length;
  if (left > 0 || open > 0) return null;
  for (const run of runs)
    counts.set(run.runId, { tables, keys: keys.filter((k) => k.runId === run.runId).length });
  return counts;
}
