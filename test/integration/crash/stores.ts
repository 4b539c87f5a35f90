import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPglite } from "../../../src/db/index.ts";
import { type Clock, systemClock } from "../../../src/kernel/clock.ts";
import { type FreshDatabase, testDatabases } from "../../setup/engines.ts";
import { type RealServer, startRealServer } from "../../setup/real-server.ts";
import { ADMIN_KEY, ROOT_KEY, startTestServer, type TestServer } from "../../setup/server.ts";

/** A data directory, with the keystore's beside it, or two databases. */
export type StoresPlace =
  | { readonly dataDir: string }
  | { readonly url: string; readonly keystoreUrl: string };

/** Stores that outlive the processes on them. */
export interface LastingStores {
  /** Whether several processes may have them open at once. */
  readonly openToMany: boolean;
  /** Where another process finds them. */
  readonly place: StoresPlace;
  start(): RealServer;
  /** Looks into the stores from this process, through a server of its own; by the clock of now unless another is given. */
  look<T>(work: (server: TestServer) => Promise<T>, clock?: Clock): Promise<T>;
  drop(): Promise<void>;
}

const COMMON = { CANDOR_ROOT_KEY: ROOT_KEY, CANDOR_ADMIN_KEY: ADMIN_KEY, CANDOR_LOG_LEVEL: "info" };

export async function lastingStores(
  label: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<LastingStores> {
  return testDatabases().engine === "postgres" ? onPostgres(label, settings) : onDirectory(settings);
}

async function onDirectory(settings: Readonly<Record<string, string>>): Promise<LastingStores> {
  const home = await mkdtemp(join(tmpdir(), "candor-crash-"));
  const dataDir = join(home, "data");
  return {
    openToMany: false,
    place: { dataDir },
    start: () => startRealServer({ ...COMMON, ...settings, CANDOR_DATA_DIR: dataDir }),
    async look(work, clock) {
      const db = await openPglite(dataDir);
      const keystoreDb = await openPglite(`${dataDir}-keys`);
      try {
        return await lookInto({ engine: "pglite", db, keystoreDb, drop: async () => {} }, work, clock);
      } finally {
        await db.close();
        await keystoreDb.close();
      }
    },
    drop: () => rm(home, { recursive: true, force: true }),
  };
}

async function onPostgres(label: string, settings: Readonly<Record<string, string>>): Promise<LastingStores> {
  const database = await testDatabases().freshDatabase(label, { empty: true });
  const { url = "", keystoreUrl = "" } = database;
  return {
    openToMany: true,
    place: { url, keystoreUrl },
    start: () => startRealServer({ ...COMMON, ...settings, DATABASE_URL: url, KEYSTORE_URL: keystoreUrl }),
    look: (work, clock) => lookInto(database, work, clock),
    drop: () => database.drop(),
  };
}

async function lookInto<T>(
  database: FreshDatabase,
  work: (server: TestServer) => Promise<T>,
  clock: Clock = systemClock,
): Promise<T> {
  const server = await startTestServer("look", { clock, database });
  try {
    return await work(server);
  } finally {
    await server.close();
  }
}
