import { readFileSync } from "node:fs";
import { loadRegimes } from "../../consent/index.ts";
import type { Config } from "../config.ts";
import { systemClock } from "../kernel/clock.ts";
import { uuidIds } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import { createLog } from "../log.ts";
import { createMetrics } from "../metrics.ts";
import { openSigner } from "../privacy/index.ts";
import { type Candor, createCandor } from "./candor.ts";
import { openStores, type Stores } from "./stores.ts";
import { VERSION } from "./version.ts";

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
  // Before the stores, so that a faulty pack stops the start while nothing is open.
  const regimes = loadRegimes(config.regimesDir);
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
    signOn: config.signOn,
    settings: config.settings,
    dataDir: config.databaseUrl === null ? config.dataDir : null,
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
    regimes,
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
