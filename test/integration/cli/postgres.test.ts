import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type FreshDatabase, testDatabases } from "../../setup/engines.ts";
import { candor, endAll, serve, stay } from "./candor.ts";

describe("the command candor, with PostgreSQL", function () {
  this.timeout(180_000);
  let folder: string;
  let env: Record<string, string>;
  let database: FreshDatabase;
  before(async function () {
    // The embedded engine has no second process: commands.test.ts covers it.
    if (testDatabases().engine !== "postgres") return this.skip();
    database = await testDatabases().freshDatabase("cli", { empty: true });
    folder = mkdtempSync(join(tmpdir(), "candor-cli-"));
    env = {
      DATABASE_URL: database.url as string,
      KEYSTORE_URL: database.keystoreUrl as string,
      CANDOR_DATA_DIR: join(folder, "data"),
      CANDOR_LOG_LEVEL: "warn",
    };
  });
  after(async () => {
    endAll();
    await database?.drop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  it("migrates once, serves and works in two processes, and opens the same databases for a command", async () => {
    const first = await candor(env, ["migrate"]);
    expect(first.out, first.err).to.match(/^Applied \d+ migrations: /);
    expect((await candor(env, ["migrate"])).out).to.equal("Everything is up to date.\n");

    // Both databases of a test are on one server.
    const [server, worker] = await Promise.all([serve(env, "--no-work"), stay(env, ["work"], /Works/)]);
    expect(server.logged()).to.contain("setting_warning").and.to.contain("keystore-on-same-server");
    const added = await candor(env, ["source", "add", "Till", "--kind", "pos"]);
    expect(added.code, added.err).to.equal(0);
    const listed = await candor(env, ["source", "list"]);
    expect(listed.out, listed.err).to.include("Till");
    expect(await worker.end("SIGTERM")).to.equal(0);
    expect(await server.end("SIGINT")).to.equal(0);
  });
});
