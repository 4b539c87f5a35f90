import { KeyObject, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  askingRoutes,
  assetRoutes,
  BUILT_IN_REGIMES,
  type Consent,
  confirmationMail,
  consentRoutes,
  createConsent,
  createIntake,
  deleteOldOptInTokens,
  importRoutes,
  type PreferenceDeps,
  preferenceRoutes,
  receiptRoutesOfConsent,
  registryRoutes,
} from "../consent/index.ts";
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
} from "../pipelines/index.ts";
import { createSurveys, type Surveys } from "../surveys/index.ts";
import {
  type AuditEvidence,
  type AuditKeys,
  auditProofRoutes,
  auditRoutes,
  createAuditEvidence,
  startSequencer,
} from "./audit/index.ts";
import type { Config } from "./config.ts";
import { type DirectoryLock, lockDirectory } from "./db/directory-lock.ts";
import {
  type Db,
  migrate,
  openPglite,
  openPostgres,
  ping,
  readMigrations,
  refreshStatistics,
  type Tx,
} from "./db/index.ts";
import { HOLDINGS } from "./holdings.ts";
import {
  type Authenticate,
  consoleRoutes,
  createHttp,
  csrfTokenOf,
  type Http,
  SESSION_COOKIE,
  sessionOfCookies,
} from "./http/index.ts";
import { createJobs, startTicker } from "./jobs/index.ts";
import { type Clock, DAY, HOUR, MINUTE, systemClock } from "./kernel/clock.ts";
import { type Ids, type KeyId, uuidIds } from "./kernel/ids.ts";
import type { Log } from "./kernel/log.ts";
import type { Route } from "./kernel/route.ts";
import { createLog } from "./log.ts";
import { createLoyalty, type Loyalty } from "./loyalty/index.ts";
import { createMailer, type Mailer, type MailSettings, mailRoutes, purgeMail } from "./mail/index.ts";
import {
  CORRECTION_LABEL,
  CORRECTION_SOURCE,
  consentMembers,
  createCoarseReader,
  createSubjectCache,
  findContact,
  markErasing,
  memberRoutes,
  type ReadDerived,
  refreshDue,
  type SourceLabel,
  sequenceChanges,
  stageChanges,
} from "./members/index.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { createOutbound } from "./outbound/index.ts";
import {
  createFulfilRoom,
  createPrivacy,
  type Fulfilment,
  type FulfilRoom,
  type OpenDsrSigner,
  openSigner,
  type Privacy,
} from "./privacy/index.ts";
import { createRecipients, type Recipients, requestSweep } from "./recipients/index.ts";
import { createSegments, type Segments } from "./segments/index.ts";
import {
  accountRoutes,
  approvalRoutes,
  backupRoutes,
  createApprovals,
  createKey,
  createKeyAuthenticator,
  createStaff,
  encryptionKeyRoutes,
  SOCKET_ADMIN,
  type Staff,
  sessionRoutes,
  staffRoutes,
} from "./staff/index.ts";
import {
  awsKms,
  createErasureMirror,
  type ErasureAnchor,
  type ErasureMirror,
  fileAnchor,
  type LedgerEntry,
  openRootKeyFile,
  openVault,
  type RootKeyProvider,
  rootKeyFromText,
  runRotations,
  takeBackup,
  urlAnchor,
  type Vault,
  vaultTransit,
} from "./vault/index.ts";

/** The two stores and the vault over them. */
export interface Stores {
  readonly db: Db;
  readonly keystore: Db;
  readonly vault: Vault;
  readonly erasures: ErasureMirror;
  readonly lock: DirectoryLock | null;
  /** Names of the migrations that this opening applied to the main store. */
  readonly migrated: readonly string[];
  /** Erasures that this opening replayed into the data. */
  readonly replayed: number;
  /** Entries of the erasure ledger that this opening gave to an old keystore. */
  readonly adopted: number;
  close(): Promise<void>;
}

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

const MIGRATIONS = fileURLToPath(new URL("./db/migrations", import.meta.url));
const SEQUENCE_EVERY_MS = 250;
/** A consent that ends is in the feeds within seconds; a look costs an index probe for each purpose. */
const EXPIRY_EVERY_MS = 2_000;
/** The longest time after which the data and the anchor know of an erasure that the process did not live to tell. */
const MIRROR_EVERY_MS = 5_000;
const ROTATE_EVERY_MS = 1_000;
/** How long the hash of a confirmation link is remembered after its end. */
const TOKENS_KEPT = 30 * DAY;
/** Often enough for a first import to notice; a look costs one small query. */
const STATISTICS_EVERY_MS = 2_000;

/** Candor's version, as package.json states it. */
export const VERSION = (
  JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string }
).version;

function rootKeyProvider(config: Config, log: Log, clock: Clock): RootKeyProvider {
  if (config.rootKey.kind === "aws-kms") return awsKms(config.rootKey, clock);
  if (config.rootKey.kind === "vault-transit") {
    const { token } = config.rootKey;
    return vaultTransit({
      ...config.rootKey,
      token: () => ("text" in token ? token.text : readFileSync(token.file, "utf8").trim()),
    });
  }
  if (config.rootKey.kind === "given") {
    return rootKeyFromText(
      config.rootKey.key.toString("base64"),
      config.rootKey.previous.map((key) => key.toString("base64")),
    );
  }
  const opened = openRootKeyFile(config.rootKey.path);
  if (opened.generated) {
    log.warn("root_key_generated", {
      message: "A root key was made. Keep a copy apart from the data: losing it loses the data.",
      path: config.rootKey.path,
    });
  }
  return opened.provider;
}

function anchorOf(config: Config): ErasureAnchor | null {
  if (config.anchor === null) return null;
  return config.anchor.kind === "file" ? fileAnchor(config.anchor.path) : urlAnchor(config.anchor.url);
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

/** Keeps the main store's copy of the erasure ledger, and takes erased subjects out of use there. */
function erasureMirrorOf(db: Db, vault: Vault, anchor: ErasureAnchor | null): ErasureMirror {
  return createErasureMirror({ db, vault, anchor, markErased: markErasing });
}

/** Brings the main store to the newest schema; returns the names of the migrations applied now. */
export function migrateStore(db: Db): Promise<string[]> {
  return migrate(db, readMigrations(MIGRATIONS));
}

/**
 * Opens both stores, brings their schemas up to date and opens the vault. Before anything decrypts, an old keystore is
 * refused (`keystore-behind`) and erasures that the data does not know are replayed. Closes what it opened if one fails.
 */
export async function openStores(
  config: Config,
  deps: {
    log: Log;
    clock: Clock;
    ids: Ids;
    /** Let an old keystore take over what it lacks, from these entries and the data's copy, instead of refusing it. */
    catchUp?: readonly LedgerEntry[];
  },
): Promise<Stores> {
  const opened: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const end of opened.reverse()) await end();
  };
  try {
    const lock = config.databaseUrl === null ? await lockDirectory(config.dataDir) : null;
    if (lock !== null) opened.push(() => lock.release());
    const provider = rootKeyProvider(config, deps.log, deps.clock);
    const keystore =
      config.keystoreUrl === null
        ? await openPglite(config.keystoreDir)
        : openPostgres(config.keystoreUrl, { max: 4 });
    opened.push(() => keystore.close());
    const db =
      config.databaseUrl === null
        ? await openPglite(config.dataDir)
        : openPostgres(config.databaseUrl, { max: 10 });
    opened.push(() => db.close());
    const migrated = await migrateStore(db);
    const vault = await openVault({ keystore, provider, clock: deps.clock, ids: deps.ids });
    opened.push(() => vault.close());
    const erasures = erasureMirrorOf(db, vault, anchorOf(config));
    const adopted = deps.catchUp === undefined ? 0 : await erasures.catchUp(deps.catchUp);
    await erasures.guard();
    const replayed = await erasures.sync();
    if (replayed > 0) deps.log.warn("erasures_replayed", { entries: replayed });
    return { db, keystore, vault, erasures, lock, migrated, replayed, adopted, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * What is read for every look at a member and seldom changes. The embedded engine has one connection: whoever asks
 * while its own transaction is open would wait for itself, so there the last answer counts, and is read anew behind it.
 * `reload` waits for what counts after a change.
 */
function heldOnEmbedded<T>(engine: Db["engine"], read: () => Promise<T>) {
  let held: T | undefined;
  const reload = async (): Promise<void> => {
    if (engine === "pglite") held = await read();
  };
  const sources = async (): Promise<T> => {
    if (held === undefined) return read();
    // The caller does not wait; a failure only means that the last answer counts on.
    void reload().catch(() => {});
    return held;
  };
  return { sources, reload };
}

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
  const { sources, reload } = heldOnEmbedded(db.engine, readSources);

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
  const mailer = createMailer({
    db,
    vault,
    jobs,
    clock,
    ids,
    log,
    settings: deps.mail ?? { smtpUrl: null, from: "candor@localhost" },
  });
  const outbound = createOutbound({ allow: deps.outboundAllow ?? [] });
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
    ],
    ...(deps.fault === undefined ? {} : { fault: deps.fault }),
  });
  const loyalty = createLoyalty({ db, clock, ids, log, consent, coarse });
  const { readLevels } = loyalty;
  const segments = createSegments({ db, clock, ids, log, consent, coarse, readLevels });
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
    outbound,
    mailbox: deps.bounceMailbox == null ? null : { url: deps.bounceMailbox },
  });
  const consentDoors = { consent, db, vault, clock, ids };

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
    ...preferenceRoutes({ ...consentDoors, record: recording, requestConfirmation }),
    ...assetRoutes(),
    ...recipients.routes,
    ...privacy.routes,
    ...surveys.routes,
    ...fulfil.routes,
    ...segments.routes,
    ...loyalty.routes,
    ...mailRoutes({ db, mailer }),
    ...staffRoutes({ db, clock, ids, keys }),
    ...sessionRoutes({ staff, cookie: SESSION_COOKIE, csrfTokenOf, sessionOfCookies }),
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
    ...encryptionKeyRoutes({ db, vault, clock, ids }),
    ...auditRoutes({ db }),
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
        startTicker({
          name: "changes",
          everyMs: SEQUENCE_EVERY_MS,
          log,
          work: async () => void (await sequenceChanges(db)),
        }),
        startTicker({
          name: "erasure-ledger",
          everyMs: MIRROR_EVERY_MS,
          log,
          work: async () => void (await erasures.sync()),
        }),
        startTicker({
          name: "key-rotation",
          everyMs: ROTATE_EVERY_MS,
          log,
          work: async () => void (await runRotations(vault.rotations, deps.rotationRate)),
        }),
        startTicker({
          name: "audit-tree-head",
          everyMs: MINUTE,
          log,
          work: async () => void (await evidence.signHead()),
        }),
        startTicker({
          name: "evidence-expiry",
          everyMs: HOUR,
          log,
          work: async () => void (await refreshDue({ db, clock, ids })),
        }),
        startTicker({
          name: "consent-expiry",
          everyMs: EXPIRY_EVERY_MS,
          log,
          work: async () => void (await consent.stageExpired()),
        }),
        startTicker({
          name: "opt-in-expiry",
          everyMs: HOUR,
          log,
          work: async () =>
            void (await deleteOldOptInTokens(db, new Date(clock.now().getTime() - TOKENS_KEPT))),
        }),
        startTicker({
          name: "quarantine-expiry",
          everyMs: HOUR,
          log,
          work: async () => void (await purgeExpired({ db, vault, clock })),
        }),
        startTicker({
          name: "job-maintenance",
          everyMs: MINUTE,
          log,
          work: () => jobs.maintain(),
        }),
        startTicker({
          name: "session-expiry",
          everyMs: HOUR,
          log,
          work: () => staff.purge(new Date(clock.now().getTime() - 30 * DAY)),
        }),
        startTicker({
          name: "mail-expiry",
          everyMs: HOUR,
          log,
          work: async () => void (await purgeMail({ db, clock })),
        }),
        ...(db.engine === "pglite"
          ? [
              startTicker({
                name: "statistics",
                everyMs: STATISTICS_EVERY_MS,
                log,
                work: async () => void (await refreshStatistics(db)),
              }),
            ]
          : []),
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

/** All rooms over open stores in this process; nothing listens and nothing works in the background yet. */
export interface OpenCandor {
  readonly candor: Candor;
  readonly stores: Stores;
  readonly log: Log;
  /** Ends everything in the reverse order. */
  close(): Promise<void>;
}

/** Opens the stores and wires the rooms. Throws `directory-in-use` when another process has the embedded stores. */
export async function openCandor(options: { config: Config; log?: Log }): Promise<OpenCandor> {
  const { config } = options;
  const log = options.log ?? createLog({ level: config.logLevel });
  const clock = systemClock;
  const ids = uuidIds;
  for (const warning of config.warnings)
    log.warn("setting_warning", { code: warning.code, message: warning.message });
  const stores = await openStores(config, { log, clock, ids });
  const meter = createMetrics();
  const candor = createCandor({
    ...stores,
    clock,
    ids,
    log,
    meter,
    adminKey: config.adminKey,
    outboundAllow: config.outboundAllow,
    mail: config.mail,
    bounceMailbox: config.bounceMailbox,
    ...(config.openDsr === null
      ? {}
      : {
          openDsr: openSigner({
            domain: config.openDsr.domain,
            certificate: readFileSync(config.openDsr.certificate, "utf8"),
            key: readFileSync(config.openDsr.key, "utf8"),
          }),
        }),
    rotationRate: config.rotationRate,
  });
  try {
    // Read once before anybody asks: on the embedded engine it cannot be read while a transaction is open.
    await candor.prime();
  } catch (error) {
    await stores.close();
    throw error;
  }
  return {
    candor,
    stores,
    log,
    async close() {
      await candor.close();
      await stores.close();
    },
  };
}

/** A running Candor. */
export interface RunningCandor extends OpenCandor {
  readonly url: string;
  /** The key that was set for the first set-up; empty when none was. */
  readonly adminKey: string;
}

/** Opens the stores and serves, with background work unless `workers` is false. */
export async function startApp(options: {
  config: Config;
  log?: Log;
  workers?: boolean;
}): Promise<RunningCandor> {
  const { config } = options;
  const opened = await openCandor(options);
  const { candor, stores, log } = opened;
  try {
    if (stores.lock !== null) await candor.http.listenUnix(stores.lock);
    const { url } = await candor.http.listen(config.port, config.host);
    if (options.workers !== false) candor.startWorkers();
    log.info("serving", { url, engine: stores.db.engine, version: VERSION });
    return {
      ...opened,
      url,
      adminKey: config.adminKey ?? "",
      async close() {
        await opened.close();
        log.info("stopped");
      },
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
}
