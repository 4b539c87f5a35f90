import {
  askingRoutes,
  assetRoutes,
  BUILT_IN_REGIMES,
  type Consent,
  consentRoutes,
  createConsent,
  createIntake,
  importRoutes,
  messageLinkRoutes,
  preferenceRoutes,
  receiptRoutesOfConsent,
  regimeRoutes,
  registryRoutes,
} from "../../consent/index.ts";
import {
  countExpired,
  createIngestQueue,
  createSourceRegistry,
  enrolmentRoutes,
  eventRoutes,
  fileRoutes,
  type IngestQueue,
  purgeExpired,
  quarantineRoutes,
  quarantineSearch,
  receiptRoutes,
  type SourceRegistry,
  sourceRoutes,
  takeSurveyEvents,
  webhookRoutes,
} from "../../pipelines/index.ts";
import { createSurveys, type Surveys } from "../../surveys/index.ts";
import {
  type AuditEvidence,
  actorOf,
  auditProofRoutes,
  auditRoutes,
  createAuditEvidence,
  stageAudit,
  startSequencer,
} from "../audit/index.ts";
import { ping, type Tx } from "../db/index.ts";
import { HOLDINGS } from "../holdings.ts";
import {
  consoleRoutes,
  createHttp,
  csrfTokenOf,
  type Http,
  SESSION_COOKIE,
  sessionOfCookies,
} from "../http/index.ts";
import { createJobs } from "../jobs/index.ts";
import type { Route } from "../kernel/route.ts";
import { createLoyalty, type Loyalty } from "../loyalty/index.ts";
import { createMailer, type Mailer, mailRoutes } from "../mail/index.ts";
import {
  consentMembers,
  createCoarseReader,
  createReindexer,
  createSubjectCache,
  memberRoutes,
  readEpoch,
  sequenceChanges,
  stageChanges,
} from "../members/index.ts";
import { createOutbound } from "../outbound/index.ts";
import { createFulfilRoom, createPrivacy, type FulfilRoom, type Privacy } from "../privacy/index.ts";
import { createRecipients, type Recipients, requestSweep } from "../recipients/index.ts";
import { createSegments, type Segments } from "../segments/index.ts";
import {
  accountRoutes,
  approvalRoutes,
  backupRoutes,
  createApprovals,
  createKey,
  createKeyAuthenticator,
  createSignOn,
  createStaff,
  encryptionKeyRoutes,
  type Staff,
  sessionRoutes,
  signOnRoutes,
  staffRoutes,
} from "../staff/index.ts";
import { type ErasureMirror, takeBackup } from "../vault/index.ts";
import { auditKeys } from "./audit-keys.ts";
import { createAuthenticate } from "./authenticate.ts";
import type { CandorDeps } from "./candor-deps.ts";
import { createRequestConfirmation } from "./confirmation.ts";
import { createReadDerived, createReadLevelOfAnswers } from "./derived.ts";
import { heldBriefly } from "./held-briefly.ts";
import { jobRoutes } from "./job-routes.ts";
import { afterEachChange, readSources } from "./sources.ts";
import { erasureMirrorOf } from "./stores.ts";
import { systemStateRoutes } from "./system-routes.ts";
import { startTickers } from "./tickers.ts";
import { VERSION } from "./version.ts";

/** All rooms, wired; nothing listens yet. */
export interface Candor {
  readonly routes: readonly Route[];
  readonly http: Http;
  readonly queue: IngestQueue;
  readonly registry: SourceRegistry;
  readonly consent: Consent;
  readonly recipients: Recipients;
  readonly privacy: Privacy;
  readonly segments: Segments;
  readonly loyalty: Loyalty;
  readonly mailer: Mailer;
  readonly surveys: Surveys;
  readonly erasures: ErasureMirror;
  /** The rotation of the index key: a slice at a time. */
  readonly reindexer: ReturnType<typeof createReindexer>;
  readonly staff: Staff;
  readonly audit: AuditEvidence;
  readonly fulfil: FulfilRoom;
  /** Reads what every request needs, once, before the first comes. */
  prime(): Promise<void>;
  /** Starts what works in the background: sequencers, expiry. */
  startWorkers(): void;
  /** Ends requests and background work, in the reverse order of their start. */
  close(): Promise<void>;
}

/** More waiting items than one request usually brings: what follows from events then stands back. */
const BUSY_ITEMS = 200;

/** Wires the rooms over open stores. */
export function createCandor(deps: CandorDeps): Candor {
  const { db, vault, clock, ids, log, meter } = deps;
  const regimes = deps.regimes ?? BUILT_IN_REGIMES;
  /** What nearly every room is made of. */
  const ground = { db, vault, clock, ids };
  const erasures = deps.erasures ?? erasureMirrorOf(db, vault, null);
  const cache = createSubjectCache();
  const reindexer = createReindexer({ db, vault, clock });
  const stored = createSourceRegistry({
    ...ground,
    purposes: async () => (await consent.rules()).purposes,
  });
  const registry = afterEachChange(stored, () => reload());
  const keys = createKeyAuthenticator({ db, clock, adminKey: deps.adminKey });

  const staff = createStaff(ground);
  const sessionDoors = { staff, cookie: SESSION_COOKIE, csrfTokenOf, sessionOfCookies };
  const approvals = createApprovals(ground);

  const authenticate = createAuthenticate({ staff, registry, keys });
  const { get: sources, reload } = heldBriefly(db.engine, clock, () => readSources(db, registry));

  const recording = {
    vault,
    clock,
    ids,
    stageChanges: (tx: Tx, reason: string, subjects: readonly string[]) =>
      stageChanges(tx, { clock, ids }, reason, subjects),
  };
  const jobs = createJobs({ db, log });
  const consent = createConsent({
    ...recording,
    db,
    regimes,
    rulesChanged: (tx) => requestSweep(tx, jobs, clock.now()),
    members: consentMembers({ vault, clock, regions: async () => (await sources()).regions }),
  });
  const evidence = createAuditEvidence({ db, clock, keys: auditKeys(consent.signing) });
  const intake = createIntake({ ...recording, consent });
  const queue = createIngestQueue({ ...ground, cache, intake, log, meter });
  const doors = { ...ground, log, meter, queue, registry };
  const outbound = createOutbound({ allow: deps.outboundAllow ?? [] });
  const mailer = createMailer({
    ...ground,
    jobs,
    log,
    outbound,
    settings: deps.mail ?? { smtpUrl: null, from: "candor@localhost" },
  });
  const recipients = createRecipients({
    ...ground,
    log,
    meter,
    consent,
    outbound,
    mailer,
    jobs,
    readDerived: (...asked) => readDerived(...asked),
    sources,
    makeKey: (by, input) => createKey({ db, clock, ids }, by, input),
    forgetKeys: () => keys.forget(),
  });
  const privacy = createPrivacy({
    ...ground,
    log,
    meter,
    consent,
    mailer,
    regimes,
    regions: async () => (await sources()).regions,
    outbound,
    openDsr: deps.openDsr ?? null,
    fulfilment: () => deps.fulfilment ?? fulfil.fulfilment,
  });
  const coarse = createCoarseReader({ vault, sources });
  const fulfil: FulfilRoom = createFulfilRoom({
    ...ground,
    log,
    consent,
    holdings: HOLDINGS,
    tellRecipients: async () => {
      while ((await sequenceChanges(db)) > 0);
      await recipients.notice();
    },
    quarantine: quarantineSearch({ db, vault }),
    mirror: erasures,
    evidence,
    sources,
    listener: privacy.requests.listener,
    expiredQuarantine: (at) => countExpired(db, at),
    purgeQuarantine: () => purgeExpired({ db, vault, clock }),
    listRecipients: async () =>
      (await recipients.registry.list()).map(({ id, name, role, country, purposes, categories }) => ({
        id,
        name,
        role,
        country,
        purposes,
        categories,
      })),
    openers: [
      { table: "loyalty_score", open: (subjectIds) => loyalty.exportRows(subjectIds) },
      { table: "survey_response", open: (subjectIds) => surveys.exportRows(subjectIds) },
      { table: "survey_case_note", open: (subjectIds) => surveys.exportNotes(subjectIds) },
    ],
    ...(deps.fault === undefined ? {} : { fault: deps.fault }),
  });
  const isBusy = (): boolean => queue.size() > BUSY_ITEMS || surveys.isBusy();
  const loyalty = createLoyalty({ db, clock, ids, log, consent, coarse, isBusy });
  const { readLevels } = loyalty;
  const segments = createSegments({ db, clock, ids, log, consent, coarse, readLevels, isBusy });
  const readDerived = createReadDerived({ loyalty, segments });
  const requestConfirmation = createRequestConfirmation({ vault, mailer });
  const surveys = createSurveys({
    ...ground,
    log,
    company: async () => (await consent.snapshot()).controller.name,
    submit: (events) => takeSurveyEvents(doors, events),
    consent,
    mailer,
    segments,
    coarse,
    readLevels: createReadLevelOfAnswers(loyalty),
    outbound,
    isBusy,
    mailbox: deps.bounceMailbox == null ? null : { url: deps.bounceMailbox },
  });
  const consentDoors = { ...ground, consent };
  const publicDoors = { ...consentDoors, record: recording, requestConfirmation };

  const routes: Route[] = [
    ...sourceRoutes(registry),
    ...eventRoutes(doors),
    ...fileRoutes(doors),
    ...webhookRoutes(doors),
    ...receiptRoutes(doors),
    ...quarantineRoutes(doors),
    ...enrolmentRoutes({ ...doors, consent, requestConfirmation }),
    ...memberRoutes({ ...ground, consent, sources, prioritiesChanged: reload, readDerived }),
    ...registryRoutes(consent),
    ...regimeRoutes(consent),
    ...consentRoutes(consentDoors),
    ...importRoutes(consentDoors),
    ...askingRoutes({ consent, db, record: recording }),
    ...receiptRoutesOfConsent(consentDoors),
    ...preferenceRoutes(publicDoors),
    ...messageLinkRoutes(publicDoors),
    ...assetRoutes(),
    ...recipients.routes,
    ...privacy.routes,
    ...surveys.routes,
    ...fulfil.routes,
    ...segments.routes,
    ...loyalty.routes,
    ...mailRoutes({
      db,
      mailer,
      noteOpened: async (request, mailId, reason) => {
        await db.tx((tx) =>
          stageAudit(tx, deps, {
            actor: actorOf(request.principal),
            action: `mail.revealed.${reason}`,
            targets: [{ kind: "mail", id: mailId }],
            requestId: request.requestId,
          }),
        );
      },
    }),
    ...staffRoutes({ db, clock, ids, keys }),
    ...sessionRoutes(sessionDoors),
    ...signOnRoutes({
      ...sessionDoors,
      signOn: deps.signOn == null ? null : createSignOn(deps.signOn, { clock, log }),
    }),
    ...accountRoutes({ staff }),
    ...approvalRoutes({ approvals, staff }),
    ...consoleRoutes(),
    ...backupRoutes({
      db,
      clock,
      ids,
      takeBackup: (into) =>
        takeBackup(
          { data: db, keystore: deps.keystore, env: {}, candor: VERSION, now: () => clock.now() },
          into,
        ),
    }),
    ...encryptionKeyRoutes({
      ...ground,
      async isIndexComplete() {
        // Another process may have begun a rotation that this one has not heard of.
        await vault.reloadIndexKeys();
        return (await readEpoch(db)).complete === vault.indexVersions()[0];
      },
    }),
    ...auditRoutes({ db }),
    ...jobRoutes({ db, clock, ids, jobs }),
    ...systemStateRoutes({
      db,
      startedAt: clock.now(),
      settings: deps.settings ?? [],
      dataDir: deps.dataDir ?? null,
    }),
    ...auditProofRoutes({ evidence }),
  ];
  const http = createHttp({
    routes,
    authenticate,
    approve: (act) => approvals.pass(act),
    log,
    meter,
    clock,
    ids,
    db,
    version: VERSION,
    renderMetrics: () => meter.render(),
    readiness: async () => ({
      store: await ping(db),
      keystore: await ping(deps.keystore),
      "root-key": await vault.isRootKeyThere(),
    }),
  });

  const workers: { stop(): Promise<void> }[] = [];
  return {
    routes,
    http,
    queue,
    registry,
    consent,
    recipients,
    privacy,
    segments,
    loyalty,
    mailer,
    surveys,
    erasures,
    reindexer,
    staff,
    audit: evidence,
    fulfil,
    async prime() {
      await reindexer.adoptRules();
      await consent.snapshot();
      await reload();
      await surveys.prime();
    },
    startWorkers() {
      workers.push(
        startSequencer(db, { log, meter }),
        ...startTickers({ ...deps, isBusy, consent, erasures, evidence, jobs, staff, reindexer }),
        ...mailer.startWorkers(),
        ...recipients.startWorkers(),
        ...privacy.startWorkers(),
        ...surveys.startWorkers(),
        ...segments.startWorkers(),
        ...fulfil.startWorkers(),
        ...loyalty.startWorkers(),
      );
    },
    async close() {
      await http.close();
      await queue.drain();
      for (const worker of workers.reverse()) await worker.stop();
      await surveys.close();
    },
  };
}
