import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type RunningCandor, startApp } from "../../../src/app/index.ts";
import { type Config, readConfig } from "../../../src/config.ts";
import { sql } from "../../../src/db/index.ts";
import { createLog } from "../../../src/log.ts";
import { type FreshDatabase, testDatabases } from "../../setup/engines.ts";
import { ROOT_KEY } from "../../setup/server.ts";
import { candor } from "../cli/candor.ts";
import { type Canaries, findLeaks, makeCanaries, spellingsOf } from "./canaries.ts";
import {
  type Client,
  clientOf,
  driveFiles,
  driveSocial,
  driveStaff,
  driveWeb,
  registerSources,
  type Sources,
} from "./journeys.ts";
import {
  filesBelow,
  leaksInDirectory,
  leaksInDump,
  leaksInFile,
  leaksInRows,
  leaksInStatements,
  openServerFiles,
  type ServerFiles,
} from "./surfaces.ts";

const ADMIN = "canary-admin-key-0123456789";

describe("personal values that exist nowhere else", function () {
  this.timeout(180_000);
  const canaries: Canaries = makeCanaries();
  const { needles } = canaries;
  const logged: string[] = [];
  let home: string;
  let temporary: string;
  let tmpBefore: string | undefined;
  let config: Config;
  let databases: FreshDatabase | undefined;
  let serverFiles: ServerFiles | null = null;
  let app: RunningCandor;
  let client: Client;
  let sources: Sources;

  before(async () => {
    home = mkdtempSync(join(tmpdir(), "candor-canary-"));
    temporary = join(home, "tmp");
    mkdirSync(temporary);
    tmpBefore = process.env.TMPDIR;
    process.env.TMPDIR = temporary;
    const { engine, freshDatabase } = testDatabases();
    if (engine === "postgres") databases = await freshDatabase("canary", { empty: true });
    const settings = {
      CANDOR_DATA_DIR: join(home, "data"),
      CANDOR_ROOT_KEY: ROOT_KEY,
      CANDOR_ADMIN_KEY: ADMIN,
      CANDOR_LOG_LEVEL: "debug",
      DATABASE_URL: databases?.url,
      KEYSTORE_URL: databases?.keystoreUrl,
    };
    config = { ...readConfig(settings), port: 0 };
    const log = createLog({ level: "debug", destination: { write: (line) => void logged.push(line) } });
    app = await startApp({ config, log });
    if (databases !== undefined) serverFiles = await openServerFiles(app.stores.db);
    client = clientOf(app.url, ADMIN);
    sources = await registerSources(client);
    await driveWeb(client, sources, canaries);
    await driveFiles(client, sources, canaries);
    await driveSocial(client, sources, canaries);
    await driveStaff(client, sources, canaries);
  });

  after(async () => {
    if (tmpBefore === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = tmpBefore;
    await app.close();
    await databases?.drop();
    rmSync(home, { recursive: true, force: true });
  });

  it("have gone all the way: stored, quarantined, found again", async () => {
    const { body } = await client.call("GET", "/v1/summary");
    const events = body.events as { name: string; accepted: number; quarantined: number }[];
    for (const { name, accepted } of events) expect(accepted, name).to.be.greaterThan(0);
    const codes = (body.quarantined as { code: string }[]).map((q) => q.code);
    expect(codes).to.include.members([
      "unknown-type",
      "invalid-amount",
      "invalid-time",
      "wrong-column-count",
      "column-missing",
    ]);
    const found = await client.call("POST", "/v1/profiles/lookup?purpose=service", {
      body: { kind: "email", value: canaries.email },
      isRead: true,
    });
    expect(found.status).to.equal(200);
    expect(findLeaks(needles, "the profile", JSON.stringify(found.body))).not.to.deep.equal([]);
  });

  it("stand in no answer but in those that were asked for them", () => {
    expect(client.heard.length).to.be.greaterThan(60);
    const leaks = client.heard.flatMap(({ what, text }) => {
      // A verdict names its message by the sender's own id, and a report the columns by the names the file gives
      // them; nothing else of what was sent comes back.
      const rest = text
        .replaceAll(/"messageId":"[^"]*"/g, "")
        .replaceAll(/"(unmappedColumns|columns)":\[[^\]]*\]/g, "");
      return findLeaks(needles, what, rest);
    });
    expect(leaks).to.deep.equal([]);
  });

  it("stand in no error that a store or a fault of ours brings about", async () => {
    const { db } = app.stores;
    await db.tx((tx) =>
      tx.exec(`
        create function refuse_screens() returns trigger language plpgsql as
          $$ begin raise exception 'no: %', new using errcode = '22023', detail = new::text; end $$;
        create trigger refuse_screens before insert on event for each row when (new.type = 'screen') execute function refuse_screens();`),
    );
    const batch = [
      { type: "screen", userId: canaries.word("refused"), name: canaries.word("refusedscreen") },
      { type: "page", userId: canaries.word("neighbour") },
    ];
    const refused = await client.call("POST", "/v1/batch", { key: sources.shop.writeKey, body: { batch } });
    const results = refused.body.results as { status: string; code?: string }[];
    expect(results.map((r) => r.code ?? r.status)).to.deep.equal(["storage-rejected", "accepted"]);
    await db.tx((tx) =>
      tx.exec("drop trigger refuse_screens on event; alter table event rename to event_away"),
    );
    const failed = await client.call("POST", "/v1/batch", { key: sources.shop.writeKey, body: { batch } });
    const unread = await client.call("POST", "/v1/profiles/lookup?purpose=service", {
      body: { kind: "user_id", value: canaries.word("neighbour") },
    });
    await db.tx((tx) => tx.exec("alter table event_away rename to event"));
    expect([failed.status, failed.body.code]).to.deep.equal([500, "internal-error"]);
    expect(unread.status).to.be.oneOf([200, 500]);
    expect(findLeaks(needles, "the fault", JSON.stringify(failed.body))).to.deep.equal([]);
    expect(logged.some((line) => line.includes("request_failed"))).to.equal(true);
  });

  it("stand in nothing that the command line prints of a file, and in a profile only when asked for it", async () => {
    const env = { CANDOR_URL: app.url, CANDOR_ADMIN_KEY: ADMIN };
    const file = join(home, "visits.ndjson");
    const row = {
      type: "identify",
      userId: canaries.word("typed"),
      traits: { email: canaries.email, pet: canaries.word("pet") },
    };
    writeFileSync(file, `${JSON.stringify(row)}\n{"type":"${canaries.word("nokind")}"}\n`);
    for (const more of [["--preview"], []]) {
      const sent = await candor(env, ["ingest", sources.shop.id, file, ...more]);
      expect(sent.out, sent.err).to.match(more.length > 0 ? /2 rows/ : /accepted +1/);
      expect(findLeaks(needles, `ingest ${more}`, `${sent.out}${sent.err}`)).to.deep.equal([]);
    }
    const known = await candor(env, ["profile", "user_id", "-"], `${canaries.word("typed")}\n`);
    expect(known.code, known.err).to.equal(0);
    expect(findLeaks(needles, "profile", known.out)).not.to.deep.equal([]);
    const unknown = await candor(env, ["profile", "user_id", "-"], `${canaries.word("nosuch")}\n`);
    expect(findLeaks(needles, "profile", `${unknown.out}${unknown.err}`)).to.deep.equal([]);
  });

  it("stand in no line of the log and in no measurement", async () => {
    expect(logged.length).to.be.greaterThan(50);
    expect(findLeaks(needles, "log", logged.join("\n"))).to.deep.equal([]);
    const metrics = await fetch(`${app.url}/metrics`);
    expect(findLeaks(needles, "/metrics", await metrics.text())).to.deep.equal([]);
    const api = await fetch(`${app.url}/openapi.json`);
    expect(findLeaks(needles, "/openapi.json", await api.text())).to.deep.equal([]);
  });

  it("stand in no row of any table of either store", async () => {
    for (const [name, db] of [
      ["store", app.stores.db],
      ["keystore", app.stores.keystore],
    ] as const) {
      const { tables, leaks } = await leaksInRows(needles, db);
      expect(tables.length, name).to.be.greaterThan(2);
      expect(leaks, name).to.deep.equal([]);
    }
  });

  it("stand in no dump of either database", async function () {
    if (databases?.url === undefined || databases.keystoreUrl === undefined) this.skip();
    for (const url of [databases.url, databases.keystoreUrl]) {
      const leaks = await leaksInDump(needles, url);
      if (leaks === null) this.skip();
      expect(leaks).to.deep.equal([]);
    }
  });

  it("stand in no file of the PostgreSQL server, its write-ahead log among them", async function () {
    if (serverFiles === null) this.skip();
    const files = [...(await serverFiles.database()), ...(await serverFiles.log())];
    expect(files.length).to.be.greaterThan(50);
    expect(files.flatMap((path) => leaksInFile(needles, path))).to.deep.equal([]);
  });

  it("stand in no statement that the PostgreSQL server has counted", async function () {
    if (databases === undefined) this.skip();
    for (const db of [app.stores.db, app.stores.keystore]) {
      const found = await leaksInStatements(needles, db);
      if (found === null) this.skip();
      expect(found.statements).to.be.greaterThan(10);
      expect(found.leaks).to.deep.equal([]);
    }
  });

  it("stand in no line that the PostgreSQL server has logged, faults of ours among them", async function () {
    const path = process.env.CANDOR_TEST_POSTGRES_LOG;
    if (databases === undefined || path === undefined || !existsSync(path)) this.skip();
    expect(leaksInFile(needles, path)).to.deep.equal([]);
  });

  it("stand in no file of the embedded stores, open or closed, and in no temporary file", async function () {
    expect(leaksInDirectory(needles, temporary).leaks).to.deep.equal([]);
    if (databases !== undefined) this.skip();
    for (const directory of [config.dataDir, config.keystoreDir]) {
      const { files, leaks } = leaksInDirectory(needles, directory);
      expect(files).to.be.greaterThan(100);
      expect(leaks).to.deep.equal([]);
      expect(filesBelow(directory).some((path) => path.includes("pg_wal"))).to.equal(true);
    }
    await app.close();
    for (const directory of [config.dataDir, config.keystoreDir]) {
      expect(leaksInDirectory(needles, directory).leaks).to.deep.equal([]);
    }
    app = await startApp({ config, log: createLog({ level: "silent" }) });
  });

  it("would be found in every one of these places if they stood there", async () => {
    const { db } = app.stores;
    const planted = canaries.word("planted");
    await db.tx((tx) => tx.exec("create table planted (plain text, bytes bytea, json jsonb, list text[])"));
    await db.query(sql`insert into planted (plain) values (${`before ${planted} after`})`);
    await db.query(sql`insert into planted (bytes) values (${Buffer.from(`x${planted}`)})`);
    await db.query(sql`insert into planted (bytes) values (${Buffer.from(planted, "utf16le")})`);
    await db.query(
      sql`insert into planted (json) values (${JSON.stringify({ a: [Buffer.from(`yy${planted}`).toString("base64")] })}::jsonb)`,
    );
    await db.query(
      sql`insert into planted (list) values (${[canaries.phone, canaries.chineseName]}::text[])`,
    );
    const { leaks } = await leaksInRows(needles, db);
    const found = leaks.filter((leak) => leak.startsWith("table public.planted")).join("\n");
    for (const how of [
      "a marked word as it is",
      "a marked word in hex",
      "a marked word in base64",
      "a phone number",
      "a Chinese name",
    ]) {
      expect(found).to.contain(how);
    }
    if (databases?.url !== undefined) {
      const dump = await leaksInDump(needles, databases.url);
      if (dump !== null) expect(dump).not.to.deep.equal([]);
      if (serverFiles !== null) {
        const inFiles = (await serverFiles.database()).flatMap((path) => leaksInFile(needles, path));
        const inLog = (await serverFiles.log()).flatMap((path) => leaksInFile(needles, path));
        expect(inFiles).not.to.deep.equal([]);
        expect(inLog).not.to.deep.equal([]);
      }
      // Names are not taken out of counted statements as values are, and a failed statement is logged.
      await db.tx((tx) => tx.exec(`select count(*) as "${planted}" from planted`));
      const counted = await leaksInStatements(needles, db);
      if (counted !== null) expect(counted.leaks).not.to.deep.equal([]);
      await db.tx((tx) => tx.exec(`select 1 / 0 as "${planted}"`)).catch(() => undefined);
      const logFile = process.env.CANDOR_TEST_POSTGRES_LOG;
      if (logFile !== undefined) expect(leaksInFile(needles, logFile)).not.to.deep.equal([]);
    } else {
      expect(leaksInDirectory(needles, config.dataDir).leaks.join("\n")).to.contain("pg_wal");
    }
  });
});

describe("the search for leaks", () => {
  const value = "qzvkwjxhptbd";
  const needles = spellingsOf("it", value);
  const spellings: readonly (readonly [string, Buffer])[] = [
    ["text", Buffer.from(`a${value}b`)],
    ["capitals", Buffer.from(value.toUpperCase())],
    ["hex", Buffer.from(Buffer.from(`a${value}b`).toString("hex"))],
    [
      "base64 at each offset",
      Buffer.from(
        [0, 1, 2].map((n) => Buffer.from(`${"x".repeat(n)}${value}y`).toString("base64")).join(" "),
      ),
    ],
    ["base64url", Buffer.from(Buffer.from(`??>${value}`).toString("base64url"))],
    ["UTF-16", Buffer.from(value, "utf16le")],
    ["a URL", Buffer.from(encodeURIComponent(`ä${value}`))],
  ];
  for (const [name, bytes] of spellings) {
    it(`finds a value in ${name}`, () => {
      expect(findLeaks(needles, "here", bytes)).not.to.deep.equal([]);
    });
  }

  it("finds what lies across two pieces of a large file, and nothing in a file that has nothing", () => {
    const home = mkdtempSync(join(tmpdir(), "candor-search-"));
    try {
      for (const at of [0, 256 * 1024 - 5, 256 * 1024, 600 * 1024]) {
        const bytes = Buffer.alloc(1024 * 1024);
        bytes.write(value, at);
        writeFileSync(join(home, "f"), bytes);
        expect(leaksInFile(needles, join(home, "f")), String(at)).to.have.length(1);
      }
      writeFileSync(join(home, "f"), Buffer.alloc(1024 * 1024));
      expect(leaksInFile(needles, join(home, "f"))).to.deep.equal([]);
    } finally {
      rmSync(home, { recursive: true });
    }
  });
});
