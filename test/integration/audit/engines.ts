import { randomBytes } from "node:crypto";
import { join } from "node:path";
import pg from "pg";
import { type Db, migrate, openPglite, openPostgres, readMigrations } from "../../../src/db/index.ts";

const MIGRATIONS = join(import.meta.dirname, "../../../src/db/migrations");

export interface OpenEngine {
  readonly db: Db;
  /** A second, independent connection to the same database, as another process would have. */
  another(): Db;
  close(): Promise<void>;
}

export interface Engine {
  readonly name: string;
  open(): Promise<OpenEngine>;
}

/** All migrations: later ones extend the tables of these rooms too. */
async function prepare(db: Db): Promise<void> {
  await migrate(db, readMigrations(MIGRATIONS));
}

const pglite: Engine = {
  name: "PGlite",
  open: async () => {
    const db = await openPglite(null);
    await prepare(db);
    return { db, another: () => db, close: () => db.close() };
  },
};

function postgres(serverUrl: string): Engine {
  return {
    name: "PostgreSQL",
    open: async () => {
      const name = `candor_test_${randomBytes(6).toString("hex")}`;
      const server = new pg.Client({ connectionString: serverUrl });
      await server.connect();
      await server.query(`create database ${name}`);
      const url = new URL(serverUrl);
      url.pathname = `/${name}`;
      const opened: Db[] = [];
      const another = () => {
        const db = openPostgres(url.href);
        opened.push(db);
        return db;
      };
      const db = another();
      await prepare(db);
      return {
        db,
        another,
        close: async () => {
          for (const each of opened) await each.close();
          await server.query(`drop database ${name} with (force)`);
          await server.end();
        },
      };
    },
  };
}

const url = process.env.CANDOR_TEST_DATABASE_URL;

/** The engines to test on: always the embedded one, and a server when CANDOR_TEST_DATABASE_URL names one. */
export const engines: readonly Engine[] = url ? [pglite, postgres(url)] : [pglite];
