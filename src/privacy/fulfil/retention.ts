import { addSpan, type By } from "../../../consent/index.ts";
import { issueCertificate, prepareSeal } from "./certificate.ts";
import type { FulfilDeps } from "./deps.ts";
import { startRun } from "./fulfilment.ts";
import { purgePackages } from "./package-run.ts";
import { countExpiredPackages } from "./packages.store.ts";
import {
  countAccounting,
  countOldEvents,
  countRecords,
  deleteAccounting,
  deleteOldEvents,
  deleteRecords,
  EVENT_KINDS,
  type EventsOf,
  insertRetentionRun,
  type RetentionSchedule,
  readInactiveMembers,
  readSchedule,
  readSourcePurposes,
} from "./retention.store.ts";
import { RETENTION_ACTOR } from "./retention-actor.ts";

/** What a schedule would delete, or has deleted: a name and how many. */
export interface RetentionLine {
  readonly what: string;
  readonly before: string;
  readonly count: number;
}

/** Quarantine has an end of its own: how many items are past it, and letting them go. */
export interface QuarantineEnds {
  readonly expiredQuarantine: (at: Date) => Promise<number>;
  readonly purgeQuarantine: () => Promise<number>;
}

const BATCH = 5_000;
const MOST_MEMBERS = 1_000;

/** The moment before which something is too old; months as the calendar has them. */
function monthsBefore(now: Date, months: number): Date {
  return addSpan(now, { months: -months, days: 0 });
}

/** A line of the schedule about events, with its name. */
interface EventLine {
  readonly what: string;
  readonly which: EventsOf;
  readonly months: number;
}

/**
 * What a schedule says of events: by their kind, and by the purposes they were collected for. Sources that serve the same
 * purposes are one line; one of whose purposes has no limit is none. Pure.
 */
export function eventLines(
  schedule: RetentionSchedule,
  sources: readonly { readonly sourceId: string; readonly purposes: readonly string[] }[],
): EventLine[] {
  const kinds = EVENT_KINDS.flatMap((kind): EventLine[] => {
    const months = schedule.events[kind];
    return months == null ? [] : [{ what: `events-${kind}`, which: { kind }, months }];
  });
  const groups = new Map<string, string[]>();
  for (const { sourceId, purposes } of sources) {
    const name = [...purposes].sort().join("+");
    groups.set(name, [...(groups.get(name) ?? []), sourceId]);
  }
  const byPurpose = [...groups].flatMap(([name, sourceIds]): EventLine[] => {
    const limits = name.split("+").map((purpose) => schedule.purposes?.[purpose] ?? null);
    if (!limits.every((limit) => limit !== null)) return [];
    return [{ what: `purpose-${name}`, which: { sources: sourceIds }, months: Math.max(...limits) }];
  });
  return [...kinds, ...byPurpose];
}

/** What would go now. Reads only; members and events under a legal hold are not counted. */
export async function previewRetention(
  deps: Pick<FulfilDeps, "db" | "clock"> & QuarantineEnds,
  schedule?: RetentionSchedule,
): Promise<RetentionLine[]> {
  const now = deps.clock.now();
  const today = now.toISOString().slice(0, 10);
  const plan = schedule ?? (await readSchedule(deps.db));
  const lines: RetentionLine[] = [];
  if (plan.inactiveMembers !== null) {
    const before = monthsBefore(now, plan.inactiveMembers);
    const found = await readInactiveMembers(deps.db, before, now, 1_000_000);
    lines.push({ what: "inactive-members", before: before.toISOString(), count: found.length });
  }
  for (const { what, which, months } of eventLines(plan, await readSourcePurposes(deps.db))) {
    const before = monthsBefore(now, months);
    const count = await countOldEvents(deps.db, which, before);
    lines.push({ what, before: before.toISOString(), count });
  }
  lines.push({
    what: "packages",
    before: now.toISOString(),
    count: await countExpiredPackages(deps.db, now),
  });
  lines.push({ what: "quarantine", before: now.toISOString(), count: await deps.expiredQuarantine(now) });
  const records = monthsBefore(now, plan.requestRecords);
  lines.push({
    what: "request-records",
    before: records.toISOString(),
    count: await countRecords(deps.db, records),
  });
  lines.push({ what: "accounting-lines", before: today, count: await countAccounting(deps.db, today) });
  return lines;
}

/**
 * Deletes what the schedule says, and writes a certificate of it. Members of whom nothing was heard are erased like
 * those who ask for it, step by step, but may come back with what they do from now on. A member or event under a legal
 * hold stays. Doing it again right away deletes nothing more.
 */
export async function runRetention(
  deps: FulfilDeps & QuarantineEnds,
  by: By,
): Promise<{ readonly lines: readonly RetentionLine[]; readonly certificateId: string }> {
  const startedAt = deps.clock.now();
  const plan = await readSchedule(deps.db);
  const today = startedAt.toISOString().slice(0, 10);
  const lines: RetentionLine[] = [];
  if (plan.inactiveMembers !== null) {
    const before = monthsBefore(startedAt, plan.inactiveMembers);
    lines.push({
      what: "inactive-members",
      before: before.toISOString(),
      count: await eraseInactive(deps, by, before),
    });
  }
  for (const { what, which, months } of eventLines(plan, await readSourcePurposes(deps.db))) {
    const before = monthsBefore(startedAt, months);
    let count = 0;
    for (;;) {
      const gone = await deps.db.tx((tx) => deleteOldEvents(tx, which, before, BATCH));
      count += gone;
      if (gone < BATCH) break;
    }
    lines.push({ what, before: before.toISOString(), count });
  }
  const packages = await purgePackages(deps);
  lines.push({ what: "packages", before: startedAt.toISOString(), count: packages });
  const quarantined = await deps.purgeQuarantine();
  lines.push({ what: "quarantine", before: startedAt.toISOString(), count: quarantined });
  const records = monthsBefore(startedAt, plan.requestRecords);
  const seal = await prepareSeal(deps);
  const certificateId = await deps.db.retryingTx(async (tx) => {
    const all = [
      ...lines,
      { what: "request-records", before: records.toISOString(), count: await deleteRecords(tx, records) },
      { what: "accounting-lines", before: today, count: await deleteAccounting(tx, today) },
    ];
    lines.splice(0, lines.length, ...all);
    const finishedAt = deps.clock.now();
    const counts = Object.fromEntries(all.map((l) => [l.what, l.count]));
    const id = await issueCertificate(tx, deps, seal, by, {
      kind: "retention",
      requestId: null,
      runId: null,
      regime: null,
      outcome: "completed",
      request: null,
      subjects: counts["inactive-members"] ?? 0,
      steps: [
        {
          step: "retention",
          startedAt: startedAt.toISOString(),
          finishedAt: finishedAt.toISOString(),
          attempts: 1,
          counts,
        },
      ],
      holders: [],
      exceptions: [],
      keys: null,
      recipients: [],
      suppression: null,
      counts,
    });
    await insertRetentionRun(tx, { id: deps.ids.next(), startedAt, finishedAt, counts, certificateId: id });
    return id;
  });
  return { lines, certificateId };
}

/** Begins the erasure of inactive members, at most a thousand at a time; the rest follows at the next run. */
async function eraseInactive(deps: FulfilDeps, by: By, before: Date): Promise<number> {
  return deps.db.retryingTx(async (tx) => {
    const found = await readInactiveMembers(tx, before, deps.clock.now(), MOST_MEMBERS);
    for (const { memberId, subjects } of found) {
      const scope = {
        requestId: deps.ids.next(),
        memberId,
        subjectIds: subjects,
        regime: null,
        locale: "en",
        kind: "erasure",
      } as const;
      await startRun(
        tx,
        deps,
        scope,
        { ...by, actor: { kind: "system", id: RETENTION_ACTOR } },
        { kind: "erasure", subjects, packageId: null },
      );
    }
    return found.length;
  });
}
