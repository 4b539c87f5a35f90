import { basename, dirname, join, resolve, sep } from "node:path";
import { LOOPBACK } from "./addresses.ts";
import type { SettingsReader } from "./settings-reader.ts";

/** Where the head of the erasure ledger is written outside both stores: a file, or a URL that takes GET and PUT. */
export type AnchorSetting =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "url"; readonly url: string };

/** Where data and keys are kept. */
export interface StoreSettings {
  /** Absolute. */
  readonly dataDir: string;
  /** PostgreSQL for the data; null: the embedded engine in `dataDir`. */
  readonly databaseUrl: string | null;
  /** PostgreSQL for the keys; null: the embedded engine in `keystoreDir`. */
  readonly keystoreUrl: string | null;
  /** Absolute; beside the data directory, so that a backup of one holds nothing of the other. */
  readonly keystoreDir: string;
}

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

/** The two stores; keys never live with the data. */
export function readStores({ read, wrong, warn }: SettingsReader): StoreSettings {
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
      warn(
        "keystore-on-same-server",
        "KEYSTORE_URL names the same server as DATABASE_URL: its physical backups hold keys and data together. Prefer another server.",
      );
    }
  }
  return {
    dataDir,
    databaseUrl,
    keystoreUrl,
    keystoreDir: join(dirname(dataDir), `${basename(dataDir)}-keys`),
  };
}

/** The place of the erasure ledger's head, which must not be rolled back together with what it watches over. */
export function readAnchor({ read, wrong }: SettingsReader, stores: StoreSettings): AnchorSetting | null {
  const text = read("CANDOR_ANCHOR");
  if (text === undefined) return null;
  if (/^https?:\/\//.test(text)) {
    if (URL.canParse(text)) return { kind: "url", url: text };
    wrong("CANDOR_ANCHOR", "must be a URL that takes GET and PUT, or the path of a file");
    return null;
  }
  const path = resolve(text);
  const isInside = (folder: string) => path === folder || path.startsWith(`${folder}${sep}`);
  if (!isInside(stores.dataDir) && !isInside(stores.keystoreDir)) return { kind: "file", path };
  wrong(
    "CANDOR_ANCHOR",
    "must lie outside the data directory and the keystore, or it is rolled back with them",
  );
  return null;
}
