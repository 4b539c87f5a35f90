import { startTicker, type Ticker } from "../jobs/index.ts";
import { MINUTE, SECOND } from "../kernel/clock.ts";
import { findRecipientsDue, releaseLeases, wakeMessages } from "./webhooks.store.ts";
import { sendBatch, type WebhookDeps } from "./webhooks.ts";

/** How often it is looked whether a recipient without a lane under way has anything due. */
const LOOK_EVERY = SECOND / 4;
const SHORTEST_REST = 5 * SECOND;
const LONGEST_REST = MINUTE;

/**
 * Webhooks leave in lanes, one for each recipient: one that answers late or not at all holds up nobody else. A lane
 * whose recipient is away (nothing of a batch was taken) rests and then tries with a few messages again; when the
 * recipient is back, all that failed meanwhile is due at once. Any number of processes may have lanes.
 */
export interface Lanes {
  /** One batch for each recipient with something due; resolves, with how many messages were taken, when all ended. */
  round(): Promise<number>;
  start(): Ticker;
}

export function createLanes(deps: WebhookDeps): Lanes {
  const { db, clock } = deps;
  const away = new Map<string, { readonly rest: number; readonly until: number }>();
  const running = new Map<string, Promise<void>>();
  let stopped = false;

  const resting = (recipientId: string): boolean =>
    (away.get(recipientId)?.until ?? 0) > clock.now().getTime();

  // The embedded store has one process at a time: what an earlier one had taken is nobody's any more.
  let released: Promise<void> | undefined;
  const ready = async (): Promise<string[]> => {
    if (db.engine === "pglite") {
      released ??= releaseLeases(db);
      await released;
    }
    return (await findRecipientsDue(db, clock.now())).filter((id) => !resting(id) && !running.has(id));
  };

  const batch = async (recipientId: string): Promise<number> => {
    const done = await sendBatch(deps, recipientId);
    if (done.taken === 0) return 0;
    if (done.away === done.taken) {
      const rest = Math.min(LONGEST_REST, (away.get(recipientId)?.rest ?? SHORTEST_REST / 2) * 2);
      away.set(recipientId, { rest, until: clock.now().getTime() + rest });
    } else if (done.back || (done.sent > 0 && away.has(recipientId))) {
      away.delete(recipientId);
      await wakeMessages(db, recipientId, clock.now());
    }
    return done.taken;
  };

  const lane = async (recipientId: string): Promise<void> => {
    try {
      while (!stopped && !resting(recipientId) && (await batch(recipientId)) > 0);
    } catch (error) {
      deps.log.warn("background_work_failed", {
        name: "recipient-webhooks",
        error: error instanceof Error ? error.name : "unknown",
      });
    } finally {
      running.delete(recipientId);
    }
  };

  return {
    async round() {
      const taken = await Promise.all((await ready()).map(batch));
      return taken.reduce((sum, n) => sum + n, 0);
    },
    start() {
      const ticker = startTicker({
        name: "recipient-webhooks",
        everyMs: LOOK_EVERY,
        log: deps.log,
        work: async () => {
          for (const id of await ready()) running.set(id, lane(id));
        },
      });
      return {
        async stop() {
          stopped = true;
          await ticker.stop();
          await Promise.all(running.values());
        },
      };
    },
  };
}
