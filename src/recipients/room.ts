import type { Consent } from "../../consent/index.ts";
import type { Db } from "../db/index.ts";
import { type Jobs, startTicker, type Ticker } from "../jobs/index.ts";
import { type Clock, HOUR, MINUTE } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import type { Log, Meter } from "../kernel/log.ts";
import type { Route } from "../kernel/route.ts";
import type { Mailer } from "../mail/index.ts";
import type { KnownSources, ReadDerived } from "../members/index.ts";
import type { Outbound } from "../outbound/index.ts";
import type { Vault } from "../vault/index.ts";
import type { SettleDeps } from "./changes.ts";
import { escalateLate } from "./escalate.ts";
import { openPushedFeeds } from "./feeds.ts";
import { createLanes } from "./lanes.ts";
import { compactFeeds, noticeChanges } from "./notice.ts";
import { createRecipientRegistry, type RecipientRegistry } from "./registry.ts";
import { type MakeKey, registryRoutes } from "./routes.ts";
import { noticeRoutes } from "./routes-notices.ts";
import { readRoutes } from "./routes-read.ts";
import { viewRoutes } from "./routes-view.ts";
import { requestSweep, startSweepWorker, sweepFeeds } from "./sweep.ts";

export interface RecipientsDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly meter: Meter;
  readonly consent: Consent;
  readonly outbound: Outbound;
  /** Loyalty and segments, where those rooms are there. */
  readonly readDerived?: ReadDerived;
  readonly mailer: Mailer;
  readonly jobs: Jobs;
  readonly sources: () => Promise<KnownSources>;
  readonly makeKey: MakeKey;
  readonly forgetKeys: () => void;
}

/** Downstream systems: what they may read, what they must be told, and whether they confirmed it. */
export interface Recipients {
  readonly registry: RecipientRegistry;
  readonly routes: readonly Route[];
  /** One round of noticing who left and queueing webhooks; what the worker does four times a second. */
  notice(): Promise<number>;
  /** One look for what time, new rules and new settings changed. */
  sweep(): Promise<number>;
  /** Sends a batch of the webhooks that are due to each recipient. */
  push(): Promise<number>;
  escalate(): Promise<number>;
  startWorkers(): Ticker[];
}

const NOTICE_EVERY_MS = 250;
const SWEEP_LOOK = MINUTE;

export function createRecipients(deps: RecipientsDeps): Recipients {
  const { db, clock, ids, log, consent } = deps;
  const registry = createRecipientRegistry({
    ...deps,
    rulesChanged: (tx) => requestSweep(tx, deps.jobs, clock.now()),
    purposes: async () => (await consent.snapshot()).rules.purposes,
    feedOpener: async () => {
      const snapshot = await consent.snapshot();
      return (tx, row) => openPushedFeeds(tx, deps, snapshot, row);
    },
  });
  const pageDeps = async (): Promise<SettleDeps> => {
    const { labels, priorities } = await deps.sources();
    return {
      consent,
      vault: deps.vault,
      clock,
      ids,
      priorities,
      ...(deps.readDerived === undefined ? {} : { readDerived: deps.readDerived }),
      sourceKinds: new Map([...labels].map(([id, label]) => [id, label.kind])),
    };
  };
  const feeds = { ...deps, registry, pageDeps };
  const notice = () => noticeChanges(feeds);
  const sweep = () => sweepFeeds(feeds);
  const lanes = createLanes(feeds);
  const escalate = () => escalateLate({ ...deps, registry });
  const ticker = (name: string, everyMs: number, work: () => Promise<unknown>) =>
    startTicker({ name, everyMs, log, work: async () => void (await work()) });
  return {
    registry,
    routes: [
      ...registryRoutes({ ...deps, registry }),
      ...readRoutes(feeds),
      ...noticeRoutes({ db, clock, ids, consent, registry }),
      ...viewRoutes(feeds),
    ],
    notice,
    sweep,
    push: lanes.round,
    escalate,
    startWorkers: () => [
      ticker("recipient-notices", NOTICE_EVERY_MS, notice),
      lanes.start(),
      startSweepWorker(feeds),
      ticker("recipient-sweep", SWEEP_LOOK, sweep),
      ticker("recipient-escalation", SWEEP_LOOK, escalate),
      ticker("recipient-compaction", HOUR, () => compactFeeds(deps)),
    ],
  };
}
