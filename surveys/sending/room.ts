import { startTicker, type Ticker } from "../../src/jobs/index.ts";
import { MINUTE, SECOND } from "../../src/kernel/clock.ts";
import type { Route } from "../../src/kernel/route.ts";
import { createDeferral, type Deferral } from "../../src/members/index.ts";
import { createListeners } from "../cases/answered.ts";
import { caseRoutes } from "../cases/routes.ts";
import { actionRoutes } from "../cases/routes-actions.ts";
import { escalateCases } from "../cases/work-cases.ts";
import { resultRoutes } from "../metrics/routes.ts";
import { exportRoutes } from "../metrics/routes-export.ts";
import type { AnswerListeners } from "../port.ts";
import { readReport, takeBounce } from "./bounces.ts";
import type { SendingDeps } from "./context.ts";
import { decideRounds } from "./decide-round.ts";
import { handOver } from "./hand-over.ts";
import { followLevels } from "./levels.ts";
import { type MailboxSettings, readMailbox } from "./mailbox.ts";
import { listenToMail } from "./outcomes.ts";
import { campaignRoutes } from "./routes-campaigns.ts";
import { linkRoutes } from "./routes-links.ts";
import { messageRoutes } from "./routes-messages.ts";
import { settingRoutes } from "./routes-settings.ts";
import { endExpired, sendDue } from "./send-due.ts";
import { followTriggers } from "./triggers.ts";

/** Asking, measuring and calling back, wired. */
export interface Sending {
  readonly routes: readonly Route[];
  /** What the answering half tells in the transaction that stores an answer. */
  readonly listeners: AnswerListeners;
  /** Decides rounds that are due; answers how many members it looked at. */
  decideRounds(): Promise<number>;
  /** Notes purchases that campaigns wait for; answers how many members it looked at. */
  followTriggers(): Promise<number>;
  /** Takes levels off answers of those who no longer agree to be profiled; answers how many members it looked at. */
  followLevels(): Promise<number>;
  /** Writes the messages that are due; answers how many asks it worked. */
  sendDue(): Promise<number>;
  /** Hands links over to gateways; answers how many. */
  handOver(): Promise<number>;
  /** Writes about cases that nobody contacted in time; answers how many. */
  escalateCases(): Promise<number>;
  /** Reads reports of delivery out of the mailbox; answers how many it settled. */
  readBounces(): Promise<number>;
  startWorkers(): Ticker[];
}

/** Wires the sending half over the doors of the answering half. */
export function createSending(deps: SendingDeps & { readonly mailbox?: MailboxSettings | null }): Sending {
  listenToMail(deps);
  const mailbox = deps.mailbox ?? null;
  const readBounces = async (): Promise<number> =>
    mailbox === null
      ? 0
      : readMailbox(mailbox, async (raw) => {
          const report = readReport(raw);
          // What is no report of ours stays for a person to read.
          return report !== null && (await takeBounce(deps, report)) !== "unknown-message";
        });
  const tick = (name: string, everyMs: number, work: () => Promise<unknown>): Ticker =>
    startTicker({ name, everyMs, log: deps.log, work: async () => void (await work()) });
  const following = (
    name: string,
    follow: (own: SendingDeps, defer: Deferral) => Promise<number>,
  ): Ticker => {
    const defer = createDeferral({ clock: deps.clock, isBusy: deps.isBusy ?? (() => false) });
    return tick(name, SECOND, () => follow(deps, defer));
  };
  return {
    routes: [
      ...campaignRoutes(deps),
      ...settingRoutes(deps),
      ...messageRoutes(deps),
      ...linkRoutes(deps),
      ...caseRoutes(deps),
      ...actionRoutes(deps),
      ...resultRoutes(deps),
      ...exportRoutes(deps),
    ],
    listeners: createListeners(deps),
    decideRounds: () => decideRounds(deps),
    followTriggers: () => followTriggers(deps),
    followLevels: () => followLevels(deps),
    sendDue: () => sendDue(deps),
    handOver: () => handOver(deps),
    escalateCases: () => escalateCases(deps),
    readBounces,
    startWorkers: () => [
      following("survey-triggers", followTriggers),
      following("survey-levels", followLevels),
      tick("survey-rounds", SECOND, () => decideRounds(deps)),
      tick("survey-sending", SECOND, () => sendDue(deps)),
      tick("survey-gateways", SECOND, () => handOver(deps)),
      tick("survey-cases", MINUTE, () => escalateCases(deps)),
      tick("survey-asks-expiry", MINUTE, () => endExpired(deps)),
      ...(mailbox === null ? [] : [tick("survey-bounces", MINUTE, readBounces)]),
    ],
  };
}
