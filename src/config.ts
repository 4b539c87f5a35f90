import { basename, dirname, join, resolve, sep } from "node:path";
import type { Log } from "./kernel/log.ts";
import { AppError, type FieldProblem } from "./kernel/problems.ts";
import { STAFF_ROLES, type StaffRole } from "./kernel/route.ts";

/**
 * Where the root key comes from: the environment, a file that is generated once when it is missing, or a key management
 * service that never gives it away.
 */
export type RootKeySetting =
  | { readonly kind: "given"; readonly key: Buffer; readonly previous: readonly Buffer[] }
  | { readonly kind: "file"; readonly path: string }
  | {
      readonly kind: "vault-transit";
      readonly address: string;
      readonly mount: string;
      readonly key: string;
      readonly namespace: string | null;
      /** Or the file it is read from at every call. */
      readonly token: { readonly text: string } | { readonly file: string };
    }
  | {
      readonly kind: "aws-kms";
      readonly keyId: string;
      readonly region: string;
      readonly endpoint: string | null;
      readonly credentials: {
        readonly accessKeyId: string;
        readonly secretAccessKey: string;
        readonly sessionToken: string | null;
      };
    };

/** Where the head of the erasure ledger is written outside both stores: a file, or a URL that takes GET and PUT. */
export type AnchorSetting =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "url"; readonly url: string };

/** An OpenID Connect provider by which staff may log in, and how its claims become roles and shops. */
export interface SignOnSetting {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | null;
  readonly redirectUri: string;
  readonly name: string;
  readonly scope: string;
  readonly roleClaim: string | null;
  readonly roles: readonly { readonly value: string; readonly role: StaffRole }[];
  readonly storeClaim: string | null;
}

/** Something that works and yet should be known: a stable code, and a sentence without values of settings. */
export interface ConfigWarning {
  readonly code: "root-key-in-file" | "keystore-on-same-server" | "open-to-network";
  readonly message: string;
}

export interface Config {
  readonly port: number;
  readonly host: string;
  /** Absolute. */
  readonly dataDir: string;
  /** PostgreSQL for the data; null: the embedded engine in `dataDir`. */
  readonly databaseUrl: string | null;
  /** PostgreSQL for the keys; null: the embedded engine in `keystoreDir`. */
  readonly keystoreUrl: string | null;
  /** Absolute; beside the data directory, so that a backup of one holds nothing of the other. */
  readonly keystoreDir: string;
  readonly rootKey: RootKeySetting;
  /** `CANDOR_ANCHOR`; null: rolling back both stores together goes unnoticed. */
  readonly anchor: AnchorSetting | null;
  /** Keys a second that a rotation rewraps beside other work: `CANDOR_ROTATION_RATE`. */
  readonly rotationRate: number;
  readonly adminKey: string | null;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Hosts that may be called although they are not public; for tests, demos and systems of one's own network. */
  /** Paths of the certificate and key that sign OpenDSR answers (PEM); null: not set up. */
  readonly openDsr: {
    readonly domain: string;
    readonly certificate: string;
    readonly key: string;
  } | null;
  readonly outboundAllow: readonly string[];
  readonly signOn: SignOnSetting | null;
  /** Every setting that was looked for and whether it is set; values never. */
  readonly settings: readonly { readonly name: string; readonly isSet: boolean }[];
  readonly mail: {
    /** `smtp://` or `smtps://`; null: messages stay in the outbox. */
    readonly smtpUrl: string | null;
    readonly from: string;
    /** The company's bridge to its SMS provider; null: codes go by mail alone. */
    readonly texts: { readonly url: string; readonly secret: string } | null;
  };
  /** `pop3s://user:password@host`, where reports of delivery arrive; null: they are told of over HTTP alone. */
  readonly bounceMailbox: string | null;
  readonly warnings: readonly ConfigWarning[];
}

const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const satisfies readonly (
  | keyof Log
  | "silent"
)[];

type Environment = Readonly<Record<string, string | undefined>>;

const LOOPBACK = new Set(["127.0.0.1", "::1", "[::1]", "localhost"]);
const ROOT_KEY_BYTES = 32;
const ADMIN_KEY_LENGTH = 16;

/** The server and the database a URL names, as far as its text can tell. */
function parsePostgresUrl(text: string): { server: string; database: string } | undefined {
  try {
    // A user without a host is how a server on a Unix socket is named; the URL standard knows no such thing.
    const url = new URL(text.replace("@/", "@localhost/"));
    if (url.protocol !== "postgres:" && url.protocol !== "postgresql:") return undefined;
    const host = url.searchParams.get("host") ?? url.hostname.toLowerCase();
    const port = url.searchParams.get("port") ?? (url.port === "" ? "5432" : url.port);
    return {
      server: LOOPBACK.has(host) || host === "" ? `local:${port}` : `${host}:${port}`,
      database: decodeURIComponent(url.pathname.slice(1)) || decodeURIComponent(url.username),
    };
  } catch {
    return undefined;
  }
}

/** A mailbox over TLS; without it only on this very machine, since the password travels with it. */
function isMailbox(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.username === "" || url.password === "" || url.hostname === "") return false;
  return url.protocol === "pop3s:" || (url.protocol === "pop3:" && LOOPBACK.has(url.hostname));
}

/** TLS, or plain HTTP on this very machine, where nobody listens in. */
function isSafeAddress(text: string): boolean {
  if (!isServerUrl(text)) return false;
  const url = new URL(text);
  return url.protocol === "https:" || LOOPBACK.has(url.hostname);
}

/** The settings of log-in by OpenID Connect; null when no issuer is named. */
function readSignOn(
  read: (name: string) => string | undefined,
  wrong: (name: string, message: string, code?: string) => void,
): SignOnSetting | null {
  const issuer = read("CANDOR_OIDC_ISSUER");
  if (issuer === undefined) return null;
  if (!isSafeAddress(issuer))
    wrong("CANDOR_OIDC_ISSUER", "must be the issuer's https URL (http only on this machine)");
  const need = (name: string, what: string): string => {
    const value = read(name);
    if (value === undefined) wrong(name, `is required with CANDOR_OIDC_ISSUER: ${what}`, "missing");
    return value ?? "";
  };
  const clientId = need("CANDOR_OIDC_CLIENT_ID", "the name of Candor at the provider");
  const redirectUri = need(
    "CANDOR_OIDC_REDIRECT_URI",
    "this server's address with /sign-on, as registered at the provider",
  );
  if (redirectUri !== "" && !(isSafeAddress(redirectUri) && new URL(redirectUri).pathname === "/sign-on"))
    wrong(
      "CANDOR_OIDC_REDIRECT_URI",
      "must be an https URL (http only on this machine) that ends in /sign-on",
    );
  const scope = read("CANDOR_OIDC_SCOPE") ?? "openid email profile";
  if (!scope.split(" ").includes("openid")) wrong("CANDOR_OIDC_SCOPE", "must hold openid");
  const roleClaim = read("CANDOR_OIDC_ROLE_CLAIM") ?? null;
  const rolesText = read("CANDOR_OIDC_ROLES");
  const roles = (rolesText ?? "").split(",").flatMap((pair) => {
    const at = pair.lastIndexOf("=");
    const role = STAFF_ROLES.find((known) => known === pair.slice(at + 1).trim());
    const value = pair.slice(0, Math.max(0, at)).trim();
    return role === undefined || value === "" ? [] : [{ value, role }];
  });
  if (rolesText !== undefined && roles.length !== rolesText.split(",").length)
    wrong(
      "CANDOR_OIDC_ROLES",
      `must be pairs value=role between commas; roles are ${STAFF_ROLES.join(", ")}`,
    );
  if ((roleClaim === null) !== (rolesText === undefined))
    wrong("CANDOR_OIDC_ROLES", "goes with CANDOR_OIDC_ROLE_CLAIM: set both or neither");
  return {
    issuer,
    clientId,
    clientSecret: read("CANDOR_OIDC_CLIENT_SECRET") ?? null,
    redirectUri,
    name: read("CANDOR_OIDC_NAME") ?? (URL.canParse(issuer) ? new URL(issuer).host : ""),
    scope,
    roleClaim,
    roles,
    storeClaim: read("CANDOR_OIDC_STORE_CLAIM") ?? null,
  };
}

function parseRootKey(text: string): Buffer | undefined {
  const key = Buffer.from(text, "base64");
  // Node ignores what is not base64; only a text that comes out again as it went in was meant.
  return key.length === ROOT_KEY_BYTES && key.toString("base64") === text ? key : undefined;
}

/**
 * Reads Candor's settings. Empty ones count as absent. Throws one `invalid-settings` that names every wrong setting
 * and what is expected of it, and repeats no value, since some are secrets.
 */
export function readConfig(env: Environment = process.env): Config {
  const problems: FieldProblem[] = [];
  const warnings: ConfigWarning[] = [];
  const settings = new Map<string, boolean>();
  const read = (name: string): string | undefined => {
    const value = env[name]?.trim() || undefined;
    settings.set(name, value !== undefined);
    return value;
  };
  const wrong = (name: string, message: string, code = "invalid") =>
    void problems.push({ path: name, code, message });

  const portText = read("CANDOR_PORT");
  const port = portText === undefined ? 8080 : /^\d{1,5}$/.test(portText) ? Number(portText) : Number.NaN;
  if (!(port >= 0 && port <= 65_535))
    wrong("CANDOR_PORT", "must be a whole number from 0 to 65535 (0: the system chooses)");

  const host = read("CANDOR_HOST") ?? "127.0.0.1";
  if (!/^[A-Za-z0-9.:_%-]+$/.test(host)) wrong("CANDOR_HOST", "must be a host name or an IP address");
  else if (!LOOPBACK.has(host)) {
    warnings.push({
      code: "open-to-network",
      message:
        "CANDOR_HOST opens the server to the network, and it speaks plain HTTP: put a proxy with TLS before it.",
    });
  }

  const dataDir = resolve(read("CANDOR_DATA_DIR") ?? "./data");
  if (basename(dataDir) === "")
    wrong("CANDOR_DATA_DIR", "must be a directory of Candor's own, not the root of the file system");

  const databaseUrl = read("DATABASE_URL") ?? null;
  const keystoreUrl = read("KEYSTORE_URL") ?? null;
  const expected = "must be a PostgreSQL URL: postgres://user:password@host:5432/database";
  const database = databaseUrl === null ? undefined : parsePostgresUrl(databaseUrl);
  const keystore = keystoreUrl === null ? undefined : parsePostgresUrl(keystoreUrl);
  if (databaseUrl !== null && database === undefined) wrong("DATABASE_URL", expected);
  if (keystoreUrl !== null && keystore === undefined) wrong("KEYSTORE_URL", expected);
  if (databaseUrl !== null && keystoreUrl === null) {
    wrong(
      "KEYSTORE_URL",
      "is required with DATABASE_URL: another database, best on another server, for the keys",
      "missing",
    );
  }
  if (databaseUrl === null && keystoreUrl !== null)
    wrong("KEYSTORE_URL", "is used only together with DATABASE_URL: set both or neither");
  if (database !== undefined && keystore !== undefined && database.server === keystore.server) {
    if (database.database === keystore.database)
      wrong("KEYSTORE_URL", "must name another database than DATABASE_URL: keys never live with the data");
    else {
      warnings.push({
        code: "keystore-on-same-server",
        message:
          "KEYSTORE_URL names the same server as DATABASE_URL: its physical backups hold keys and data together. Prefer another server.",
      });
    }
  }

  const rootKeyText = read("CANDOR_ROOT_KEY");
  let rootKey: RootKeySetting = { kind: "file", path: join(`${dataDir}-root-key`, "root.key") };
  const kms = read("CANDOR_KMS");
  const need = (name: string, what: string): string => {
    const value = read(name);
    if (value === undefined) wrong(name, `is required with CANDOR_KMS=${kms}: ${what}`, "missing");
    return value ?? "";
  };
  const needUrl = (name: string, what: string): string => {
    const value = need(name, what);
    if (value !== "" && !isServerUrl(value))
      wrong(name, "must be an http or https URL without a user and a query");
    return value;
  };
  if (kms === "vault-transit") {
    const file = read("CANDOR_VAULT_TOKEN_FILE");
    rootKey = {
      kind: "vault-transit",
      address: needUrl("CANDOR_VAULT_ADDR", "where Vault answers, such as https://vault.internal:8200"),
      mount: read("CANDOR_VAULT_MOUNT") ?? "transit",
      key: need("CANDOR_VAULT_KEY", "the name of a transit key of type aes256-gcm96"),
      namespace: read("CANDOR_VAULT_NAMESPACE") ?? null,
      token:
        file === undefined
          ? { text: need("CANDOR_VAULT_TOKEN", "a token, or its file in CANDOR_VAULT_TOKEN_FILE") }
          : { file: resolve(file) },
    };
    if (!/^[\w-]+(\/[\w-]+)*$/.test(rootKey.mount))
      wrong("CANDOR_VAULT_MOUNT", "must be the path of a mount");
    if (rootKey.key !== "" && !/^[\w.-]+$/.test(rootKey.key))
      wrong("CANDOR_VAULT_KEY", "must be the name of a key");
  } else if (kms === "aws-kms") {
    rootKey = {
      kind: "aws-kms",
      keyId: need("CANDOR_KMS_KEY_ID", "a symmetric key's id, ARN or alias/name"),
      region: need("AWS_REGION", "the region of the key"),
      endpoint:
        read("CANDOR_KMS_ENDPOINT") === undefined ? null : needUrl("CANDOR_KMS_ENDPOINT", "its address"),
      credentials: {
        accessKeyId: need("AWS_ACCESS_KEY_ID", "who asks"),
        secretAccessKey: need("AWS_SECRET_ACCESS_KEY", "its secret"),
        sessionToken: read("AWS_SESSION_TOKEN") ?? null,
      },
    };
    if (rootKey.region !== "" && !/^[a-z0-9-]+$/.test(rootKey.region))
      wrong("AWS_REGION", "must be the name of a region");
  } else if (kms !== undefined)
    wrong("CANDOR_KMS", "must be vault-transit or aws-kms; without it the key is local");
  if (kms !== undefined) {
    if (rootKeyText !== undefined)
      wrong("CANDOR_ROOT_KEY", "goes without CANDOR_KMS: a root key is either given or kept by a service");
  } else if (rootKeyText === undefined) {
    warnings.push({
      code: "root-key-in-file",
      message:
        "CANDOR_ROOT_KEY is not set, so the root key is kept in a file beside the data directory (<data dir>-root-key/root.key). Keep a copy elsewhere: losing it loses the data.",
    });
  } else {
    const key = parseRootKey(rootKeyText);
    if (key === undefined)
      wrong("CANDOR_ROOT_KEY", `must be ${ROOT_KEY_BYTES} bytes in base64 (44 characters)`);
    const previous = (read("CANDOR_ROOT_KEY_PREVIOUS") ?? "")
      .split(",")
      .filter((text) => text.trim() !== "")
      .map((text) => parseRootKey(text.trim()));
    if (previous.includes(undefined))
      wrong("CANDOR_ROOT_KEY_PREVIOUS", "must be older root keys, each 32 bytes in base64, between commas");
    if (key !== undefined)
      rootKey = { kind: "given", key, previous: previous.filter((k) => k !== undefined) };
  }

  const anchorText = read("CANDOR_ANCHOR");
  let anchor: AnchorSetting | null = null;
  if (anchorText !== undefined && /^https?:\/\//.test(anchorText)) {
    if (URL.canParse(anchorText)) anchor = { kind: "url", url: anchorText };
    else wrong("CANDOR_ANCHOR", "must be a URL that takes GET and PUT, or the path of a file");
  } else if (anchorText !== undefined) {
    const path = resolve(anchorText);
    const isInside = (folder: string) => path === folder || path.startsWith(`${folder}${sep}`);
    if (isInside(dataDir) || isInside(`${dataDir}-keys`))
      wrong(
        "CANDOR_ANCHOR",
        "must lie outside the data directory and the keystore, or it is rolled back with them",
      );
    else anchor = { kind: "file", path };
  }

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

  const smtpUrl = read("CANDOR_SMTP_URL") ?? null;
  if (smtpUrl !== null && !(URL.canParse(smtpUrl) && /^smtps?:$/.test(new URL(smtpUrl).protocol)))
    wrong("CANDOR_SMTP_URL", "must be an SMTP URL: smtps://user:password@mail.example:465");
  const mailFrom = read("CANDOR_MAIL_FROM");
  const textUrl = read("CANDOR_SMS_URL");
  const textSecret = read("CANDOR_SMS_SECRET");
  if ((textUrl === undefined) !== (textSecret === undefined))
    wrong(
      textUrl === undefined ? "CANDOR_SMS_URL" : "CANDOR_SMS_SECRET",
      "goes with the other: where text messages are handed over, and the secret that signs them",
      "missing",
    );
  if (textUrl !== undefined && !(URL.canParse(textUrl) && /^https?:$/.test(new URL(textUrl).protocol)))
    wrong("CANDOR_SMS_URL", "must be the HTTPS address of the gateway");
  if (textSecret !== undefined && !/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/.test(textSecret))
    wrong("CANDOR_SMS_SECRET", "must be whsec_ and the base64 of at least 24 random bytes");
  const bounceMailbox = read("CANDOR_BOUNCE_MAILBOX") ?? null;
  if (bounceMailbox !== null && !isMailbox(bounceMailbox))
    wrong("CANDOR_BOUNCE_MAILBOX", "must be a POP3 URL: pop3s://user:password@mail.example:995");
  if (smtpUrl !== null && mailFrom === undefined)
    wrong("CANDOR_MAIL_FROM", "is required with CANDOR_SMTP_URL: the address mail comes from", "missing");
  if (mailFrom !== undefined && !/^([^<>\r\n]*<)?[^\s<>@]+@[^\s<>@]+>?$/.test(mailFrom))
    wrong("CANDOR_MAIL_FROM", "must be an address: Shop <news@shop.example>");

  const openDsrDomain = read("CANDOR_OPENDSR_DOMAIN");
  const openDsrCertificate = read("CANDOR_OPENDSR_CERTIFICATE");
  const openDsrKey = read("CANDOR_OPENDSR_KEY");
  let openDsr: Config["openDsr"] = null;
  if (openDsrDomain !== undefined && openDsrCertificate !== undefined && openDsrKey !== undefined) {
    if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(openDsrDomain))
      wrong("CANDOR_OPENDSR_DOMAIN", "must be the host name that the certificate bears");
    openDsr = {
      domain: openDsrDomain,
      certificate: resolve(openDsrCertificate),
      key: resolve(openDsrKey),
    };
  } else if ([openDsrDomain, openDsrCertificate, openDsrKey].some((set) => set !== undefined)) {
    wrong(
      "CANDOR_OPENDSR_DOMAIN",
      "goes with CANDOR_OPENDSR_CERTIFICATE and CANDOR_OPENDSR_KEY (paths of PEM files): set all three or none",
    );
  }

  const signOn = readSignOn(read, wrong);

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
    port,
    host,
    dataDir,
    databaseUrl,
    keystoreUrl,
    keystoreDir: join(dirname(dataDir), `${basename(dataDir)}-keys`),
    rootKey,
    anchor,
    rotationRate,
    adminKey,
    logLevel,
    outboundAllow,
    signOn,
    settings: [...settings]
      .map(([name, isSet]) => ({ name, isSet }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    bounceMailbox,
    mail: {
      smtpUrl,
      from: mailFrom ?? "candor@localhost",
      texts: textUrl === undefined || textSecret === undefined ? null : { url: textUrl, secret: textSecret },
    },
    openDsr,
    warnings,
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

/** Whether the text is a URL at which a server may be asked. */
export function isServerUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return (
    (url?.protocol === "http:" || url?.protocol === "https:") && url.username === "" && url.search === ""
  );
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
