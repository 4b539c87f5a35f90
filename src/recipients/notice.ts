import type { Db } from "../db/index.ts";
import { DAY } from "../kernel/clock.ts";
import { readFeedHead } from "../members/index.ts";
import { decideChanged, dropClosed, findChanged, heldAmong, type SettleDeps } from "./changes.ts";
import { compactNotices, type FeedKey, listFeeds, lockFeed, moveFeed } from "./feeds.store.ts";
import { type FeedDeps, feedOf } from "./feeds.ts";
import { deleteEndedMessages, queueMessages } from "./webhooks.store.ts";

const BATCH = 500;
const NOTICES_KEPT = 90 * DAY;
const MESSAGES_KEPT = 30 * DAY;

export interface NoticeDeps extends FeedDeps {
  readonly db: Db;
  readonly pageDeps: () => Promise<SettleDeps>;
}

/**
 * Works every feed up to the newest position: who is held and may no longer be gets a notice and its deadline starts,
 * and webhooks are queued. Position and consequences commit together, so a killed process skips nothing. Answers how
 * many members it looked at. Any number of processes may call it; each feed is worked by one at a time.
 */
export async function noticeChanges(deps: NoticeDeps): Promise<number> {
  let looked = 0;
  const head = await readFeedHead(deps.db);
  for (const { recipientId, purposeId, noticedPosition } of await listFeeds(deps.db)) {
    if (noticedPosition >= head) continue;
    for (;;) {
      const done = await noticeFeed(deps, { recipientId, purposeId });
      looked += done.looked;
      if (!done.more) break;
    }
  }
  return looked;
}

/** One page of one feed; see `noticeChanges`. */
export async function noticeFeed(deps: NoticeDeps, key: FeedKey): Promise<{ looked: number; more: boolean }> {
  const snapshot = await deps.consent.snapshot();
  const feed = feedOf(snapshot, await deps.registry.get(key.recipientId), key.purposeId);
  const pageDeps = await deps.pageDeps();
  return deps.db.retryingTx(async (tx) => {
    const row = await lockFeed(tx, key);
    if (row === null) return { looked: 0, more: false };
    const head = await readFeedHead(tx);
    if (row.noticedPosition >= head) return { looked: 0, more: false };
    const { at, upTo } = await findChanged(tx, key, row.noticedPosition, head, BATCH);
    const pushes = feed.recipient.webhookUrl !== null && feed.recipient.state === "active";
    // Whoever is not held has nothing to drop; only a webhook wants to hear of the others.
    const held = await heldAmong(tx, key, [...at.keys()]);
    const memberIds = [...at.keys()].filter((id) => pushes || held.has(id));
    const decided = await decideChanged(tx, pageDeps, snapshot.rules, feed, memberIds);
    const dropped = await dropClosed(tx, pageDeps, snapshot.rules, feed, decided, memberIds);
    if (pushes) {
      const visible = decided.filter((d) => d.view.visible).map((d) => d.member.memberId);
      await queueMessages(
        tx,
        key,
        [...visible.map((id): [string, number] => [id, at.get(id) as number]), ...dropped].map(
          ([memberId, position]) => ({ messageId: deps.ids.next(), memberId, position }),
        ),
        deps.clock.now(),
      );
    }
    await moveFeed(tx, key, { noticedPosition: upTo });
    return { looked: memberIds.length, more: upTo < head };
  });
}

/** Forgets what is long confirmed or long sent. */
export async function compactFeeds(deps: Pick<NoticeDeps, "db" | "clock">): Promise<void> {
  const now = deps.clock.now().getTime();
  await deps.db.tx((tx) => compactNotices(tx, new Date(now - NOTICES_KEPT)));
  await deps.db.tx((tx) => deleteEndedMessages(tx, new Date(now - MESSAGES_KEPT)));
}
