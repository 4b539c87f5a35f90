import { resolve } from "node:path";
import { isServerUrl, LOOPBACK } from "./config/addresses.ts";
import { type MessageSettings, readMessages } from "./config/mail.ts";
import { type OpenDsrSetting, readOpenDsr } from "./config/open-dsr.ts";
import { type RootKeySetting, readRootKey } from "./config/root-key.ts";
import { type ConfigWarning, createSettingsReader, type Environment } from "./config/settings-reader.ts";
import { readSignOn, type SignOnSetting } from "./config/sign-on.ts";
import { type AnchorSetting, readAnchor, readStores, type StoreSettings } from "./config/stores.ts";
import type { Log } from "./kernel/log.ts";
import { AppError } from "./kernel/problems.ts";

export { isServerUrl } from "./config/addresses.ts";
export type { RootKeySetting } from "./config/root-key.ts";
export type { ConfigWarning } from "./config/settings-reader.ts";
export type { SignOnSetting } from "./config/sign-on.ts";
export type { AnchorSetting } from "./config/stores.ts";

export interface Config extends StoreSettings, MessageSettings {
  readonly port: number;
  readonly host: string;
  readonly rootKey: RootKeySetting;
  /** `CANDOR_ANCHOR`; null: rolling back both stores together goes unnoticed. */
  readonly anchor: AnchorSetting | null;
  /** `CANDOR_REGIMES_DIR`: the operator's own regime packs; null: those that come with Candor alone. Absolute. */
  readonly regimesDir: string | null;
  /** Keys a second that a rotation rewraps beside other work: `CANDOR_ROTATION_RATE`. */
  readonly rotationRate: number;
  readonly adminKey: string | null;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Null: not set up. */
  readonly openDsr: OpenDsrSetting | null;
  /** Hosts that may be called although they are not public; for tests, demos and systems of one's own network. */
  readonly outboundAllow: readonly string[];
  readonly signOn: SignOnSetting | null;
  /** Every setting that was looked for and whether it is set; values never. */
  readonly settings: readonly { readonly name: string; readonly isSet: boolean }[];
  readonly warnings: readonly ConfigWarning[];
}

const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const satisfies readonly (
  | keyof Log
  | "silent"
)[];

const ADMIN_KEY_LENGTH = 16;

/**
 * Reads Candor's settings. Empty ones count as absent. Throws one `invalid-settings` that names every wrong setting
 * and what is expected of it, and repeats no value, since some are secrets.
 */
export function readConfig(env: Environment = process.env): Config {
  const settings = createSettingsReader(env);
  const { read, wrong, warn, problems } = settings;

  const portText = read("CANDOR_PORT");
  const port = portText === undefined ? 8080 : /^\d{1,5}$/.test(portText) ? Number(portText) : Number.NaN;
  if (!(port >= 0 && port <= 65_535))
    wrong("CANDOR_PORT", "must be a whole number from 0 to 65535 (0: the system chooses)");

  const host = read("CANDOR_HOST") ?? "127.0.0.1";
  if (!/^[A-Za-z0-9.:_%-]+$/.test(host)) wrong("CANDOR_HOST", "must be a host name or an IP address");
  else if (!LOOPBACK.has(host)) {
    warn(
      "open-to-network",
      "CANDOR_HOST opens the server to the network, and it speaks plain HTTP: put a proxy with TLS before it.",
    );
  }

  const stores = readStores(settings);
  const rootKey = readRootKey(settings, stores.dataDir);
  const anchor = readAnchor(settings, stores);

  const regimesText = read("CANDOR_REGIMES_DIR");
  const regimesDir = regimesText === undefined ? null : resolve(regimesText);

  const rateText = read("CANDOR_ROTATION_RATE") ?? "1500";
  const rotationRate = /^\d{1,7}$/.test(rateText) ? Number(rateText) : 0;
  if (rotationRate === 0)
    wrong("CANDOR_ROTATION_RATE", "must be a whole number of keys a second, from 1 to 9999999");

  const adminKey = read("CANDOR_ADMIN_KEY") ?? null;
  if (adminKey !== null && !(adminKey.length >= ADMIN_KEY_LENGTH && /^[\x21-\x7e]+$/.test(adminKey)))
    wrong(
      "CANDOR_ADMIN_KEY",
      `must have at least ${ADMIN_KEY_LENGTH} printable ASCII characters and no spaces`,
    );

  const outboundAllow = (read("CANDOR_OUTBOUND_ALLOW") ?? "")
    .split(",")
    .map((host) => host.trim().toLowerCase())
    .filter((host) => host !== "");
  if (outboundAllow.some((host) => !/^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d{1,5})?$/.test(host)))
    wrong(
      "CANDOR_OUTBOUND_ALLOW",
      "must be host names or addresses, with :port where wanted, between commas",
    );

  const messages = readMessages(settings);
  const openDsr = readOpenDsr(settings);
  const signOn = readSignOn(settings);

  const levelText = read("CANDOR_LOG_LEVEL") ?? "info";
  const logLevel = LOG_LEVELS.find((level) => level === levelText);
  if (logLevel === undefined) wrong("CANDOR_LOG_LEVEL", `must be one of ${LOG_LEVELS.join(", ")}`);

  if (problems.length > 0 || logLevel === undefined) {
    throw new AppError("invalid-settings", {
      detail: problems.map((p) => `${p.path} ${p.message}`).join("; "),
      errors: problems,
    });
  }
  return {
    ...stores,
    ...messages,
    port,
    host,
    rootKey,
    anchor,
    regimesDir,
    rotationRate,
    adminKey,
    logLevel,
    outboundAllow,
    signOn,
    openDsr,
    settings: settings.shown(),
    warnings: settings.warnings,
  };
}

/** What PostgreSQL's own programs are given of this process's environment when a backup is made or read. */
export function readToolEnvironment(env: Environment = process.env): { PATH?: string; HOME?: string } {
  return {
    ...(env.PATH === undefined ? {} : { PATH: env.PATH }),
    ...(env.HOME === undefined ? {} : { HOME: env.HOME }),
  };
}

/** How the command line reaches a server that runs elsewhere, as far as the environment says so. */
export interface ClientConfig {
  /** `CANDOR_URL`; null: the server of this place. */
  readonly url: string | null;
  /** `CANDOR_ADMIN_KEY`. */
  readonly key: string | null;
}

/** Reads what a client needs; the settings of a server may be absent or wrong where only a client runs. */
export function readClientConfig(env: Environment = process.env): ClientConfig {
  const read = (name: string): string | null => env[name]?.trim() || null;
  const url = read("CANDOR_URL");
  if (url !== null && !isServerUrl(url)) {
    const message = "must be an http or https URL without a user and a query, such as https://candor.example";
    throw new AppError("invalid-settings", {
      detail: `CANDOR_URL ${message}`,
      errors: [{ path: "CANDOR_URL", code: "invalid", message }],
    });
  }
  return { url, key: read("CANDOR_ADMIN_KEY") };
}
