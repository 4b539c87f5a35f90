import { expect } from "chai";
import fc from "fast-check";
import { sql } from "../../../src/db/index.ts";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { type FreshDatabase, testDatabases } from "../../setup/engines.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { restoreSnapshot, takeSnapshot } from "../../setup/snapshot.ts";
import { erase, scopeOf, send, whoIs } from "../erasure/acts.ts";

const T = "2026-10-01T00:00:00Z";

describe("a rotation of the index key", () => {
  const clock = fixedClock("2026-11-21T08:00:00Z");
  let database: FreshDatabase;
  let server: TestServer;
  let list: { id: string; writeKey: string };
  before(async () => {
    database = await testDatabases().freshDatabase("index-rotation");
    server = await startTestServer("index-rotation", { clock, database });
    list = await server.source({ name: "Members", kind: "members", region: "TW" });
  });
  after(async () => {
    await server.close();
    await database.drop();
  });

  /** Another process over the same stores, which forgets everything in memory. */
  const restart = async () => {
    await server.close();
    server = await startTestServer("index-rotation", { clock, database });
  };
  const row = (card: string, more: Record<string, unknown> = {}) => ({
    memberId: card,
    email: `${card.toLowerCase()}@mail.example`,
    updatedAt: T,
    ...more,
  });
  const begin = async () =>
    (
      await server.call<{ toVersion: string }>("POST", "/v1/encryption-keys/rotations", {
        body: { kind: "index" },
      })
    ).body.toVersion;
  const finish = async () => {
    for (let n = 0; n < 200; n++) {
      const { worked } = await server.candor.reindexer.step({ batch: 50 });
      if (worked > 0) continue;
      const [newest] = await server.vault.rotations.list(1);
      if (newest?.state === "done") return;
      // The lease of a process that was killed ends, and the minute of waiting passes.
      clock.advance(61_000);
    }
    throw new Error("the rotation never ends");
  };
  const keys = async () =>
    (
      await server.call<{ versions: { what: string; version: number; state: string }[] }>(
        "GET",
        "/v1/encryption-keys",
      )
    ).body.versions
      .filter((v) => v.what === "blind-index")
      .map((v) => `${v.version} ${v.state}`);

  it("changes no look-up, no member and no suppression, before, during and after, wherever it is killed", async () => {
    let world = 0;
    const property = fc.asyncProperty(
      fc.array(fc.constantFrom("step", "kill", "late", "again", "erase", "new"), {
        minLength: 3,
        maxLength: 12,
      }),
      async (acts) => {
        const w = `W${world++}`;
        const card = (n: number) => `${w}-${n}`;
        // 0 and 1 share a telephone; 2 is erased before, 3 perhaps during.
        const phone = `+88691${String(1_000_000 + world)}`;
        await send(server, list, [
          row(card(0), { phone }),
          row(card(1), { phone }),
          row(card(2)),
          row(card(3)),
        ]);
        await erase(server, scopeOf((await whoIs(server, "member_id", card(2))) as string));
        const known = new Map<string, string>();
        for (const n of [0, 1, 3]) {
          const id = (await whoIs(server, "member_id", card(n))) as string;
          known.set(card(n), id);
        }
        const gone = new Set([card(2)]);
        const look = async () => {
          for (const [name, id] of known) {
            expect(await whoIs(server, "member_id", name), name).to.equal(id);
            expect(await whoIs(server, "email", `${name.toLowerCase()}@mail.example`), name).to.equal(id);
          }
          for (const name of gone) {
            const [turned] = await send(server, list, [row(name, { updatedAt: "2026-11-20T00:00:00Z" })]);
            expect(turned?.code, name).to.equal("suppressed");
            expect(await whoIs(server, "member_id", name), name).to.equal(null);
          }
        };
        await begin();
        let fresh = 10;
        for (const act of acts) {
          if (act === "step") await server.candor.reindexer.step({ batch: 3 });
          if (act === "kill") await restart();
          if (act === "late") clock.advance(61_000);
          if (act === "again") {
            // Known people are recognised, and nobody is made twice.
            const results = await send(
              server,
              list,
              [...known.keys()].map((name) => row(name, { updatedAt: clock.now().toISOString(), city: act })),
            );
            expect(results.filter((r) => r.code !== undefined)).to.deep.equal([]);
            clock.advance(1_000);
          }
          if (act === "new") {
            const name = card(fresh++);
            await send(server, list, [row(name)]);
            known.set(name, (await whoIs(server, "member_id", name)) as string);
          }
          if (act === "erase" && known.has(card(3))) {
            await erase(server, scopeOf(known.get(card(3)) as string));
            known.delete(card(3));
            gone.add(card(3));
          }
          await look();
        }
        await finish();
        await look();
        await restart();
        await look();
        const [old] = await database.db.query<{ n: number }>(
          sql`select count(*)::int as n from identifier_epoch where complete <> version`,
        );
        expect(old?.n, "nothing is looked up by the old key").to.equal(0);
      },
    );
    await fc.assert(property, { numRuns: 8, endOnFailure: true });
  });

  it("leaves the old keys retired, for data restored from before, and destroys them when asked to", async () => {
    await send(server, list, [row("K-1")]);
    const id = await whoIs(server, "member_id", "K-1");
    await takeSnapshot(database.db);
    const version = Number(await begin());
    const refused = await server.call("POST", "/v1/encryption-keys/index-keys/destroy");
    expect(refused.status, "while identifiers are indexed anew").to.equal(409);
    await finish();
    expect((await keys()).slice(-2)).to.deep.equal([`${version - 1} retired`, `${version} live`]);

    await server.close();
    await restoreSnapshot(database.db);
    server = await startTestServer("index-rotation", { clock, database });
    expect(await whoIs(server, "member_id", "K-1"), "by the retired key").to.equal(id);
    await finish();
    expect(await whoIs(server, "member_id", "K-1"), "indexed anew by itself").to.equal(id);

    const done = await server.call<{ destroyed: number }>("POST", "/v1/encryption-keys/index-keys/destroy");
    expect(done.body.destroyed).to.be.greaterThan(0);
    expect(new Set((await keys()).map((k) => k.split(" ")[1]))).to.deep.equal(new Set(["destroyed", "live"]));
    await restart();
    expect(await whoIs(server, "member_id", "K-1")).to.equal(id);
    const [again] = await send(server, list, [row("K-1", { updatedAt: clock.now().toISOString() })]);
    expect(again?.status).to.equal("accepted");
    expect(await whoIs(server, "member_id", "K-1")).to.equal(id);
  });

  it("keeps the old key in use for identifiers that staff closed and nobody names any more", async () => {
    const phone = "+886955000111";
    await send(server, list, [row("B-1", { phone })]);
    const [version] = server.vault.indexVersions();
    const id = server.vault.blindIndexAt(version as number, "phone", "", phone).toString("hex");
    const closed = await server.call("POST", `/v1/review/${id}`, { body: { decision: "names-nobody" } });
    expect(closed.status, JSON.stringify(closed.body)).to.equal(200);
    await erase(server, scopeOf((await whoIs(server, "member_id", "B-1")) as string));
    await begin();
    await finish();
    const refused = await server.call("POST", "/v1/encryption-keys/index-keys/destroy");
    expect(refused.status).to.equal(409);
  });

  it("takes two processes to one end: whoever looked before the switch looks again", async () => {
    const other = await startTestServer("index-rotation-2", { clock, database });
    try {
      await begin();
      await server.candor.reindexer.step();
      const [one] = await send(other, list, [row("P-1")]);
      expect(one?.status).to.equal("accepted");
      const [two] = await send(server, list, [row("P-1", { updatedAt: "2026-11-01T00:00:00Z" })]);
      expect(two?.status).to.equal("accepted");
      const id = await whoIs(server, "member_id", "P-1");
      expect(id).to.be.a("string");
      expect(await whoIs(other, "member_id", "P-1")).to.equal(id);
      await finish();
      expect(await whoIs(other, "member_id", "P-1")).to.equal(id);
    } finally {
      await other.close();
    }
  });
});
