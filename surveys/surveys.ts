import type { Db } from "../src/db/index.ts";
import type { Spoken } from "../src/i18n/index.ts";
import { startTicker, type Ticker } from "../src/jobs/index.ts";
import { type Clock, HOUR, MINUTE } from "../src/kernel/clock.ts";
import type { Ids } from "../src/kernel/ids.ts";
import type { Log } from "../src/kernel/log.ts";
import type { Route } from "../src/kernel/route.ts";
import type { Vault } from "../src/vault/index.ts";
import { mixAnonymous } from "./anonymous/inbox.ts";
import { compiledOf, createAnswering } from "./answering/answering.ts";
import { createAnswerDoors } from "./answering/doors.ts";
import { tellEvents } from "./answering/events.ts";
import { exportAnswers } from "./answering/export.ts";
import { createLimits } from "./answering/limits.ts";
import { createModelPool, type ModelPool } from "./answering/model-pool.ts";
import { createFindInvitation } from "./answering/open.ts";
import { previewPage } from "./answering/preview.ts";
import { purgeSurveys } from "./answering/purge.ts";
import { answeringJsonRoutes } from "./answering/routes-json.ts";
import { answeringPageRoutes } from "./answering/routes-pages.ts";
import { createRush } from "./answering/rush.ts";
import { exportNotes } from "./cases/work-cases.ts";
import { defaultLocaleOf } from "./definitions/definition.ts";
import { createSurveyRegistry, type SurveyRegistry } from "./definitions/registry.ts";
import { surveyRoutes } from "./definitions/routes.ts";
import { writingRoutes } from "./definitions/routes-writing.ts";
import { surveyAssetRoutes } from "./pages/assets.ts";
import type { AnswerDoors, SubmitSurveyEvents } from "./port.ts";
import type { SendingDeps } from "./sending/context.ts";
import type { MailboxSettings } from "./sending/mailbox.ts";
import { createSending, type Sending } from "./sending/room.ts";

export interface SurveyRoomDeps
  extends Pick<
    SendingDeps,
    "consent" | "mailer" | "segments" | "coarse" | "outbound" | "readLevels" | "isBusy"
  > {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** The company as pages name it. */
  readonly company: () => Promise<Spoken>;
  /** Puts events on profiles through the ingestion queue. */
  readonly submit: SubmitSurveyEvents;
  /** Where reports of delivery arrive; null: they are told of over HTTP alone. */
  readonly mailbox?: MailboxSettings | null;
}

/** Surveys, wired. */
export interface Surveys {
  readonly registry: SurveyRegistry;
  readonly doors: AnswerDoors;
  /** Asking, measuring and calling back. */
  readonly sending: Sending;
  readonly routes: readonly Route[];
  /** Puts what waits on the profiles now; answers how many. Background work does it every second. */
  tellEvents(): Promise<number>;
  /** Lets anonymous answers enter that may; answers how many. Background work looks every minute. */
  mixAnonymous(): Promise<number>;
  /** The answers of people, opened, for their access package: rows in place of those of `survey_response`. */
  exportRows(subjectIds: readonly string[]): Promise<Record<string, unknown>[]>;
  /** What staff wrote about people's cases, opened: rows in place of those of `survey_case_note`. */
  exportNotes(subjectIds: readonly string[]): Promise<Record<string, unknown>[]>;
  /** Deletes what has been kept long enough; answers how many rows. Background work does it every hour. */
  purge(): Promise<number>;
  /** Whether so many answers are coming in that what follows from events may wait. */
  isBusy(): boolean;
  /** Makes the models of running surveys ready, so that whoever opens one first does not wait for them. */
  prime(): Promise<void>;
  startWorkers(): Ticker[];
  /** Ends the threads that survey models run on. */
  close(): Promise<void>;
}

const TELL_EVERY_MS = 1_000;

/** Surveys whose models are made ready at the start; others are compiled when somebody opens them. */
const MOST_READY = 50;

/** The same, with the model of a version made ready as soon as it is in force. */
function preparingModels(registry: SurveyRegistry, models: ModelPool): SurveyRegistry {
  return {
    ...registry,
    async publish(by, surveyId) {
      const outcome = await registry.publish(by, surveyId);
      await prepareModel(registry, models, surveyId, outcome.version);
      return outcome;
    },
  };
}

async function prepareModel(
  registry: SurveyRegistry,
  models: ModelPool,
  surveyId: string,
  version: number,
): Promise<void> {
  const survey = await registry.published(surveyId, version);
  if (survey !== null) models.prepare(compiledOf(survey), defaultLocaleOf(survey.definition));
}

/** Wires the room over open stores. */
export function createSurveys(deps: SurveyRoomDeps): Surveys {
  const { clock, log } = deps;
  const models = createModelPool();
  const registry = preparingModels(createSurveyRegistry(deps), models);
  const doors = createAnswerDoors({ ...deps, registry });
  const sending = createSending({ ...deps, doors });
  const { listeners } = sending;
  const rush = createRush(clock);
  const answeringDeps = {
    ...deps,
    registry,
    listeners,
    models,
    limits: createLimits(clock),
    rush,
    findInvitation: createFindInvitation(deps.db),
  };
  const answering = createAnswering(answeringDeps);
  const telling = { ...deps, registry };
  const mixing = { ...deps, registry, listeners };
  return {
    registry,
    doors,
    sending,
    routes: [
      ...surveyRoutes({ registry, doors, now: () => clock.now() }),
      ...writingRoutes({
        registry,
        preview: (survey, document, ask) => previewPage(answeringDeps, survey, document, ask),
      }),
      ...answeringPageRoutes({ ...answeringDeps, answering }),
      ...answeringJsonRoutes({ ...answeringDeps, answering }),
      ...surveyAssetRoutes(registry),
      ...sending.routes,
    ],
    tellEvents: () => tellEvents(telling),
    exportRows: (subjectIds) => exportAnswers({ ...deps, registry }, subjectIds),
    exportNotes: (subjectIds) => exportNotes(deps, subjectIds),
    purge: () => purgeSurveys(deps),
    mixAnonymous: () => mixAnonymous(mixing),
    isBusy: () => rush.isOn(),
    async prime() {
      for (const { surveyId, state, currentVersion } of await registry.list({ limit: MOST_READY }))
        if (state === "running" && currentVersion !== null)
          await prepareModel(registry, models, surveyId, currentVersion);
    },
    startWorkers: () => [
      startTicker({
        name: "survey-events",
        everyMs: TELL_EVERY_MS,
        log,
        work: async () => void (await tellEvents(telling)),
      }),
      startTicker({
        name: "survey-mixing",
        everyMs: MINUTE,
        log,
        work: async () => void (await mixAnonymous(mixing)),
      }),
      startTicker({
        name: "survey-expiry",
        everyMs: HOUR,
        log,
        work: async () => void (await purgeSurveys(deps)),
      }),
      ...sending.startWorkers(),
    ],
    close: () => models.close(),
  };
}
