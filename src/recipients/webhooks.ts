import { Webhook } from "standardwebhooks";
import { stageAudit } from "../audit/index.ts";
import type { Db } from "../db/index.ts";
import { HOUR, MINUTE, SECOND } from "../kernel/clock.ts";
import type { Log, Meter } from "../kernel/log.ts";
import type { Outbound, OutboundAnswer } from "../outbound/index.ts";
import { type ChangeEntry, decideChanged, type SettleDeps, tombstoneOf } from "./changes.ts";
import { writePosition } from "./cursor.ts";
import { findFeed, readNoticesOf } from "./feeds.store.ts";
import { type FeedDeps, feedOf } from "./feeds.ts";
import { openPage, readDecided } from "./page.ts";
import { leaseMessages, type MessageRow, noteDelivery } from "./webhooks.store.ts";

/**
 * Pauses before the second and every further attempt; after the last it is dead. The long ones are those that Standard
 * Webhooks recommends; the short ones before them are ours: who restarts should not hear of a withdrawal minutes late.
 */
export const PAUSES: readonly number[] = [
  5 * SECOND,
  15 * SECOND,
  MINUTE,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

/** How long one sender may have a message before another takes it over: longer than any attempt lasts. */
const LEASE = 30 * SECOND;
/** Taken and sent at once, so that no message spends its lease waiting behind others. */
const BATCH = 8;

export interface WebhookDeps extends FeedDeps {
  readonly db: Db;
  readonly outbound: Outbound;
  readonly log: Log;
  readonly meter: Meter;
  readonly pageDeps: () => Promise<SettleDeps>;
}

/** What became of a batch. */
export interface BatchOutcome {
  readonly taken: number;
  readonly sent: number;
  /** Brought no answer, or one that says "not now". */
  readonly away: number;
  /** Whether one went through that had failed because the recipient was away. */
  readonly back: boolean;
}

/** Sends one batch of what is due for a recipient. Any number of processes may call it at once. */
export async function sendBatch(deps: WebhookDeps, recipientId: string): Promise<BatchOutcome> {
  const at = deps.clock.now();
  const messages = await deps.db.retryingTx((tx) =>
    leaseMessages(tx, recipientId, at, new Date(at.getTime() + LEASE), BATCH),
  );
  const outcomes = await Promise.all(messages.map((message) => sendOne(deps, message)));
  return {
    taken: messages.length,
    sent: outcomes.filter((o) => o === "sent").length,
    away: outcomes.filter((o) => o === "away").length,
    back: outcomes.some((o, i) => o === "sent" && wasAway(messages[i] as MessageRow)),
  };
}

/** Whether an answer says that nobody is there to take messages now, whichever they are. */
function isAway(answer: { readonly status: number | null; readonly error: string | null }): boolean {
  return answer.error !== null || (answer.status !== null && (answer.status === 429 || answer.status >= 500));
}

function wasAway(message: MessageRow): boolean {
  return message.attempts > 0 && isAway({ status: message.lastStatus, error: message.lastError });
}

async function sendOne(
  deps: WebhookDeps,
  message: MessageRow,
): Promise<"sent" | "nothing" | "away" | "refused"> {
  const recipient = await deps.registry.get(message.recipientId);
  const now = () => deps.clock.now();
  const end = (state: "sent" | "nothing" | "dead", answer: OutboundAnswer | null) =>
    noteDelivery(deps.db, message.messageId, {
      state,
      attempted: answer !== null,
      status: answer?.kind === "answered" ? answer.status : null,
      error: answer?.kind === "failed" ? answer.code : null,
      nextAt: message.nextAt,
      at: now(),
    });
  const { webhook: secret } = await deps.registry.secrets(recipient);
  if (recipient.webhookUrl === null || secret === null || recipient.state === "ended") {
    await end("nothing", null);
    return "nothing";
  }
  const content = await contentOf(deps, message);
  if (content === null) {
    await end("nothing", null);
    return "nothing";
  }
  const timestamp = now();
  const id = `msg_${message.messageId}`;
  const body = JSON.stringify({
    type: content.entry.kind === "upsert" ? "profile.upserted" : "profile.removed",
    timestamp: timestamp.toISOString(),
    data: {
      purpose: message.purposeId,
      ...content.entry,
      position: writePosition(content.epoch, content.entry.position),
    },
  });
  const answer = await deps.outbound.post({
    url: recipient.webhookUrl,
    headers: {
      "content-type": "application/json",
      "user-agent": "candor-webhooks",
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(timestamp.getTime() / SECOND)),
      "webhook-signature": new Webhook(secret).sign(id, timestamp, body),
    },
    body,
  });
  const taken = answer.kind === "answered" && answer.status >= 200 && answer.status < 300;
  deps.meter.count("webhook_attempts_total", { outcome: taken ? "sent" : "failed" });
  if (taken) {
    await end("sent", answer);
    return "sent";
  }
  const status = answer.kind === "answered" ? answer.status : null;
  const error = answer.kind === "failed" ? answer.code : null;
  const outcome = isAway({ status, error }) ? "away" : "refused";
  // 410 says that nobody is there any more (Standard Webhooks); what waits is for a person to replay.
  const pause = status === 410 ? undefined : PAUSES[message.attempts];
  const fields = {
    recipient: recipient.id,
    message: message.messageId,
    attempts: message.attempts + 1,
    status,
    code: error,
  };
  if (pause === undefined) {
    deps.log.error("webhook_dead", fields);
    await end("dead", answer);
    return outcome;
  }
  deps.log.warn("webhook_failed", fields);
  await noteDelivery(deps.db, message.messageId, {
    state: "waiting",
    attempted: true,
    status,
    error,
    // Up to a fifth longer, so that what failed together does not come back together.
    nextAt: new Date(now().getTime() + pause * (1 + Math.random() / 5)),
    at: now(),
  });
  return outcome;
}

/** What is to be said about the message's member now; null when there is nothing any more. */
async function contentOf(
  deps: WebhookDeps,
  message: MessageRow,
): Promise<{ readonly entry: ChangeEntry; readonly epoch: string } | null> {
  const key = { recipientId: message.recipientId, purposeId: message.purposeId };
  const pageDeps = await deps.pageDeps();
  const snapshot = await deps.consent.snapshot();
  const feed = feedOf(snapshot, await deps.registry.get(message.recipientId), message.purposeId);
  const row = await findFeed(deps.db, key);
  if (row === null) return null;
  const read = await deps.db.retryingTx(async (tx) => {
    await tx.exec("set transaction isolation level repeatable read");
    const decided = await decideChanged(tx, pageDeps, snapshot.rules, feed, [message.memberId]);
    const visible = decided.filter((d) => d.view.visible);
    if (visible.length === 0) {
      // A notice has a message of its own; one that was queued to tell of the member says nothing any more.
      const own = { after: message.position - 1, upTo: message.position };
      return { page: null, told: await readNoticesOf(tx, key, [message.memberId], own) };
    }
    const page = await readDecided(tx, pageDeps, feed, visible);
    await stageAudit(tx, deps, {
      actor: { kind: "system", id: "webhooks" },
      action: "profile.pushed",
      purpose: key.purposeId,
      targets: [
        { kind: "recipient", id: key.recipientId },
        { kind: "member", id: message.memberId },
      ],
    });
    return { page, told: [] };
  });
  if (read.page !== null) {
    const [opened] = await openPage(pageDeps, feed, read.page);
    if (opened === undefined) return null;
    return { entry: { kind: "upsert", position: message.position, ...opened.line }, epoch: row.epoch };
  }
  const [notice] = read.told;
  return notice === undefined ? null : { entry: tombstoneOf(notice), epoch: row.epoch };
}
