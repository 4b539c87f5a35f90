import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testDatabases } from "../../setup/engines.ts";
import { endAll } from "./candor.ts";

/** Stores of one's own for the real command, in a directory of their own or on the server of the tests, and empty. */
export interface Installation {
  /** What the command finds in its environment. */
  readonly env: Record<string, string>;
  /** A path beside the stores. */
  at(name: string): string;
  /** Ends every command that still runs, and removes everything. */
  remove(): Promise<void>;
}

export async function newInstallation(label: string): Promise<Installation> {
  const folder = mkdtempSync(join(tmpdir(), `candor-${label}-`));
  const at = (name: string) => join(folder, name);
  const env: Record<string, string> = {
    CANDOR_DATA_DIR: at("data"),
    CANDOR_ANCHOR: at("anchor.json"),
    PATH: process.env.PATH ?? "",
  };
  const database =
    testDatabases().engine === "postgres"
      ? await testDatabases().freshDatabase(label, { empty: true })
      : undefined;
  if (database !== undefined) {
    env.DATABASE_URL = database.url as string;
    env.KEYSTORE_URL = database.keystoreUrl as string;
    // The command refuses to replace a database that somebody is connected to.
    await Promise.all([database.db.close(), database.keystoreDb.close()]);
  }
  return {
    env,
    at,
    async remove() {
      endAll();
      await database?.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
