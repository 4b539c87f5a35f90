import { KeyObject, sign } from "node:crypto";
import {
  askingRoutes,
  assetRoutes,
  BUILT_IN_REGIMES,
  type Consent,
  confirmationMail,
  consentRoutes,
  createConsent,
  createIntake,
  importRoutes,
  messageLinkRoutes,
  type PreferenceDeps,
  preferenceRoutes,
  receiptRoutesOfConsent,
  registryRoutes,
} from "../../consent/index.ts";
import {
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
  type AuditKeys,
  auditProofRoutes,
  auditRoutes,
  createAuditEvidence,
  startSequencer,
} from "../audit/index.ts";
import { type Db, ping, type Tx } from "../db/index.ts";
import { HOLDINGS } from "../holdings.ts";
import {
  type Authenticate,
  consoleRoutes,
  createHttp,
  csrfTokenOf,
  type Http,
  SESSION_COOKIE,
  sessionOfCookies,
} from "../http/index.ts";
import { createJobs } from "../jobs/index.ts";
import { type Clock, SECOND } from "../kernel/clock.ts";
import type { Ids, KeyId } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import type { Route } from "../kernel/route.ts";
import { createLoyalty, type Loyalty } from "../loyalty/index.ts";
import { createMailer, type Mailer, type MailSettings, mailRoutes } from "../mail/index.ts";
import {
  CORRECTION_LABEL,
  CORRECTION_SOURCE,
  consentMembers,
  createCoarseReader,
  createReindexer,
  createSubjectCache,
  findContact,
  memberRoutes,
  type ReadDerived,
  readEpoch,
  type SourceLabel,
  sequenceChanges,
  stageChanges,
} from "../members/index.ts";
import type { Metrics } from "../metrics.ts";
import { createOutbound } from "../outbound/index.ts";
import {
  createFulfilRoom,
  createPrivacy,
  type Fulfilment,
  type FulfilRoom,
  type OpenDsrSigner,
  type Privacy,
} from "../privacy/index.ts";
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
  type SignOnSettings,
  SOCKET_ADMIN,
  type Staff,
  sessionRoutes,
  signOnRoutes,
  staffRoutes,
} from "../staff/index.ts";
import { type ErasureMirror, takeBackup, type Vault } from "../vault/index.ts";
import { jobRoutes } from "./job-routes.ts";
import { erasureMirrorOf } from "./stores.ts";
import { type SettingShown, systemStateRoutes } from "./system-routes.ts";
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

/**
 * What is read for every look at a member and seldom changes: at most a second old. The embedded engine has one
 * connection: whoever asks while its own transaction is open would wait for itself, so there the last answer counts,
 * and an older one is read anew behind it. `reload` waits for what counts after a change.
 */
function heldBriefly<T>(engine: Db["engine"], clock: Clock, read: () => Promise<T>) {
  let held: { readonly value: T; readonly at: number } | undefined;
  let changes = 0;
  const readNow = async (): Promise<T> => {
    const [at, seen] = [clock.now().getTime(), changes];
    const value = await read();
    // What was read while something changed may be from before it.
    if (seen === changes) held = { value, at };
    return value;
  };
  const reload = async (): Promise<void> => {
    changes++;
    if (engine === "pglite") await readNow();
    else held = undefined;
  };
  const sources = async (): Promise<T> => {
    if (held === undefined) return readNow();
    if (Math.abs(clock.now().getTime() - held.at) < SECOND) return held.value;
    if (engine !== "pglite") return readNow();
    // The caller does not wait; a failure only means that the last answer counts on.
    void readNow().catch(() => {});
    return held.value;
  };
  return { sources, reload };
}

/** The installation's signing keys, which the consent room keeps, as the audit log signs its heads with them. */
function auditKeys({ signing }: Pick<Consent, "signing">): AuditKeys {
  return {
    async signer() {
      const { key, keyId } = await signing.signer();
      if (!(key instanceof KeyObject)) throw new TypeError("the signing key is not in this process");
      return { keyId, sign: (bytes) => sign(null, bytes, key) };
    },
    jwks: () => signing.jwks(),
  };
}

/** The tier structure that answers are grouped by as their loyalty level. */
const LEVEL_OF_ANSWERS = "default";

/** Wires the rooms over open stores. */
export function createCandor(deps: {
  readonly db: Db;
  readonly keystore: Db;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly meter: Metrics;
  readonly adminKey: string | null;
  readonly outboundAllow?: readonly string[];
  /** Which settings are set, for the system page. */
  readonly settings?: readonly SettingShown[];
  /** Where the embedded stores lie. */
  readonly dataDir?: string | null;
  /** The OpenID provider by which staff may log in; absent: passwords alone. */
  readonly signOn?: SignOnSettings | null;
  readonly mail?: MailSettings;
  /** The mailbox where reports of delivery arrive. */
  readonly bounceMailbox?: string | null;
  /** Keys a second that a rotation rewraps beside other work. */
  readonly rotationRate?: number;
  /** Absent: one without an anchor. */
  readonly erasures?: ErasureMirror;
  /** What carries out requests; the room's own unless stated. */
  readonly fulfilment?: Fulfilment;
  /** Called before, within and after each step of a run about a person; tests throw there. */
  readonly fault?: (point: string) => void | Promise<void>;
  /** Who signs OpenDSR answers; absent: OpenDSR is not set up. */
  readonly openDsr?: OpenDsrSigner;
}): Candor {
  const { db, vault, clock, ids, log, meter } = deps;
  const erasures = deps.erasures ?? erasureMirrorOf(db, vault, null);
  const cache = createSubjectCache();
  const reindexer = createReindexer({ db, vault, clock });
  const stored = createSourceRegistry({
    db,
    vault,
    clock,
    ids,
    purposes: async () => (await consent.rules()).purposes,
  });
  const registry: SourceRegistry = {
    ...stored,
    create: async (...given) => {
      const made = await stored.create(...given);
      await reload();
      return made;
    },
    change: async (...given) => {
      const changed = await stored.change(...given);
      await reload();
      return changed;
    },
  };
  const keys = createKeyAuthenticator({ db, clock, adminKey: deps.adminKey });

  const staff = createStaff({ db, vault, clock, ids });
  const sessionDoors = { staff, cookie: SESSION_COOKIE, csrfTokenOf, sessionOfCookies };
  const approvals = createApprovals({ db, vault, clock, ids });

  const authenticate: Authenticate = async ({ auth, secret, session, overSocket }) => {
    if (overSocket && secret === undefined) return SOCKET_ADMIN;
    if (session !== undefined) return (await staff.authenticate(session)) ?? { kind: "anonymous" };
    if (secret === undefined) return { kind: "anonymous" };
    if (auth.kind === "write-key") {
      const source = await registry.findByWriteKey(secret);
      if (source !== undefined)
        return { kind: "source", sourceId: source.settings.id, keyId: source.settings.id as KeyId };
    }
    return (await keys.authenticateKey(secret)) ?? { kind: "anonymous" };
  };

  const readSources = async () => {
    const rows = await registry.list({ limit: 10_000 });
    return {
      labels: new Map([
        ...rows.map((r): [string, SourceLabel] => [r.id, { name: r.name, kind: r.kind }]),
        [CORRECTION_SOURCE, CORRECTION_LABEL],
      ]),
      regions: [...new Set(rows.flatMap((r) => (r.region === null ? [] : [r.region])))].sort(),
    };
  };
  const { sources, reload } = heldBriefly(db.engine, clock, readSources);

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
    rulesChanged: (tx) => requestSweep(tx, jobs, clock.now()),
    members: consentMembers({ vault, clock, regions: async () => (await sources()).regions }),
  });
  const evidence = createAuditEvidence({ db, clock, keys: auditKeys(consent) });
  const intake = createIntake({ ...recording, consent });
  const queue = createIngestQueue({ db, vault, clock, ids, cache, intake, log, meter });
  const doors = { db, vault, clock, ids, log, meter, queue, registry };
  const outbound = createOutbound({ allow: deps.outboundAllow ?? [] });
  const mailer = createMailer({
    db,
    vault,
    jobs,
    clock,
    ids,
    log,
    outbound,
    settings: deps.mail ?? { smtpUrl: null, from: "candor@localhost" },
  });
  const recipients = createRecipients({
    db,
    vault,
    clock,
    ids,
    log,
    meter,
    consent,
    outbound,
    mailer,
    jobs,
    readDerived: (tx, memberIds, purposeId) => readDerived(tx, memberIds, purposeId),
    sources,
    priorities: {},
    makeKey: (by, input) => createKey({ db, clock, ids }, by, input),
    forgetKeys: () => keys.forget(),
  });
  const privacy = createPrivacy({
    db,
    vault,
    clock,
    ids,
    log,
    meter,
    consent,
    mailer,
    regimes: BUILT_IN_REGIMES,
    regions: async () => (await sources()).regions,
    outbound,
    openDsr: deps.openDsr ?? null,
    fulfilment: () => deps.fulfilment ?? fulfil.fulfilment,
  });
  const coarse = createCoarseReader({ vault, sources, priorities: {} });
  const fulfil: FulfilRoom = createFulfilRoom({
    db,
    vault,
    clock,
    ids,
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
  const isBusy = (): boolean => queue.size() > BUSY_ITEMS;
  const loyalty = createLoyalty({ db, clock, ids, log, consent, coarse, isBusy });
  const { readLevels } = loyalty;
  const segments = createSegments({ db, clock, ids, log, consent, coarse, readLevels, isBusy });
  const readDerived: ReadDerived = async (tx, memberIds, purposeId) => {
    const levels = await readLevels(tx, memberIds);
    const named = await segments.segmentsOf(tx, memberIds, purposeId);
    return new Map(
      memberIds.flatMap((id) => {
        const level = levels.get(id);
        const own = named.get(id) ?? [];
        if (level === undefined && own.length === 0) return [];
        const loyalty =
          level === undefined
            ? {}
            : { loyalty: { condition: level.condition, tiers: level.tiers, score: level.score } };
        return [[id, { ...loyalty, segments: own }] as const];
      }),
    );
  };
  /** E-mail alone is confirmed by a message of ours; without a public address there is no link to send. */
  const requestConfirmation: PreferenceDeps["requestConfirmation"] = async (tx, asked) => {
    const { record, confirmation, registry: registries, locale } = asked;
    if (record.channel !== "email" || registries.controller.publicUrl === null) return;
    const found = await findContact(tx, vault, record.subjectId, "email");
    if (found === null) return;
    const { subject, text } = confirmationMail(registries, record, confirmation.token, locale);
    await mailer.send(tx, {
      template: "consent-confirmation",
      key: found.key,
      subjectId: record.subjectId,
      mail: { to: found.address, subject, text },
    });
  };
  const surveys = createSurveys({
    db,
    vault,
    clock,
    ids,
    log,
    company: async () => (await consent.snapshot()).controller.name,
    submit: (events) => takeSurveyEvents(doors, events),
    consent,
    mailer,
    segments,
    coarse,
    readLevels: async (tx, memberIds) =>
      new Map(
        [...(await readLevels(tx, memberIds))].flatMap(([id, { tiers }]) =>
          tiers[LEVEL_OF_ANSWERS] === undefined ? [] : [[id, tiers[LEVEL_OF_ANSWERS]] as const],
        ),
      ),
    outbound,
    isBusy,
    mailbox: deps.bounceMailbox == null ? null : { url: deps.bounceMailbox },
  });
  const consentDoors = { consent, db, vault, clock, ids };
  const publicDoors = { ...consentDoors, record: recording, requestConfirmation };

  const routes: Route[] = [
    ...sourceRoutes(registry),
    ...eventRoutes(doors),
    ...fileRoutes(doors),
    ...webhookRoutes(doors),
    ...receiptRoutes(doors),
    ...quarantineRoutes(doors),
    ...enrolmentRoutes({ ...doors, consent, requestConfirmation }),
    ...memberRoutes({ db, consent, vault, clock, ids, sources, priorities: {}, readDerived }),
    ...registryRoutes(consent),
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
    ...mailRoutes({ db, mailer }),
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
      db,
      vault,
      clock,
      ids,
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
      await consent.snapshot();
      await reload();
    },
    startWorkers() {
      workers.push(
        startSequencer(db, { log, meter }),
        ...startTickers({ ...deps, consent, erasures, evidence, jobs, staff, reindexer }),
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
