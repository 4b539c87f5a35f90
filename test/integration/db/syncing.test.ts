import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { openPglite, sql } from "../../../src/db/index.ts";
import { testDatabases } from "../../setup/engines.ts";

describe("the embedded engine's log", () => {
  let folder: string | undefined;
  before(function () {
    if (testDatabases().engine !== "pglite") return this.skip();
    folder = mkdtempSync(join(tmpdir(), "candor-syncing-"));
  });
  after(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  it("is written through before a commit is acknowledged, in a new directory and in one opened again", async () => {
    const directory = join(folder as string, "data");
    for (const which of ["new", "again"]) {
      const db = await openPglite(directory);
      try {
        const set = await db.query<{ name: string; setting: string }>(sql`
          select name, setting from pg_settings
          where name in ('fsync', 'wal_sync_method', 'synchronous_commit', 'full_page_writes') order by name`);
        expect(Object.fromEntries(set.map((s) => [s.name, s.setting])), which).to.deep.equal({
          fsync: "on",
          full_page_writes: "on",
          synchronous_commit: "on",
          wal_sync_method: "open_datasync",
        });
      } finally {
        await db.close();
      }
    }
  });
});
