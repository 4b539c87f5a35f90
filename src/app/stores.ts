import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Config } from "../config.ts";
import { type DirectoryLock, lockDirectory } from "../db/directory-lock.ts";
import { type Db, migrate, openPglite, openPostgres, readMigrations } from "../db/index.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import { markErasing, readSuppressionsOfRuns, restoreSuppressions } from "../members/index.ts";
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
  refuseHalfRestored,
  refuseHalfRestoredDatabase,
  rootKeyFromText,
  urlAnchor,
  type Vault,
  vaultTransit,
} from "../vault/index.ts";

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

const MIGRATIONS = fileURLToPath(new URL("../db/migrations", import.meta.url));

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

/** Keeps the main store's copy of the erasure ledger, and takes erased subjects out of use there. */
export function erasureMirrorOf(db: Db, vault: Vault, anchor: ErasureAnchor | null): ErasureMirror {
  return createErasureMirror({
    db,
    vault,
    anchor,
    markErased: markErasing,
    listed: {
      restore: (tx, erasures) =>
        restoreSuppressions(
          tx,
          erasures.flatMap((e) => (e.listed ?? []).map((l) => ({ ...l, runId: e.runId }))),
        ),
      async read(from, runIds) {
        const found = await readSuppressionsOfRuns(from, runIds);
        const byRun = new Map<string, typeof found>();
        for (const entry of found) byRun.set(entry.runId, [...(byRun.get(entry.runId) ?? []), entry]);
        return byRun;
      },
    },
  });
}

/** Brings the main store to the newest schema; returns the names of the migrations applied now. */
export function migrateStore(db: Db): Promise<string[]> {
  return migrate(db, readMigrations(MIGRATIONS));
}

/**
 * Opens both stores, brings their schemas up to date and opens the vault. What a restore left half done is refused
 * (`restore-unfinished`). Before anything decrypts, an old keystore is refused (`keystore-behind`) and erasures that the
 * data does not know are replayed. Closes what it opened if one fails.
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
    if (config.databaseUrl === null) refuseHalfRestored(config.dataDir);
    if (config.keystoreUrl === null) refuseHalfRestored(config.keystoreDir);
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
    await refuseHalfRestoredDatabase(keystore, "the keystore");
    await refuseHalfRestoredDatabase(db, "the data");
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
