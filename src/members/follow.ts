import type { Db, Tx } from "../db/index.ts";
import { readChangedSubjects, readFeedHead, readMemberIds } from "./bulk.store.ts";
import { lockFollower, moveFollower } from "./follow.store.ts";

/** Members touched since a follower last looked, and ids under which somebody was a member before. */
export interface TouchedMembers {
  /** Members that are there now. */
  readonly members: readonly string[];
  /** Ids that name no member any more: merged into another, or erased. What was kept under them must go. */
  readonly gone: readonly string[];
}

const BATCH = 500;

/**
 * Works what changed since this follower last looked, in the order of the feed's positions. Position and consequences
 * commit together: a killed process skips nothing and repeats only what left no trace. Any number of processes may call
 * it; one works at a time. `work` is idempotent, for a member may come again. Answers how many members it looked at.
 */
export async function followChanges(
  db: Db,
  name: string,
  work: (tx: Tx, touched: TouchedMembers) => Promise<void>,
  options: { readonly batch?: number; readonly before?: () => Promise<void> } = {},
): Promise<number> {
  const batch = options.batch ?? BATCH;
  let looked = 0;
  for (;;) {
    const head = await readFeedHead(db);
    // What `work` needs from outside its transaction is read here: the embedded engine has one connection.
    await options.before?.();
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
      return touched.members.length;
    });
    if (done === null) return looked;
    looked += done;
  }
}

async function touchedBy(tx: Tx, subjectIds: readonly string[]): Promise<TouchedMembers> {
  const found = await readMemberIds(tx, subjectIds);
  const members = new Set(found.map((f) => f.memberId));
  return { members: [...members].sort(), gone: subjectIds.filter((id) => !members.has(id)) };
}
