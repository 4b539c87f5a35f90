import type { Db, Tx } from "../db/index.ts";
import { readChangedSubjects, readFeedHead, readMemberIds } from "./bulk.store.ts";
import { readUrgentChanges } from "./changes.store.ts";
import type { Deferral } from "./defer.ts";
import { lockFollower, moveFollower } from "./follow.store.ts";

/** Members touched since a follower last looked, and ids under which somebody was a member before. */
export interface TouchedMembers {
  /** Members that are there now. */
  readonly members: readonly string[];
  /** Ids that name no member any more: merged into another, or erased. What was kept under them must go. */
  readonly gone: readonly string[];
}

const BATCH = 500;

type Work = (tx: Tx, touched: TouchedMembers) => Promise<void>;

interface FollowOptions {
  readonly batch?: number;
  /** What `work` needs from outside its transaction is read here: the embedded engine has one connection. */
  readonly before?: () => Promise<void>;
  /** Absent: nothing waits. */
  readonly defer?: Deferral;
}

/**
 * Works what changed since this follower last looked, in the order of the feed's positions. Position and consequences
 * commit together: a killed process skips nothing and repeats only what left no trace. Any number of processes may call
 * it; one works at a time. `work` is idempotent, for a member may come again. With `defer`, changes that may wait are
 * left for a later call while it says so, and worked with rests between while events wait; the others are worked ahead of
 * them. Answers how many members it looked at.
 */
export async function followChanges(
  db: Db,
  name: string,
  work: Work,
  options: FollowOptions = {},
): Promise<number> {
  const { batch = BATCH, before, defer } = options;
  let looked = 0;
  /** What there was when it began: behind it the follower may stand back again, however much has come since. */
  let goal: number | undefined;
  const urgent = async (): Promise<void> => {
    if (defer !== undefined) looked += await followUrgent(db, name, work, { ...options, defer });
  };
  for (;;) {
    if (defer?.isBusy()) await urgent();
    if (defer?.mayWait()) return looked;
    const began = defer?.now() ?? 0;
    const head = await readFeedHead(db);
    goal ??= head;
    await before?.();
    const done = await db.retryingTx(async (tx) => {
      const from = await lockFollower(tx, name);
      if (from === null || from >= head) return null;
      const changed = await readChangedSubjects(tx, { after: from, upTo: head, limit: batch });
      const upTo = changed.length < batch ? head : (changed.at(-1)?.position ?? head);
      const touched = await touchedBy(
        tx,
        changed.map((c) => c.subjectId),
      );
      if (changed.length > 0) await work(tx, touched);
      await moveFollower(tx, name, upTo);
      return { upTo, members: touched.members.length };
    });
    if (done === null || done.upTo >= goal) {
      defer?.caughtUp();
      goal = undefined;
    }
    if (done === null) return looked;
    looked += done.members;
    await defer?.rest(defer.now() - began, urgent);
  }
}

/** Works the changes that never wait. The follower's position stays: it comes by them again, which changes nothing. */
async function followUrgent(
  db: Db,
  name: string,
  work: Work,
  options: FollowOptions & { readonly defer: Deferral },
): Promise<number> {
  const { batch = BATCH, before, defer } = options;
  let looked = 0;
  for (;;) {
    const head = await readFeedHead(db);
    if (head <= defer.urgentUpTo) return looked;
    await before?.();
    const full = await db.retryingTx(async (tx) => {
      const from = await lockFollower(tx, name);
      if (from === null) return null;
      const after = Math.max(from, defer.urgentUpTo);
      const changed = await readUrgentChanges(tx, { after, upTo: head, limit: batch });
      const isFull = changed.length === batch;
      const upTo = isFull ? (changed.at(-1)?.position ?? head) : head;
      const touched = await touchedBy(
        tx,
        changed.map((c) => c.subjectId),
      );
      if (changed.length > 0) await work(tx, touched);
      return { upTo, isFull, members: touched.members.length };
    });
    if (full === null) return looked;
    // Only what has been committed counts as worked.
    defer.urgentUpTo = full.upTo;
    looked += full.members;
    if (!full.isFull) return looked;
  }
}

async function touchedBy(tx: Tx, subjectIds: readonly string[]): Promise<TouchedMembers> {
  const found = await readMemberIds(tx, subjectIds);
  const members = new Set(found.map((f) => f.memberId));
  return { members: [...members].sort(), gone: subjectIds.filter((id) => !members.has(id)) };
}
