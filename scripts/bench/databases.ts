import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";

export type Engine = "postgres" | "embedded";

/** A pair of empty stores for one server, as settings of its environment. */
export interface FreshStores {
  readonly engine: Engine;
  readonly env: Readonly<Record<string, string>>;
  /** Removes both. */
  remove(): Promise<void>;
}

async function onServer(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: "candor bench" });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function urlOf(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.toString();
}

/** Two databases of this run's own on the server that the URL names; its role must be allowed to create them. */
async function freshPostgres(serverUrl: string): Promise<FreshStores> {
  const name = `candor_bench_${randomBytes(5).toString("hex")}`;
  const keystore = `${name}_keys`;
  const remove = (): Promise<void> =>
    onServer(serverUrl, async (client) => {
      for (const database of [name, keystore])
        await client.query(`drop database if exists ${database} with (force)`);
    });
  try {
    await onServer(serverUrl, async (client) => {
      for (const database of [name, keystore]) await client.query(`create database ${database}`);
    });
  } catch (error) {
    await remove().catch(() => {});
    throw error;
  }
  return {
    engine: "postgres",
    env: { DATABASE_URL: urlOf(serverUrl, name), KEYSTORE_URL: urlOf(serverUrl, keystore) },
    remove,
  };
}

async function freshEmbedded(): Promise<FreshStores> {
  const directory = await mkdtemp(join(tmpdir(), "candor-bench-"));
  return {
    engine: "embedded",
    env: { CANDOR_DATA_DIR: join(directory, "data") },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** Fresh stores on an engine; `serverUrl` is needed for PostgreSQL only. */
export function freshStores(engine: Engine, serverUrl: string | null): Promise<FreshStores> {
  if (engine === "embedded") return freshEmbedded();
  if (serverUrl === null)
    throw new Error("PostgreSQL needs CANDOR_BENCH_DATABASE_URL: a server to make databases on.");
  return freshPostgres(serverUrl);
}
