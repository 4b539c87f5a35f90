import { createHash, randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import pg from "pg";
import {
  type Db,
  type Migration,
  migrate,
  openPglite,
  openPostgres,
  type Row,
  readMigrations,
  type Sql,
  type Tx,
} from "../../src/db/index.ts";

/** A pair of databases of one test's own: the main store and the keystore, which never share one. */
export interface FreshDatabase {
  readonly engine: Db["engine"];
  /** The main store, migrated to the newest schema unless `empty` was asked for. */
  readonly db: Db;
  /** The keystore, always empty: the vault brings its own migrations. */
  readonly keystoreDb: Db;
  /** Where a second process or pool finds the same databases; absent on the embedded engine. */
  readonly url?: string;
  readonly keystoreUrl?: string;
  /** Closes both and removes them. Calling it twice is fine. */
  drop(): Promise<void>;
}

export interface FreshOptions {
  /** Leaves the main store without any table, for tests of the migrations themselves. */
  readonly empty?: boolean;
}

export interface TestDatabases {
  readonly engine: Db["engine"];
  freshDatabase(label: string, options?: FreshOptions): Promise<FreshDatabase>;
}

const MIGRATIONS = fileURLToPath(new URL("../../src/db/migrations", import.meta.url));

/**
 * The engine of this run: PGlite in memory, or the PostgreSQL server that `CANDOR_TEST_DATABASE_URL` names
 * (keystores on `CANDOR_TEST_KEYSTORE_URL`, by default the same server). The role must be allowed to create
 * databases. Nothing of the databases named in the URLs themselves is read or changed.
 */
export function testDatabases(): TestDatabases {
  const url = process.env.CANDOR_TEST_DATABASE_URL;
  if (url === undefined || url === "") return { engine: "pglite", freshDatabase: freshPglite };
  const keystoreUrl = process.env.CANDOR_TEST_KEYSTORE_URL || url;
  return {
    engine: "postgres",
    freshDatabase: (label, options) => freshPostgres(url, keystoreUrl, label, options ?? {}),
  };
}

// --- PGlite -------------------------------------------------------------------------------------------------

/** Starting an engine takes a second or more, emptying one a few hundredths: engines are handed on. */
const idle: Db[] = [];

async function takeEngine(): Promise<Db> {
  return idle.pop() ?? (await openPglite(null));
}

/** Brings an engine back to the state in which it started: no schema but an empty `public`, no session state. */
async function wipe(engine: Db): Promise<void> {
  const statement = (text: string): Sql => ({ text, values: [] }) as unknown as Sql;
  await engine.query(statement("discard all"));
  await engine.tx(async (tx) => {
    const schemas = await tx.query<{ name: string }>(
      statement(
        "select quote_ident(nspname) as name from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'",
      ),
    );
    await tx.exec(
      `${schemas.map((s) => `drop schema ${s.name} cascade;`).join("\n")} create schema public; grant all on schema public to public;`,
    );
  });
}

/** A handle whose `close` ends only the handle, so that the engine below can be wiped and used again. */
function lend(engine: Db): Db {
  let closed = false;
  const open = <T>(work: () => Promise<T>): Promise<T> =>
    closed ? Promise.reject(new Error("PGlite is closed")) : work();
  return {
    engine: engine.engine,
    query: <R = Row>(statement: Sql) => open(() => engine.query<R>(statement)),
    tx: <T>(work: (tx: Tx) => Promise<T>) => open(() => engine.tx(work)),
    retryingTx: <T>(work: (tx: Tx) => Promise<T>) => open(() => engine.retryingTx(work)),
    close: async () => {
      closed = true;
    },
  };
}

async function freshPglite(_label: string, options: FreshOptions = {}): Promise<FreshDatabase> {
  const engines = await Promise.all([takeEngine(), takeEngine()]);
  const [db, keystoreDb] = [lend(engines[0]), lend(engines[1])];
  if (options.empty !== true) await migrate(db, readMigrations(MIGRATIONS));
  let dropped = false;
  return {
    engine: "pglite",
    db,
    keystoreDb,
    drop: async () => {
      if (dropped) return;
      dropped = true;
      await Promise.all([db.close(), keystoreDb.close()]);
      for (const engine of engines) {
        try {
          await wipe(engine);
          idle.push(engine);
        } catch {
          // An engine that cannot be emptied (a test broke it on purpose) is not handed on.
          await engine.close().catch(() => {});
        }
      }
    },
  };
}

// --- PostgreSQL ---------------------------------------------------------------------------------------------

/** Templates are made by one process at a time, whichever of the parallel test processes comes first. */
const TEMPLATE_LOCK = 7_226_332;

/** Runs statements on the server's own database, which tests otherwise leave alone. */
async function onServer<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: "candor test" });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function urlOf(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.toString();
}

function uniqueName(label: string): string {
  const readable = label
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .slice(0, 24);
  return `candor_test_${readable}_${process.pid}_${randomBytes(5).toString("hex")}`;
}

/** The name of a migrated template; changed migrations make another one. */
function templateName(migrations: readonly Migration[]): string {
  const hash = createHash("sha256");
  for (const migration of migrations)
    hash.update(`${migration.number}\0${migration.name}\0${migration.script}\0`);
  return `candor_template_${hash.digest("hex").slice(0, 16)}`;
}

const templates = new Map<string, Promise<string>>();

function migratedTemplate(url: string): Promise<string> {
  const migrations = readMigrations(MIGRATIONS);
  const name = templateName(migrations);
  const key = `${url}\0${name}`;
  let made = templates.get(key);
  if (made === undefined) {
    made = makeTemplate(url, name, migrations);
    templates.set(key, made);
    // A failed attempt (a migration being written) is tried again by the next caller.
    made.catch(() => templates.delete(key));
  }
  return made;
}

async function makeTemplate(url: string, name: string, migrations: readonly Migration[]): Promise<string> {
  await onServer(url, async (client) => {
    await client.query("select pg_advisory_lock($1)", [TEMPLATE_LOCK]);
    const exists = await client.query("select 1 from pg_database where datname = $1", [name]);
    if (exists.rowCount !== 0) return;
    // Renamed only when complete: a run killed half-way leaves no half-made template behind.
    const draft = uniqueName("template");
    await client.query(`create database ${draft}`);
    const db = openPostgres(urlOf(url, draft), { max: 1 });
    try {
      await migrate(db, migrations);
    } finally {
      await db.close();
    }
    await client.query(`alter database ${draft} rename to ${name}`);
  });
  return name;
}

async function freshPostgres(
  url: string,
  keystoreUrl: string,
  label: string,
  options: FreshOptions,
): Promise<FreshDatabase> {
  const name = uniqueName(label);
  const keystoreName = `${name}_k`;
  const template = options.empty === true ? "template1" : await migratedTemplate(url);
  await onServer(url, (client) => client.query(`create database ${name} template ${template}`));
  await onServer(keystoreUrl, (client) => client.query(`create database ${keystoreName}`));
  const [ownUrl, ownKeystoreUrl] = [urlOf(url, name), urlOf(keystoreUrl, keystoreName)];
  const [db, keystoreDb] = [openOnce(ownUrl), openOnce(ownKeystoreUrl)];
  let dropped = false;
  return {
    engine: "postgres",
    db,
    keystoreDb,
    url: ownUrl,
    keystoreUrl: ownKeystoreUrl,
    drop: async () => {
      if (dropped) return;
      dropped = true;
      await Promise.all([db.close(), keystoreDb.close()]);
      await onServer(url, (client) => client.query(`drop database if exists ${name} with (force)`));
      await onServer(keystoreUrl, (client) =>
        client.query(`drop database if exists ${keystoreName} with (force)`),
      );
    },
  };
}

/** A pool that may be closed by the test and again by `drop`. */
function openOnce(url: string): Db {
  const db = openPostgres(url);
  let closing: Promise<void> | undefined;
  return {
    ...db,
    close: () => {
      closing ??= db.close();
      return closing;
    },
  };
}
