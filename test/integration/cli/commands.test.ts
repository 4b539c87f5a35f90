import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { FileReport } from "../../../pipelines/index.ts";
import { runCli } from "../../../src/cli/index.ts";
import type { ShownProfile } from "../../../src/cli/profile-text.ts";
import { fakeIo } from "../../unit/cli/fake-io.ts";
import { candor, endAll, type Finished, type Serving, serve } from "./candor.ts";

const ADMIN_KEY = "an-admin-key-of-some-length";

/** The amount stands in a column that nobody knows by its name. */
const TILL = [
  "store_id,till_id,receipt_no,line,time,sku,quantity,paid,member_card,phone",
  "S1,T1,R100,1,2026-10-01 12:30,SKU-1,2,300,M-1001,0912 345 678",
  "S1,T1,R100,2,2026-10-01 12:30,SKU-2,1,150,M-1001,0912 345 678",
  "S1,T1,R101,1,2026-10-02 09:00,SKU-1,1,none,M-1001,0912 345 678",
  "",
].join("\n");

describe("the command candor, with the embedded stores", function () {
  // Each server starts two database engines; several seconds each on a busy machine.
  this.timeout(180_000);
  let folder: string;
  let env: Record<string, string>;
  let server: Serving;
  let sourceId: string;
  const path = (name: string) => join(folder, name);
  /** The real command in a process of its own, which finds the server by the socket in the data directory. */
  const run = (...args: string[]) => candor(env, args);
  /** The same commands in this process, which start at once and talk to the server over HTTP. */
  const ask = async (args: readonly string[], stdin = ""): Promise<Finished> => {
    const io = fakeIo({ stdin });
    const argv = ["node", "candor", "--url", server.url, "--key", ADMIN_KEY, ...args];
    const code = await runCli(argv, io);
    return { code, out: io.output.join("\n"), err: io.notes.join("\n") };
  };
  /** Asks for what must succeed; answers with what was printed. */
  const done = async (...args: string[]): Promise<string> => {
    const { code, out, err } = await ask(args);
    expect(code, err).to.equal(0);
    return out;
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "candor-cli-"));
    env = { CANDOR_DATA_DIR: path("data"), CANDOR_LOG_LEVEL: "warn", CANDOR_ADMIN_KEY: ADMIN_KEY };
    writeFileSync(path("till.csv"), TILL);
    server = await serve(env);
  });
  after(() => {
    endAll();
    rmSync(folder, { recursive: true, force: true });
  });

  describe("while a server runs", () => {
    it("said at its start that it made a root key, where it lies, and nothing of the key itself", () => {
      const warned = server
        .logged()
        .split("\n")
        .filter((line) => line.startsWith("{"))
        .map((line) => JSON.parse(line) as { level: string; event: string; path?: string });
      const [made, ...others] = warned.filter((w) => w.event === "root_key_generated");
      expect(others).to.deep.equal([]);
      expect(made).to.include({ level: "warn", path: join(folder, "data-root-key", "root.key") });
      const key = readFileSync(made?.path ?? "", "utf8").trim();
      expect(key).not.to.equal("");
      expect(server.logged()).not.to.contain(key);
      expect(warned.map((w) => w.event)).to.include("setting_warning");
    });

    it("registers a source through the socket, and shows the write key once", async () => {
      const added = await run(
        ...["source", "add", "Till 一號", "--kind", "pos", "--region", "TW", "--currency", "TWD"],
        ...["--time-zone", "Asia/Taipei", "--order-namespace", "tea-house"],
      );
      expect(added.code, added.err).to.equal(0);
      expect(added.out).to.match(/write key {2}wk_[\w-]{43}/);
      sourceId = /id +([0-9a-f-]{36})/.exec(added.out)?.[1] ?? "";
      const shown = await done("source", "show", "till 一號");
      expect(shown)
        .to.include(sourceId)
        .and.to.include("Asia/Taipei")
        .and.to.include("tea-house")
        .and.to.not.include("wk_");
    });

    it("refuses a second server on the directory, and says what to do", async () => {
      const second = await run("serve");
      expect(second.code).to.equal(3);
      expect(second.err)
        .to.include("Another Candor process uses")
        .and.to.include("CANDOR_DATA_DIR")
        .and.to.include("[directory-in-use]");
      expect(second.out).to.equal("");
    });

    it("shows a wrong column in a preview, tries a mapping, and writes nothing", async () => {
      const preview = await done(
        ...["ingest", "Till 一號", path("till.csv"), "--preview", "--save-mapping", path("mapping.yaml")],
      );
      expect(preview).to.include('Columns that nobody maps: "paid".');
      expect(preview).to.include("3 rows would be rejected").and.to.include("amount");
      expect(preview).to.not.include("0912");

      const saved = readFileSync(path("mapping.yaml"), "utf8");
      writeFileSync(path("mapping.yaml"), `${saved.trimEnd()}\n  amount: paid\n`);
      const tried = await done(
        ...["ingest", sourceId, path("till.csv"), "--preview", "--mapping", path("mapping.yaml")],
      );
      expect(tried).to.include("amount      <-  paid").and.to.include("1 row would be rejected");
      expect(tried).to.include("300.00 TWD").and.to.include('column "paid"');
      expect(await done("status")).to.match(/members +0/);
    });

    it("tries a mapping whose Chinese names make a long URL", async () => {
      const mapping = { fields: { amount: "paid", "traits.note": "很長的欄位名稱".repeat(25) } };
      const columns = Array.from({ length: 25 }, (_, i) => `${"很長的欄位名稱".repeat(12)}${i}`);
      writeFileSync(path("long.json"), JSON.stringify({ ...mapping, ids: { content: columns } }));
      const tried = await done(
        ...["ingest", sourceId, path("till.csv"), "--preview", "--mapping", path("long.json")],
      );
      expect(tried).to.include("column-missing");
    });

    it("imports, ends with 1 under --strict, and reports every rejected row without its content", async () => {
      const imported = await run("ingest", sourceId, path("till.csv"), "--strict", "--report", path("r.csv"));
      expect(imported.code, imported.err).to.equal(1);
      expect(imported.out)
        .to.match(/quarantined +3/)
        .and.to.include("missing-field");
      const report = readFileSync(path("r.csv"), "utf8").split("\r\n");
      expect(report[0]).to.equal("file,line,verdict,code,reason,quarantineId");
      expect(report.slice(1, 4).map((line) => line.split(",").slice(0, 4).join())).to.deep.equal([
        "till.csv,2,quarantined,missing-field",
        "till.csv,3,quarantined,missing-field",
        "till.csv,4,quarantined,missing-field",
      ]);
      expect(report.join()).to.not.include("0912").and.to.not.include("M-1001");
    });

    it("replays after the mapping is set, and replaying again changes nothing", async () => {
      await done("source", "set-mapping", "Till 一號", path("mapping.yaml"));
      const replayed = await done("quarantine", "replay", "--source", "Till 一號");
      expect(replayed)
        .to.match(/accepted +2/)
        .and.to.match(/still quarantined +1/);
      expect(replayed).to.include("invalid-amount");
      const again = await ask(["quarantine", "replay", "--all", "--strict"]);
      expect(again.code).to.equal(1);
      expect(again.out)
        .to.match(/accepted +0/)
        .and.to.match(/still quarantined +1/);
    });

    it("corrects one item by hand", async () => {
      const listed = JSON.parse(await done("quarantine", "list", "--reason", "invalid-amount", "--json"));
      const [{ id, place }] = listed as [{ id: string; place: string }];
      expect(place).to.equal("line 4");
      const payload = await done("quarantine", "show", id, "--payload");
      expect(payload).to.include('"none"');
      const corrected = payload.replace('"none"', '"99"');
      const replayed = await ask(["quarantine", "replay", id, "--payload", "-"], corrected);
      expect(replayed.out, replayed.err).to.match(/accepted +1/);
      expect(await done("quarantine", "list")).to.include("Nothing waits");
    });

    it("prints a profile with lineage for an identifier that never stood on a command line", async () => {
      const found = await candor(env, ["profile", "phone", "-", "--region", "TW"], "0912345678\n");
      expect(found.code, found.err).to.equal(0);
      expect(found.out).to.include("549.00 TWD").and.to.include("from Till 一號 (pos)");
      expect(found.out).to.include("+886912345678");
      const unknown = await ask(["profile", "member_id", "M-9999"]);
      expect(unknown.code).to.equal(4);
      expect(unknown.err)
        .to.include("Nobody is known")
        .and.to.include("not-found")
        .and.to.not.include("M-9999");
    });

    it("splits a member after a preview, and only when told to", async () => {
      const at = (second: number) => ({ timestamp: `2026-10-03T10:00:0${second}Z` });
      const visits = [
        { type: "page", messageId: "m0", anonymousId: "anon-1", ...at(0) },
        { type: "identify", messageId: "m1", anonymousId: "anon-1", userId: "M-2001", ...at(1) },
      ];
      writeFileSync(path("visits.ndjson"), visits.map((v) => JSON.stringify(v)).join("\n"));
      await done("source", "add", "Shop", "--kind", "web");
      expect(await done("ingest", "Shop", path("visits.ndjson"))).to.match(/accepted +2/);
      const read = async () =>
        JSON.parse(await done("profile", "member_id", "M-2001", "--json")) as ShownProfile;
      const joined = await read();
      expect(joined.subjects).to.have.length(2);
      const visitor = joined.subjects.find((s) => s.anchorKind === "anonymous_id")?.id ?? "";

      const all = joined.subjects.map((s) => s.id);
      const refused = await ask(["split", joined.memberId, "--subjects", ...all, "--yes"]);
      expect(refused.code).to.equal(4);
      expect(refused.err).to.include("some, but not all");

      const preview = await ask(["split", joined.memberId, "--subjects", visitor, "--purpose", "service"]);
      expect(preview.code, preview.err).to.equal(0);
      expect(preview.out).to.include("user_id M•••").and.to.include("anonymous_id").and.not.include("M-2001");
      expect(preview.out).to.include("After (preview)").and.to.include("(2 subjects)");
      expect(preview.err).to.include("Nothing was changed").and.to.include("--yes");
      expect((await read()).subjects).to.have.length(2);

      const split = await done("split", joined.memberId, "--subjects", visitor, "--yes");
      expect(split).to.include("After\n").and.to.include(visitor);
      expect((await read()).subjects.map((s) => s.id)).to.deep.equal(all.filter((id) => id !== visitor));
    });

    it("says when a decision would change nothing, such as joining two member numbers", async () => {
      writeFileSync(path("list.ndjson"), JSON.stringify({ memberId: "M-3001", lastName: "Lin" }));
      await done("source", "add", "List", "--kind", "members");
      await done("ingest", "List", path("list.ndjson"));
      const members = await Promise.all(
        ["M-1001", "M-3001"].map(async (card) => {
          const profile = JSON.parse(await done("profile", "member_id", card, "--json")) as ShownProfile;
          return profile.subjects[0]?.id ?? "";
        }),
      );
      expect(await done("join", ...members)).to.include("would stay as it is");
    });

    it("says of a profile what its purpose withholds and why, channel by channel", async () => {
      const asked = await done("profile", "member_id", "M-1001", "--purpose", "survey-contact");
      expect(asked)
        .to.include("No attribute may be shown")
        .and.to.match(/Withheld\n {2}\S.*: .*channel/);
      const onOne = ["profile", "member_id", "M-1001", "--purpose", "survey-contact", "--channel"];
      expect(await done(...onOne, "sms"))
        .to.include("Withheld")
        .and.not.to.include("names none");
      expect((await ask([...onOne, "pigeon"])).code).to.equal(4);
    });

    it("speaks HTTP to a server at a URL, with a key", async () => {
      const noKey = await candor({ CANDOR_URL: server.url }, ["status"]);
      expect(noKey.code).to.equal(2);
      expect(noKey.err).to.include("CANDOR_ADMIN_KEY");
      const status = await candor({ CANDOR_URL: server.url, CANDOR_ADMIN_KEY: ADMIN_KEY }, ["status"]);
      expect(status.code, status.err).to.equal(0);
      expect(status.out)
        .to.include(server.url)
        .and.to.match(/members +4 /);

      const made = JSON.parse(await done("keys", "add", "Analyst", "--role", "analyst", "--json"));
      const forbidden = await ask(["profile", "member_id", "M-1001", "--key", made.secret]);
      expect(forbidden.code).to.equal(4);
      expect(forbidden.err).to.include("forbidden");
      await done("keys", "end", made.id);
      expect(await done("keys", "list")).to.match(/analyst +ended/);
    });
  });

  describe("when the server is killed", () => {
    before(async () => {
      expect(await server.end("SIGKILL")).to.equal(null);
    });

    it("imports without any server, and knows what it had stored", async () => {
      const json = await run("ingest", sourceId, path("till.csv"), "--json", "--strict");
      expect(json.code, json.err).to.equal(1);
      const { counts } = JSON.parse(json.out) as FileReport;
      expect(counts).to.deep.equal({ accepted: 0, duplicate: 2, quarantined: 1, refused: 0 });
    });

    it("lets a server and a command that start together wait for each other, with nothing lost from the log", async () => {
      const [again, status] = await Promise.all([serve(env), run("status")]);
      expect(status.code, status.err).to.equal(0);
      expect(status.out).to.match(/members +4 /);
      expect(again.logged(), "it had a root key").not.to.contain("root_key_generated");
      const url = ["--url", again.url, "--key", ADMIN_KEY];
      expect((await ask(["profile", "member_id", "M-1001", ...url])).out).to.include("549.00 TWD");
      const log = await done("audit", "list", "--limit", "200", ...url);
      for (const action of ["source.created", "quarantine.replayed", "profile.read", "key.ended"])
        expect(log).to.include(action);
      expect(log).to.include("local-socket").and.to.include("built-in-admin");
      const first = await done("audit", "list", "--oldest-first", "--limit", "1", ...url);
      expect(first.split("\n")[1], "under the heading").to.match(/^ *0 /);
      expect(await again.end("SIGTERM")).to.equal(0);
    });
  });
});
