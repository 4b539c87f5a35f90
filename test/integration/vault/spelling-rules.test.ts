import { expect } from "chai";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { type Normaliser, normaliseIdentifier } from "../../../src/vault/index.ts";
import { type FreshDatabase, testDatabases } from "../../setup/engines.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { send, whoIs } from "../erasure/acts.ts";

/** Newer rules: what stands after a plus sign in an address does not count. */
function rules(version: number): Normaliser {
  return {
    version,
    normalise(kind, value, options) {
      const result = normaliseIdentifier(kind, value, options);
      return result.kind === "ok" && kind === "email"
        ? { ...result, version, value: result.value.replace(/\+[^@]*@/, "@") }
        : result;
    },
  };
}

describe("newer rules of spelling", () => {
  const clock = fixedClock("2026-11-21T08:00:00Z");
  let database: FreshDatabase;
  let server: TestServer;
  let list: { id: string; writeKey: string };
  const start = async (normaliser?: Normaliser) => {
    server = await startTestServer("spelling", {
      clock,
      database,
      ...(normaliser === undefined ? {} : { normaliser }),
    });
  };
  before(async () => {
    database = await testDatabases().freshDatabase("spelling");
    await start();
    list = await server.source({ name: "Members", kind: "members", region: "TW" });
  });
  after(async () => {
    await server.close();
    await database.drop();
  });

  const row = (card: string, email: string, updatedAt = "2026-10-01T00:00:00Z") => ({
    memberId: card,
    email,
    updatedAt,
  });
  const finish = async () => {
    for (let n = 0; n < 20; n++) {
      await server.candor.reindexer.step();
      clock.advance(61_000);
    }
  };

  it("index everybody anew before the first request, so that people are found and joined by both spellings", async () => {
    await send(server, list, [row("M-1", "mei+shop@mail.example"), row("M-2", "bo@mail.example")]);
    const mei = await whoIs(server, "member_id", "M-1");
    expect(mei).to.be.a("string");
    expect(await whoIs(server, "email", "mei@mail.example"), "by the old rules").to.equal(null);
    await server.close();

    await start(rules(2));
    const look = async (when: string) => {
      expect(await whoIs(server, "email", "mei@mail.example"), when).to.equal(mei);
      expect(await whoIs(server, "email", "MEI+shop@mail.example"), when).to.equal(mei);
      expect(await whoIs(server, "member_id", "M-1"), when).to.equal(mei);
      expect(await whoIs(server, "email", "bo@mail.example"), when).to.be.a("string");
      clock.advance(1_000);
      const [again] = await send(server, list, [
        row("M-1", "mei+news@mail.example", clock.now().toISOString()),
      ]);
      expect(again?.status, when).to.equal("accepted");
      expect(await whoIs(server, "email", "mei+other@mail.example"), when).to.equal(mei);
    };
    await look("at once");
    await finish();
    expect((await server.vault.rotations.list(1))[0]?.state).to.equal("done");
    await look("when the older key is no longer asked");
    const before = (await server.vault.rotations.list(10)).length;
    await server.close();
    await start(rules(2));
    await look("after another start");
    expect((await server.vault.rotations.list(10)).length, "nothing is left to do").to.equal(before);
  });

  it("are not followed by an older Candor, which refuses to start", async () => {
    await server.close();
    const older = await start().then(
      () => "started",
      (error: { code?: string; detail?: string }) => `${error.code} ${error.detail}`,
    );
    expect(older).to.match(/^schema-too-new .*rules 2.*knows 1/);
    await start(rules(2));
    expect(await whoIs(server, "email", "bo@mail.example")).to.be.a("string");
  });

  it("cost a store that holds nobody no new key", async () => {
    const empty = await testDatabases().freshDatabase("spelling-empty");
    try {
      const fresh = await startTestServer("spelling-empty", { clock, database: empty, normaliser: rules(3) });
      expect(fresh.vault.indexVersions()).to.deep.equal([1]);
      await fresh.close();
    } finally {
      await empty.drop();
    }
  });
});
