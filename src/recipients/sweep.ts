import type { Db, Tx } from "../db/index.ts";
import type { Jobs, Ticker } from "../jobs/index.ts";
import { HOUR, SECOND } from "../kernel/clock.ts";
import { groupMembers, readNextMembers, readSubjectsOfMembers, takePositions } from "../members/index.ts";
import { dropClosed, heldAmong, type SettleDeps } from "./changes.ts";
import {
  type FeedKey,
  listFeeds,
  moveFeed,
  readNextHeld,
  saveFeedChanges,
  waitForFeed,
} from "./feeds.store.ts";
import { type FeedDeps, feedOf, rulesMark } from "./feeds.ts";
import { decideMembers } from "./page.ts";
import { queueMessages } from "./webhooks.store.ts";

/** How often time alone is looked at by the sweep: what ends at a known moment is told by the hour's seconds already. */
export const SWEEP_EVERY = HOUR;
const BATCH = 500;

export interface SweepDeps extends FeedDeps {
  readonly db: Db;
  readonly pageDeps: () => Promise<SettleDeps>;
}

/** Where a sweep of one feed goes on. `whole`: among all members, not only those that the recipient holds. */
interface SweepPlace {
  readonly whole: boolean;
  readonly after: string | null;
}

/**
 * One page of a sweep: members whose line changes although nothing of theirs did. Who is held and may no longer be is
 * dropped here, with the rules as this decided them, and not left to a worker that may still know older ones; who may
 * be given anew, or otherwise, becomes a change of this feed.
 */
async function sweepPage(
  deps: SweepDeps,
  key: FeedKey,
  place: SweepPlace,
): Promise<{ readonly changed: number; readonly next: string | null }> {
  const snapshot = await deps.consent.snapshot();
  const feed = feedOf(snapshot, await deps.registry.fresh(key.recipientId), key.purposeId);
  const pageDeps = await deps.pageDeps();
  const pushes = feed.recipient.webhookUrl !== null && feed.recipient.state === "active";
  return deps.db.retryingTx(async (tx) => {
    await waitForFeed(tx, key);
    const heldIds = place.whole ? [] : await readNextHeld(tx, key, place.after, BATCH);
    const members = groupMembers(
      place.whole
        ? await readNextMembers(tx, place.after, BATCH, { said: true })
        : await readSubjectsOfMembers(tx, heldIds, { said: true }),
    );
    const ids = place.whole ? members.map((m) => m.memberId) : heldIds;
    const decided = await decideMembers(tx, pageDeps, snapshot.rules, feed, members);
    const held = await heldAmong(tx, key, ids);
    const dropped = await dropClosed(
      tx,
      pageDeps,
      snapshot.rules,
      feed,
      decided,
      ids.filter((id) => held.has(id)),
    );
    // Among those held, only what time closed can differ; new rules may change what is given to anybody.
    const given = place.whole ? decided.filter((d) => d.view.visible).map((d) => d.member.memberId) : [];
    if (given.length > 0) {
      const last = await takePositions(tx, given.length);
      await saveFeedChanges(
        tx,
        key,
        given.map((memberId, i) => ({ memberId, position: last - given.length + 1 + i })),
        deps.clock.now(),
      );
    }
    if (pushes) {
      await queueMessages(
        tx,
        key,
        [...dropped].map(([memberId, position]) => ({ messageId: deps.ids.next(), memberId, position })),
        deps.clock.now(),
      );
    }
    return {
      changed: dropped.size + given.length,
      next: ids.length === BATCH ? (ids.at(-1) ?? null) : null,
    };
  });
}

/**
 * Looks through every feed that is due: one whose rules changed at once and whole, the others hourly and only for those
 * that the recipient holds. Answers how many members it found changed.
 */
export async function sweepFeeds(deps: SweepDeps): Promise<number> {
  let changed = 0;
  for (const row of await listFeeds(deps.db)) {
    const began = deps.clock.now();
    const mark = await currentMark(deps, row);
    const whole = mark !== row.rulesMark;
    if (!whole && began.getTime() - row.sweptAt.getTime() < SWEEP_EVERY) continue;
    for (let after: string | null = null; ; ) {
      const page = await sweepPage(deps, row, { whole, after });
      changed += page.changed;
      if (page.next === null) break;
      after = page.next;
    }
    await deps.db.tx((tx) => moveFeed(tx, row, { rulesMark: mark, sweptAt: began }));
  }
  return changed;
}

async function currentMark(deps: SweepDeps, key: FeedKey): Promise<string> {
  const snapshot = await deps.consent.snapshot();
  return rulesMark(snapshot, feedOf(snapshot, await deps.registry.fresh(key.recipientId), key.purposeId));
}

/** The queue of the sweeps; made by the migration. */
const QUEUE = "feed-sweep";

/** A look at all feeds, or one page of one of them under the rules that the mark names. */
type SweepJob =
  | { readonly look: "changed" | "held" }
  | (FeedKey & SweepPlace & { readonly look: "page"; readonly mark: string; readonly began: string });

/**
 * How long another process may go on with the rules it knows, and give a member once more: after that those held are
 * looked at again.
 */
const RULES_KNOWN_FOR = 3 * SECOND;

/** Asks, in the transaction that changes purposes, notices or recipients, for a sweep of the feeds this concerns. */
export async function requestSweep(tx: Tx, jobs: Pick<Jobs, "enqueue">, now: Date): Promise<void> {
  await jobs.enqueue(tx, QUEUE, { look: "changed" } satisfies SweepJob);
  const later = new Date(now.getTime() + RULES_KNOWN_FOR);
  await jobs.enqueue(tx, QUEUE, { look: "held" } satisfies SweepJob, { startAfter: later });
}

export function startSweepWorker(deps: SweepDeps & { readonly jobs: Jobs }): Ticker {
  return deps.jobs.startWorker<SweepJob>({
    queue: QUEUE,
    batch: 20,
    concurrency: 2,
    everyMs: SECOND / 4,
    work: ({ data }) => (data.look === "page" ? workPage(deps, data) : fanOut(deps, data.look)),
  });
}

/** One job for each feed that is concerned: pages follow one another, each a job that commits with its page. */
async function fanOut(deps: SweepDeps & { readonly jobs: Jobs }, look: "changed" | "held"): Promise<void> {
  // The job may run in the very moment in which another process still knows the older rules.
  deps.consent.registry.forget();
  const began = deps.clock.now().toISOString();
  const pages: SweepJob[] = [];
  for (const row of await listFeeds(deps.db)) {
    const { recipientId, purposeId } = row;
    const mark = await currentMark(deps, row);
    const whole = look === "changed";
    if (whole && mark === row.rulesMark) continue;
    pages.push({ look: "page", recipientId, purposeId, mark, began, whole, after: null });
  }
  await deps.db.tx((tx) => deps.jobs.enqueueMany(tx, QUEUE, pages));
}

async function workPage(
  deps: SweepDeps & { readonly jobs: Jobs },
  job: Extract<SweepJob, { look: "page" }>,
): Promise<void> {
  const { recipientId, purposeId } = job;
  const key = { recipientId, purposeId };
  // Rules that have changed since have a sweep of their own.
  if ((await currentMark(deps, key)) !== job.mark) return;
  const { next } = await sweepPage(deps, key, job);
  await deps.db.tx(async (tx) => {
    if (next !== null) await deps.jobs.enqueue(tx, QUEUE, { ...job, after: next });
    else await moveFeed(tx, key, job.whole ? { rulesMark: job.mark, sweptAt: new Date(job.began) } : {});
  });
}
