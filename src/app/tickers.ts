import { type Consent, deleteOldOptInTokens } from "../../consent/index.ts";
import { purgeExpired } from "../../pipelines/index.ts";
import type { AuditEvidence } from "../audit/index.ts";
import { type Db, refreshStatistics, upkeep } from "../db/index.ts";
import { type Jobs, startTicker } from "../jobs/index.ts";
import { type Clock, DAY, HOUR, MINUTE } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import { purgeMail } from "../mail/index.ts";
import { noteReprioritised, refreshDue, sequenceChanges } from "../members/index.ts";
import type { Staff } from "../staff/index.ts";
import { type ErasureMirror, runRotations, type Vault } from "../vault/index.ts";

const SEQUENCE_EVERY_MS = 250;
/** A consent that ends is in the feeds within seconds; a look costs an index probe for each purpose. */
const EXPIRY_EVERY_MS = 2_000;
/** A change of priorities waits some seconds until every process knows it; a look reads one row. */
const PRIORITIES_EVERY_MS = 2_000;
/** The longest time after which the data and the anchor know of an erasure that the process did not live to tell. */
const MIRROR_EVERY_MS = 5_000;
const ROTATE_EVERY_MS = 1_000;
/** What a killed process had begun is gone on with within seconds; a look reads an index of the jobs under way. */
const TAKE_OVER_EVERY_MS = 2_000;
/** How long the hash of a confirmation link is remembered after its end. */
const TOKENS_KEPT = 30 * DAY;
/** How long an ended session of staff is remembered. */
const SESSIONS_KEPT = 30 * DAY;
/** Often enough for a first import to notice; a look costs one small query. */
const STATISTICS_EVERY_MS = 2_000;
/** As often as dead rows are worth a look; it costs two small queries. */
const UPKEEP_EVERY_MS = 10_000;

/** Starts the work that is done again and again and belongs to no room alone. Each answer is stopped at the end. */
export function startTickers(deps: {
  readonly db: Db;
  readonly keystore: Db;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Whether events wait to be stored: what can be put off is, then. */
  readonly isBusy: () => boolean;
  readonly consent: Consent;
  readonly erasures: ErasureMirror;
  readonly evidence: AuditEvidence;
  readonly jobs: Jobs;
  readonly staff: Staff;
  readonly reindexer: Parameters<typeof runRotations>[0];
  /** Keys a second that a rotation rewraps beside other work. */
  readonly rotationRate?: number;
}): { stop(): Promise<void> }[] {
  const { db, vault, clock, ids, log, consent } = deps;
  const before = (age: number): Date => new Date(clock.now().getTime() - age);
  const tick = (name: string, everyMs: number, work: () => Promise<unknown>, atStart = false) =>
    startTicker({ name, everyMs, atStart, log, work: async () => void (await work()) });
  return [
    tick("changes", SEQUENCE_EVERY_MS, () => sequenceChanges(db)),
    tick("erasure-ledger", MIRROR_EVERY_MS, () => deps.erasures.sync()),
    tick("key-rotation", ROTATE_EVERY_MS, async () => {
      await runRotations(vault.rotations, deps.rotationRate);
      await runRotations(deps.reindexer, deps.rotationRate);
    }),
    tick("audit-tree-head", MINUTE, () => deps.evidence.signHead()),
    // Also at once: a process that never lives for an hour must not leave expired evidence standing.
    tick("evidence-expiry", HOUR, () => refreshDue({ db, clock, ids }), true),
    tick("source-priorities", PRIORITIES_EVERY_MS, () => noteReprioritised({ db, clock, ids })),
    tick("consent-expiry", EXPIRY_EVERY_MS, () => consent.stageExpired()),
    tick("opt-in-expiry", HOUR, () => deleteOldOptInTokens(db, before(TOKENS_KEPT))),
    tick("quarantine-expiry", HOUR, () => purgeExpired({ db, vault, clock })),
    tick("jobs-taken-over", TAKE_OVER_EVERY_MS, () => deps.jobs.takeOver()),
    tick("job-maintenance", MINUTE, () => deps.jobs.maintain()),
    tick("session-expiry", HOUR, () => deps.staff.purge(before(SESSIONS_KEPT))),
    tick("mail-expiry", HOUR, () => purgeMail({ db, clock })),
    tick("statistics", STATISTICS_EVERY_MS, () => refreshStatistics(db)),
    tick("keystore-statistics", STATISTICS_EVERY_MS, () => refreshStatistics(deps.keystore)),
    ...(db.engine === "pglite"
      ? [
          tick("upkeep", UPKEEP_EVERY_MS, () => upkeep(db, deps.isBusy)),
          tick("keystore-upkeep", UPKEEP_EVERY_MS, () => upkeep(deps.keystore, deps.isBusy)),
        ]
      : []),
  ];
}
