import { createHash } from "node:crypto";
import type { Locale } from "../../../consent/index.ts";
import type { Tx } from "../../db/index.ts";
import { DAY, MINUTE } from "../../kernel/clock.ts";
import { AppError } from "../../kernel/problems.ts";
import { type CertificateBody, prepareSeal } from "./certificate.ts";
import { certifiedStep, certifyRun } from "./certify-run.ts";
import type { FulfilDeps } from "./deps.ts";
import { readLiveSubjects } from "./erasure.store.ts";
import { noteStepFailure } from "./note-failure.ts";
import { collectSections, type FilledSection, type RowOpener } from "./package-content.ts";
import { packageFiles } from "./package-files.ts";
import { encryptPackage, placeOfDelivery } from "./package-start.ts";
import { expirePackages, findPackage, keepPackage, readEndedKeys } from "./packages.store.ts";
import type { PackageDelivery, PackageStep } from "./port.ts";
import {
  doneSteps,
  findRun,
  leaseRun,
  lockRuns,
  moveRuns,
  type RunRow,
  readDueRuns,
  readSteps,
} from "./runs.store.ts";
import { zip } from "./zip.ts";

export type PackageRunDeps = FulfilDeps & { readonly openers?: readonly RowOpener[] };

/** Longer than any package takes: a process that died meanwhile is followed by another after this. */
const LEASE = 5 * MINUTE;

/** Makes the next package that is due; answers whether there was one. Any number of processes may call it. */
export async function workPackages(deps: PackageRunDeps): Promise<number> {
  const now = deps.clock.now();
  const [due] = await readDueRuns(deps.db, ["access", "portability"], now, 1);
  if (due === undefined) return 0;
  if (!(await leaseRun(deps.db, due.runId, due.step, now, new Date(now.getTime() + LEASE)))) return 0;
  const run = await findRun(deps.db, due.runId);
  if (run === null) return 0;
  try {
    await deps.fault?.(`before ${due.step}`);
    if (due.step === "collect") await collect(deps, run);
    else await certify(deps, run);
    await deps.fault?.(`after ${due.step}`);
    return 1;
  } catch (error) {
    await noteStepFailure(deps, run.runId, due.step as PackageStep, error);
    return 0;
  }
}

function countsOf(sections: readonly FilledSection[]): Record<string, number> {
  return Object.fromEntries(
    sections.flatMap(({ section, rows }) => (rows.length === 0 ? [] : [[section.id, rows.length]])),
  );
}

/** Gathers and encrypts in memory, and keeps only the encrypted message. Made twice, the second is kept. */
async function collect(deps: PackageRunDeps, run: RunRow): Promise<void> {
  const startedAt = deps.clock.now();
  const row = run.packageId === null ? null : await findPackage(deps.db, run.packageId);
  const isOver = row === null || row.delivery === null || row.endedAt !== null;
  if (isOver || (await readLiveSubjects(deps.db, run.subjects)).length === 0)
    return moveOn(deps, run, {}, startedAt, null);
  const key = (await deps.vault.loadKeys([row.keyId])).get(row.keyId);
  if (key === undefined) throw new AppError("key-destroyed");
  const delivery = JSON.parse(
    deps.vault.open(key, placeOfDelivery(row.packageId), row.delivery).toString("utf8"),
  ) as PackageDelivery;
  const { controller } = await deps.consent.snapshot();
  const sections = await collectSections(deps, run.memberId, run.subjects);
  const head = {
    kind: row.kind,
    requestId: run.requestId,
    locale: row.locale as Locale,
    madeAt: startedAt,
    controller: controller.name,
  };
  const archive = zip(packageFiles(head, sections), startedAt);
  const content = await encryptPackage(archive, delivery, "candor-package.zip", startedAt);
  archive.fill(0);
  await moveOn(deps, run, countsOf(sections), startedAt, { packageId: row.packageId, content });
}

async function moveOn(
  deps: PackageRunDeps,
  run: RunRow,
  counts: Readonly<Record<string, number>>,
  startedAt: Date,
  made: { readonly packageId: string; readonly content: Buffer } | null,
): Promise<void> {
  const at = deps.clock.now();
  await deps.db.retryingTx(async (tx) => {
    if ((await lockRuns(tx, [run.runId], "collect")).length === 0) return;
    if (made !== null) {
      const sha256 = createHash("sha256").update(made.content).digest();
      await keepPackage(tx, made.packageId, { content: made.content, sha256, at });
    }
    await deps.fault?.("within collect");
    await doneSteps(tx, "collect", [{ runId: run.runId, counts }], { startedAt, finishedAt: at });
    await moveRuns(tx, [run.runId], { step: "certificate", state: "running", nextAt: at });
    await deps.listener.stepped(tx, {
      requestId: run.requestId,
      runId: run.runId,
      step: "collect",
      state: "running",
    });
  });
}

/** Why there is nothing to hand over in the end, as a certificate has it; none when there is. */
async function whatIsMissing(tx: Tx, run: RunRow): Promise<CertificateBody["exceptions"]> {
  const missing = (code: string) => [{ code, what: "package", provision: null }];
  // An erasure that overtook the package ends it with the rows, and takes the person out of every read before.
  if ((await readLiveSubjects(tx, run.subjects)).length === 0) return missing("erased-meanwhile");
  const made = run.packageId === null ? null : await findPackage(tx, run.packageId);
  return made === null || made.madeAt === null ? missing("package-expired") : [];
}

async function certify(deps: PackageRunDeps, run: RunRow): Promise<void> {
  const seal = await prepareSeal(deps);
  await deps.db.retryingTx(async (tx) => {
    const [locked] = await lockRuns(tx, [run.runId], "certificate");
    if (locked === undefined) return;
    const steps = await readSteps(tx, [run.runId]);
    const counts = steps.find((s) => s.step === "collect")?.counts ?? {};
    const exceptions = await whatIsMissing(tx, run);
    const outcome = exceptions.length === 0 ? "completed" : "completed-with-exceptions";
    await certifyRun(tx, deps, run, seal, {
      outcome,
      steps: steps.map(certifiedStep),
      holders: [],
      exceptions,
      keys: null,
      recipients: [],
      suppression: null,
      counts,
    });
    const at = deps.clock.now();
    await deps.fault?.("within certificate");
    await doneSteps(tx, "certificate", [{ runId: run.runId, counts: {} }], { startedAt: at, finishedAt: at });
  });
}

/** Longer than this the hourly round is never away. */
const ENDED_LATELY = 30 * DAY;

/**
 * Deletes packages whose time is over; answers how many. Destroys the keys of all that have ended, fetched ones too: they
 * open the passphrase that old backups hold.
 */
export async function purgePackages(deps: Pick<FulfilDeps, "db" | "clock" | "vault">): Promise<number> {
  const now = deps.clock.now();
  const gone = await deps.db.tx((tx) => expirePackages(tx, now));
  await deps.vault.destroyKeys(await readEndedKeys(deps.db, new Date(now.getTime() - ENDED_LATELY)));
  return gone;
}
